import StationKit

/// What a bank answered to a request to stop a payment, whichever way the answer came.
package struct BankAnswer: Sendable, Hashable {
  package enum Outcome: Sendable, Hashable {
    /// The money is held from an instant on: the 48 hours run from there. `held` is in fen, at most what was
    /// asked for.
    case stopped(at: Instant, held: Int)
    /// What did not match: at least one.
    case mismatch([Mismatch])
    /// The bank says that it cannot tell, or was given up.
    case none
  }

  package let outcome: Outcome
  /// The bank's own reference of the answer; a code, no personal data.
  package let reference: String?

  package init(_ outcome: Outcome, reference: String? = nil) {
    self.outcome = outcome
    self.reference = reference
  }
}

/// What a bank compares before it stops a payment. The raw values are stable codes.
package enum Mismatch: String, Sendable, CaseIterable { case name, account, amount, time }
