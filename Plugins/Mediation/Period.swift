import StationKit

/// The days that figures cover, in local time; the present month if none are named.
struct Period {
  let first: CivilDate
  let last: CivilDate
  let start: Instant
  let end: Instant

  init(_ params: Params, _ context: CallContext, _ rules: Rules) throws(RPCError) {
    let today = context.now.date(in: context.zone)
    let from = params["from"]?.stringValue.flatMap { CivilDate($0) }
    let to = params["to"]?.stringValue.flatMap { CivilDate($0) }
    let month = from ?? to ?? today
    first = from ?? month.adding(days: 1 - month.day)
    last = to ?? max(first, first.adding(months: 1).adding(days: -1))
    let most = try rules.on(today).int(RuleID.period, "days")
    guard first <= last, last.dayNumber - first.dayNumber < most else {
      throw .refused(
        rule: RuleID.period, Text("A period has 1 to \(most) days", zh: "统计期间为一至\(most)日"), pointer: "/to")
    }
    start = first.start(in: context.zone)
    end = last.end(in: context.zone)
  }

  /// As bounds of a column.
  var from: IndexValue { .integer(Int(start.milliseconds)) }
  var to: IndexValue { .integer(Int(end.milliseconds)) }
}
