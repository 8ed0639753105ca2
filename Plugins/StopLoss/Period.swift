import StationKit

/// The days that figures cover, in local time; the present month if none are named.
struct Period {
  let first: CivilDate
  let last: CivilDate
  let start: Instant
  let end: Instant

  init(_ params: Params, daysAtMost: Int, _ context: CallContext) throws(RPCError) {
    let today = context.now.date(in: context.zone)
    let from = try Period.date(params, "from")
    let to = try Period.date(params, "to")
    let month = from ?? to ?? today
    first = from ?? month.adding(days: 1 - month.day)
    last = to ?? max(first, first.adding(months: 1).adding(days: -1))
    guard first <= last, last.dayNumber - first.dayNumber < daysAtMost else {
      throw .refused(
        rule: StopLossRules.period,
        Text("A period has 1 to \(daysAtMost) days", zh: "统计期间为一日至\(daysAtMost)日"), pointer: "/to")
    }
    start = first.start(in: context.zone)
    end = last.end(in: context.zone)
  }

  private static func date(_ params: Params, _ key: String) throws(RPCError) -> CivilDate? {
    guard let value = params[key] else { return nil }
    guard let date = value.stringValue.flatMap({ CivilDate($0) }) else {
      throw .invalid(Text("Not a date", zh: "不是有效日期"), pointer: "/\(key)")
    }
    return date
  }
}
