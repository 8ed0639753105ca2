import StationKit

/// Computes the ends of terms by the legal clock.
struct Terms {
  let policy: Policy
  let context: CallContext

  /// A term under a rule, as it stood on a day.
  func stored(
    _ term: Term, from start: Instant, rule id: String, on day: CivilDate
  ) throws(RPCError) -> StoredTerm {
    StoredTerm(try computed(term, from: start, try policy.rule(id, on: day).reference))
  }

  func computed(_ term: Term, from start: Instant, _ rule: RuleRef) throws(RPCError) -> ComputedTerm {
    do {
      return try LegalClock(calendar: context.calendar, zone: context.zone).end(
        of: term, from: start, rule: rule)
    } catch {
      throw .refused(rule: rule.id, Text("The term cannot be computed: \(error)", zh: "期限无法计算：\(error)"))
    }
  }

  /// The term once another calendar is there: only a provisional end that has not passed can move.
  func refreshed(_ term: StoredTerm?) throws(RPCError) -> StoredTerm? {
    guard let term, term.provisional, term.end > context.now,
      term.calendarVersion != context.calendar.version
    else { return term }
    return StoredTerm(try computed(term.term, from: term.start, term.rule))
  }
}
