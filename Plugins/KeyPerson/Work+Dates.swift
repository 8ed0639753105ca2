import StationKit

extension Work {
  /// - Throws: `refused_by_rule` for a date that is still to come.
  func notLater(_ value: JSONValue?, _ pointer: String, rule: String) throws(RPCError) {
    guard let date = CivilDate(value), date > today else { return }
    throw .refused(rule: rule, Text("The date is still to come", zh: "日期不得晚于今日"), pointer: pointer)
  }

  /// - Throws: `refused_by_rule` by the rule that set the term.
  func require(_ day: CivilDate, notAfter term: ComputedTerm, pointer: String) throws(RPCError) {
    guard day > term.day else { return }
    throw .refused(
      rule: term.rule.id,
      Text("The last possible day is \(term.day)", zh: "最迟为\(term.day)"), pointer: pointer)
  }

  /// - Throws: `refused_by_rule` unless the day is after today, within the interval and not after the end.
  func check(nextReview: CivilDate, _ category: Category, to: CivilDate, on: CivilDate) throws(RPCError) {
    try require(
      nextReview, notAfter: try terms.review(category, from: now, on: on), pointer: "/next_review")
    guard nextReview > today || nextReview == to, nextReview <= to else {
      throw .refused(
        rule: RuleID.reviewInterval,
        Text("The next review is after today, and not after the end", zh: "下次复核须晚于今日，且不晚于届满日"),
        pointer: "/next_review")
    }
  }

  /// Sets the day of the next review. Its window opens so many days before, but not again on the same day.
  func set(nextReview: CivilDate, of record: inout KeyRecord) throws(RPCError) {
    let window = try rules.int(RuleID.reviewWindow, "days", on: record.rulesOn)
    record.nextReview = nextReview
    record.reviewEnds = nextReview.end(in: zone)
    let first = max(nextReview.adding(days: -window), today.adding(days: 1))
    record.reviewOpens = min(first, nextReview).start(in: zone)
  }

  /// An instant that a caller tells: what happened has happened, and not before the matter itself, by the minute.
  func past(_ params: Params, _ key: String, notBefore first: Instant) throws(RPCError) -> Instant {
    guard params[key] != nil else { return now }
    let instant = try params.instant(key)
    guard instant <= now else {
      throw .refused(
        rule: RuleID.dutyTime, Text("This is still to come", zh: "时间不得晚于当前"), pointer: "/\(key)")
    }
    guard !instant.isInMinute(before: first) else {
      throw .refused(
        rule: RuleID.dutyTime, Text("This is before what it is about", zh: "时间早于所涉事项"), pointer: "/\(key)")
    }
    return instant
  }
}
