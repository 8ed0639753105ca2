/// A term with its end, and everything needed to explain it and to compute it again.
public struct ComputedTerm: Hashable, Sendable {
  public let rule: RuleRef
  public let term: Term
  public let start: Instant
  public let zone: Zone
  /// The service hours that the term was computed with; only for working minutes.
  public let serviceHours: ServiceHours?
  /// The pauses that the end takes into account.
  public let pauses: PauseLedger
  /// The first instant at which the term is over: it has ended when now >= end.
  ///
  /// A term in days that ends on 31 January (Shanghai) has its end at 2026-02-01T00:00:00+08:00.
  public let end: Instant
  /// The last day of a term in days, months or years, after any shift.
  public let lastDay: CivilDate?
  /// Whether the end relied on a year that has no calendar yet.
  public let provisional: Bool
  /// The version of the calendar that the end was computed with.
  public let calendarVersion: String
  /// How the end came about, in order. Empty in a term that was read back from a store.
  public let explanation: [ExplanationStep]

  /// A term as it was computed before, for reading it back from a store.
  public init(
    rule: RuleRef, term: Term, start: Instant, zone: Zone, serviceHours: ServiceHours? = nil,
    pauses: PauseLedger = PauseLedger(), end: Instant, lastDay: CivilDate?, provisional: Bool,
    calendarVersion: String,
    explanation: [ExplanationStep] = []
  ) {
    self.rule = rule
    self.term = term
    self.start = start
    self.zone = zone
    self.serviceHours = serviceHours
    self.pauses = pauses
    self.end = end
    self.lastDay = lastDay
    self.provisional = provisional
    self.calendarVersion = calendarVersion
    self.explanation = explanation
  }

  /// Whether the term is over.
  public func hasEnded(at now: Instant) -> Bool { now >= end }

  /// The explanation as sentences, one a step.
  public func explain(_ language: ExplanationLanguage) -> [String] {
    explanation.map { $0.sentence(language, zone: zone) }
  }
}
