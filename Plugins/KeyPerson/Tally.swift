/// What the figures count, and with which codes.
package enum Tally {
  /// The code of a delisting of what was only proposed.
  static let neverEntered = "never_entered"

  package enum What: String, Sendable, CaseIterable {
    /// A record was entered.
    case entry
    case delisting
    case review
    case reading
  }

  /// A review, counted at the instant it was due.
  package enum Review: String, Sendable, CaseIterable {
    case inTime = "in_time"
    case overdue
    /// The term ended first.
    case void
  }

  package enum Reading: String, Sendable, CaseIterable {
    case linked, unlinked
    /// By the person concerned.
    case extract
  }
}
