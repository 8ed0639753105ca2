/// Where a request stands. The raw values are stable codes.
package enum State: String, Sendable, CaseIterable {
  case submitted, redirected, reopened
  case acknowledged, assigned, supporting
  case infoRequested = "info_requested"
  case feedbackDue = "feedback_due"
  case closed, withdrawn

  /// Whether work or feedback is still owed.
  package var isOpen: Bool { self != .closed && self != .withdrawn }

  /// The states in which ``isOpen``.
  package static let open = allCases.filter(\.isOpen)
}
