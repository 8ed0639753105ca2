/// Where a dispute stands. The raw values are stable codes.
package enum State: String, Sendable, CaseIterable {
  case registered
  /// Accepted: whether it is open to mediation is to be decided.
  case eligibility
  /// Open to mediation: every party is asked whether it is willing.
  case consent
  /// Waits for the first session.
  case session1 = "session_1"
  /// Waits for the second and last one.
  case session2 = "session_2"
  /// The parties agree; the agreement is to be written and signed.
  case agreed
  case performing, performed, visited, closed
  /// Not open to mediation.
  case ineligible
  /// No agreement, or one that was not performed: the case clock runs.
  case failed
  /// The matter went on as a case, or the parties were told of the court.
  case advised
  case withdrawn

  /// Whether anything is still owed.
  package var isOpen: Bool { self != .closed && self != .advised && self != .withdrawn }

  /// The states in which ``isOpen``.
  package static let open = allCases.filter(\.isOpen)
}
