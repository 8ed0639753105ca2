import StationKit

/// The days that figures cover, in local time; the present month if none are named.
struct Period {
  let first: CivilDate
  let last: CivilDate
  let start: Instant
  let end: Instant

  static let daysAtMost = 366

  init(_ params: Params, _ context: CallContext) throws(RPCError) {
    let today = context.now.date(in: context.zone)
    let from = params["from"] == nil ? nil : try params.date("from")
    let to = params["to"] == nil ? nil : try params.date("to")
    let month = from ?? to ?? today
    first = from ?? month.adding(days: 1 - month.day)
    last = to ?? max(first, first.adding(months: 1).adding(days: -1))
    guard first <= last, last.dayNumber - first.dayNumber < Period.daysAtMost else {
      throw .refused(
        rule: RuleID.period, Text("A period has 1 to 366 days", zh: "统计期间为一至三百六十六日"), pointer: "/to")
    }
    start = first.start(in: context.zone)
    end = last.end(in: context.zone)
  }
}
