import StationKit

/// What a bank answers: ISO 20022 camt.029 (Resolution of Investigation).
package struct Resolution: Sendable, Hashable {
  package enum Outcome: Sendable, Hashable {
    /// So much is held, in fen.
    case accepted(amount: Int)
    /// The bank's reasons: ISO codes, or its own.
    case refused([String])
    /// The bank will answer again.
    case pending
  }

  /// The bank's own id of the message.
  package let id: String
  /// The id of the request that it answers.
  package let request: String
  package let created: Instant
  package let outcome: Outcome

  package init(id: String, request: String, created: Instant, outcome: Outcome) {
    self.id = id
    self.request = request
    self.created = created
    self.outcome = outcome
  }

  /// What did not match, where the bank's reasons say so.
  ///
  /// Codes of the external code sets of ISO 20022 that name it, and the words of this module's own interface.
  package static func mismatches(_ reasons: [String]) -> [Mismatch] {
    let found = reasons.flatMap { reason -> [Mismatch] in
      switch reason {
      case "NAME", "BE01", "BE06": [.name]
      case "ACCOUNT", "AC01", "AC03", "AC04": [.account]
      case "AMOUNT", "AM09": [.amount]
      case "TIME", "DT01": [.time]
      // No such transaction was received.
      case "NOOR": [.amount, .time]
      default: []
      }
    }
    return Mismatch.allCases.filter(found.contains)
  }
}
