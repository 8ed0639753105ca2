import StationKit

/// A decision to return frozen money to those who paid it.
package struct ReturnDecision: Sendable, Hashable {
  /// What one payer gets.
  package struct Share: Sendable, Hashable {
    /// The payer's report.
    package let report: String
    /// The whole loss of the report, in fen.
    package let loss: Int
    /// What this decision returns, in fen: at most what is still lost.
    package let amount: Int

    package init(report: String, loss: Int, amount: Int) {
      self.report = report
      self.loss = loss
      self.amount = amount
    }
  }

  package var shares: [Share]
  /// The frozen money that it was shared from, in fen.
  package var frozen: Int
  package var decided: Instant
  package var decidedBy: String
  package var approved: Instant?
  package var approvedBy: String?
  /// The notice of a shared return, and the bank's term to finish.
  package var notice: StoredTerm?
  package var bank: StoredTerm?
  /// When the bank had finished.
  package var finished: Instant?

  package init(shares: [Share], frozen: Int, decided: Instant, decidedBy: String) {
    self.shares = shares
    self.frozen = frozen
    self.decided = decided
    self.decidedBy = decidedBy
  }

  /// All that it returns, in fen.
  package var total: Int { shares.reduce(0) { $0 + $1.amount } }
  package var isShared: Bool { shares.count > 1 }
}
