/// Where a stop on one account stands. The raw values are stable codes.
package enum StopState: String, Sendable, CaseIterable {
  /// Entered with a report, and its particulars found valid; both within the call that asks for the stop.
  case intake, validated
  /// The request is on its way to the bank.
  case stopRequested = "stop_requested"
  /// The bank holds the money, for 48 hours.
  case stopped
  /// The bank found a name, account, amount or time that does not match: nothing is held.
  case refusedMismatch = "refused_mismatch"
  case noAnswer = "no_answer"
  /// A freeze is asked for: first of the chief, then of the bank.
  case freezeRequested = "freeze_requested"
  /// Another freeze holds the account; this one waits behind it (轮候).
  case queued
  case frozen, renewed
  case returnDecided = "return_decided"
  /// The notice to the payers of a shared return runs.
  case notice
  /// All of the money was returned.
  case executed
  case released, lapsed

  /// Whether a freeze is in force.
  package var isFrozen: Bool {
    switch self {
    case .frozen, .renewed, .returnDecided, .notice: true
    default: false
    }
  }

  /// Whether nothing more is expected of it: the account may be proposed for a stop anew.
  package var isOver: Bool {
    switch self {
    case .refusedMismatch, .noAnswer, .executed, .released, .lapsed: true
    default: false
    }
  }
}
