import StationCalendar
import StationJSON

/// The days that figures cover, in local time; the present month if none are named.
public struct FigurePeriod: Sendable {
  public let first: CivilDate
  public let last: CivilDate
  /// The first instant of the first day.
  public let start: Instant
  /// The first instant after the last day.
  public let end: Instant

  /// From the params `from` and `to`, both days included.
  ///
  /// - Throws: `invalid_params` for what is no day; `refused_by_rule` with `rule` for a period that is empty or too
  ///   long.
  public init(
    _ params: Params, _ context: CallContext, rule: String, daysAtMost: Int = 366
  ) throws(RPCError) {
    let today = context.now.date(in: context.zone)
    let from = try Self.date(params, "from")
    let to = try Self.date(params, "to")
    let month = from ?? to ?? today
    first = from ?? month.adding(days: 1 - month.day)
    last = to ?? max(first, first.adding(months: 1).adding(days: -1))
    guard first <= last, last.dayNumber - first.dayNumber < daysAtMost else {
      throw .refused(
        rule: rule, Text("A period has 1 to \(daysAtMost) days", zh: "统计期间为 1 至 \(daysAtMost) 日"),
        pointer: "/to")
    }
    start = first.start(in: context.zone)
    end = last.end(in: context.zone)
  }

  /// The same, where the member `days` of a rule in force today says how long a period may be.
  public init(
    _ params: Params, _ context: CallContext, rule: String, of book: RuleBook
  ) throws(RPCError) {
    let days = try book.rule(rule, on: context.now.date(in: context.zone)).int("days")
    try self.init(params, context, rule: rule, daysAtMost: days)
  }

  /// The bounds of a query over a column of instants.
  public var from: IndexValue { .integer(Int(start.milliseconds)) }
  public var to: IndexValue { .integer(Int(end.milliseconds)) }

  private static func date(_ params: Params, _ key: String) throws(RPCError) -> CivilDate? {
    guard let value = params[key] else { return nil }
    guard let date = value.stringValue.flatMap({ CivilDate($0) }) else {
      throw .invalid(Text("Not a date", zh: "不是有效日期"), pointer: "/\(key)")
    }
    return date
  }
}
