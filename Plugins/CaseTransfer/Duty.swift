import StationKit

/// What somebody owes by an instant. The raw values are stable codes.
package enum DutyName: String, Sendable, CaseIterable {
  /// The owner says whose case it is.
  case screen
  /// The owner sends it, or opens negotiations with another bureau.
  case transfer
  /// The same for an urgent case, at once.
  case urgent
  /// The owner tells the reporter.
  case tell
  /// The receiver counts and accepts.
  case accept
  /// The legal department rules on a dispute.
  case adjudicate
  /// Negotiations end: the common superior designates.
  case designate
}

/// One duty with its end, and the rule that it came from.
package struct Duty: Sendable, Hashable {
  package let name: DutyName
  package let rule: RuleRef
  package let term: Term
  package let start: Instant
  /// It is late when now >= due.
  package var due: Instant
  /// Whether the end relies on a year without a calendar.
  package var provisional: Bool
  package var calendarVersion: String
  package var done: Instant?
  /// Rungs that have fired.
  package var warned = false
  package var alarmed = false

  package init(
    name: DutyName, rule: RuleRef, term: Term, start: Instant, due: Instant, provisional: Bool,
    calendarVersion: String
  ) {
    self.name = name
    self.rule = rule
    self.term = term
    self.start = start
    self.due = due
    self.provisional = provisional
    self.calendarVersion = calendarVersion
  }

  package var isOpen: Bool { done == nil }

  package func isOverdue(at now: Instant) -> Bool { isOpen && now >= due }

  /// The instant of the warning; nil where the term is too short for one, or it was given.
  func warning(minutes: Int) -> Instant? {
    guard !warned, !alarmed, minutes > 0 else { return nil }
    let instant = due.adding(minutes: -minutes)
    return instant > start ? instant : nil
  }

  /// The next instant at which somebody is to hear of it; nil if nothing is left to tell.
  func nextRung(warning minutes: Int) -> Instant? {
    guard isOpen, !alarmed else { return nil }
    return warning(minutes: minutes) ?? due
  }
}

/// How far a duty has run when somebody is told of it.
package enum Rung: String, Sendable, CaseIterable {
  case warning, overdue
}
