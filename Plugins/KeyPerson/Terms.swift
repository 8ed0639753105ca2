import StationKit

/// The ends of terms. No term of a follow-up is ever moved by a holiday, because that would prolong it; only what
/// a person owes is, because that gives them time.
struct Terms {
  let rules: Rules
  let calendar: WorkCalendar
  let zone: Zone

  /// A term that no calendar moves.
  func fixed(
    _ length: Term.Length, from start: Instant, rule: String, on day: CivilDate
  ) throws(RPCError) -> ComputedTerm {
    try compute(Term(length, kind: .coercive), from: start, rule: rule, on: day)
  }

  /// The last day that one instrument may set.
  func maximum(
    _ category: Category, from: CivilDate, on day: CivilDate
  ) throws(RPCError) -> ComputedTerm {
    let id = RuleID.maximum(category)
    return try fixed(
      .months(try rules.int(id, "months", on: day)), from: from.start(in: zone), rule: id, on: day)
  }

  /// The last day of a follow-up with all its renewals.
  func total(_ category: Category, from: CivilDate, on day: CivilDate) throws(RPCError) -> ComputedTerm {
    let id = RuleID.total(category)
    return try fixed(
      .months(try rules.int(id, "months", on: day)), from: from.start(in: zone), rule: id, on: day)
  }

  /// The last day on which the next review may be.
  func review(_ category: Category, from now: Instant, on day: CivilDate) throws(RPCError) -> ComputedTerm {
    let id = RuleID.reviewInterval
    return try fixed(
      .calendarDays(try rules.int(id, category.rawValue, on: day)), from: now, rule: id, on: day)
  }

  /// When a person in a drug case has been clean for long enough.
  func clean(since: CivilDate, on day: CivilDate) throws(RPCError) -> ComputedTerm {
    try fixed(
      .months(try rules.int(RuleID.clean, "months", on: day)), from: since.start(in: zone),
      rule: RuleID.clean,
      on: day)
  }

  /// When an ended record is erased by itself.
  func erasure(from end: Instant, on day: CivilDate) throws(RPCError) -> ComputedTerm {
    try fixed(
      .calendarDays(try rules.int(RuleID.erasure, "days", on: day)), from: end, rule: RuleID.erasure, on: day)
  }

  /// Until when the person is told of the end.
  func notice(from end: Instant, on day: CivilDate) throws(RPCError) -> ComputedTerm {
    let days = try rules.int(RuleID.delistNotice, "days", on: day)
    return try fixed(.calendarDays(days), from: end, rule: RuleID.delistNotice, on: day)
  }

  /// When a repeated duty falls due: on its day, or on the next working day, at the first one's time of day.
  func occurrence(
    _ length: Term.Length, first: Instant, on day: CivilDate
  ) throws(RPCError) -> (due: Instant, provisional: Bool) {
    let term = try compute(Term(length), from: first, rule: RuleID.dutyInterval, on: day)
    let date = term.lastDay ?? term.end.date(in: zone)
    let timeOfDay = first.milliseconds(since: first.date(in: zone).start(in: zone))
    return (date.start(in: zone).adding(milliseconds: timeOfDay), term.provisional)
  }

  private func compute(
    _ term: Term, from start: Instant, rule: String, on day: CivilDate
  ) throws(RPCError) -> ComputedTerm {
    let reference = try rules.reference(rule, on: day)
    do {
      return try LegalClock(calendar: calendar, zone: zone).end(of: term, from: start, rule: reference)
    } catch {
      throw .refused(rule: rule, Text("The term cannot be computed: \(error)", zh: "期限无法计算：\(error)"))
    }
  }
}

extension ComputedTerm {
  /// The last day of a term in days or months.
  var day: CivilDate { lastDay ?? end.date(in: zone) }
}
