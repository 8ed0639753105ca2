import StationKit

/// Computes the ends of limits.
package struct Terms: Sendable {
  let legal: LegalClock
  let rules: CaseRules

  package init(_ context: CallContext, _ rules: CaseRules) {
    legal = LegalClock(calendar: context.calendar, zone: context.zone)
    self.rules = rules
  }

  /// - Throws: `refused_by_rule` for a term that no calendar can tell the end of.
  func computed(_ term: Term, from start: Instant, rule: RuleRef) throws(RPCError) -> ComputedTerm {
    do {
      return try legal.end(of: term, from: start, rule: rule)
    } catch {
      throw .refused(rule: rule.id, Text("The limit cannot be computed: \(error)", zh: "期限无法计算：\(error)"))
    }
  }

  /// A limit that starts.
  package func limit(_ name: LimitName, from start: Instant) throws(RPCError) -> Limit {
    let (id, term) = try length(name)
    return Limit(try computed(term, from: start, rule: try rules.reference(id)))
  }

  /// The rule and the number behind a limit, without pauses.
  func length(_ name: LimitName) throws(RPCError) -> (rule: String, term: Term) {
    switch name {
    case .accept: (RuleID.acceptLimit, .hours(try rules.int(RuleID.acceptLimit, "hours")))
    case .session1:
      (RuleID.firstSession, .workingDays(try rules.int(RuleID.firstSession, "working_days")))
    case .session2:
      (RuleID.secondSession, .workingDays(try rules.int(RuleID.secondSession, "working_days")))
    case .agreement: (RuleID.agreementLimit, .hours(try rules.int(RuleID.agreementLimit, "hours")))
    case .visit: (RuleID.visit, .calendarDays(try rules.int(RuleID.visit, "days")))
    case .court: (RuleID.court, .calendarDays(try rules.int(RuleID.court, "days")))
    case .caseClock: (RuleID.caseClock, .calendarDays(try rules.int(RuleID.caseClock, "days")))
    case .caseExtended: (RuleID.caseExtension, .calendarDays(try extendedDays()))
    // Its end is a day that the parties agree on.
    case .performance: (RuleID.performance, .calendarDays(1))
    }
  }

  private func extendedDays() throws(RPCError) -> Int {
    try rules.int(RuleID.caseClock, "days") + rules.int(RuleID.caseExtension, "days")
  }

  /// The case clock, of which the days of appraisal are no part; it stands still while one is under way.
  ///
  /// The clock counts days and the ledger keeps instants: a day is one of appraisal if it began during one.
  /// Measures on the regulation's words, that the period of an appraisal does not count into the term.
  package func caseLimit(
    _ name: LimitName, from start: Instant, pauses: PauseLedger
  ) throws(RPCError) -> Limit {
    let (id, term) = try length(name)
    let days = Self.pausedDays(pauses, since: start, zone: legal.zone)
    guard case .calendarDays(let count) = term.length else { throw RPCError(.internalError) }
    let computed = try computed(.calendarDays(count + days), from: start, rule: try rules.reference(id))
    var limit = Limit(computed)
    limit.pausedDays = days
    if pauses.isPaused { limit.end = nil }
    return limit
  }

  /// Local days since the start that began while the clock stood still; a pause that is open counts none yet.
  package static func pausedDays(_ ledger: PauseLedger, since start: Instant, zone: Zone) -> Int {
    ledger.pauses.reduce(0) { total, pause in
      guard let to = pause.to, to > start else { return total }
      return total + to.date(in: zone).dayNumber - max(pause.from, start).date(in: zone).dayNumber
    }
  }
}
