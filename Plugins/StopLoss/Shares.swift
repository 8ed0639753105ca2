/// Divides frozen money among those who lost it. Pure.
package enum Shares {
  /// What one payer has lost, and how much of it is still lost.
  package struct Claim: Sendable, Hashable {
    /// In fen, above zero.
    package let loss: Int
    /// In fen, at most the loss.
    package let open: Int

    package init(loss: Int, open: Int) {
      self.loss = loss
      self.open = open
    }
  }

  /// Each payer gets frozen × loss ÷ total of losses, in whole fen: what rounding down leaves goes, a fen each, to
  /// the largest remainders, and among equal ones to the earlier. Nobody gets more than is still lost; what that
  /// leaves is not divided.
  ///
  /// - Parameters:
  ///   - frozen: in fen.
  ///   - claims: the earlier report first. Their losses add up within 64 bits.
  package static func divide(_ frozen: Int, among claims: [Claim]) -> [Int] {
    let total = claims.reduce(0) { $0 + $1.loss }
    guard frozen > 0, total > 0 else { return claims.map { _ in 0 } }
    let pot = min(frozen, total)
    var shares: [Int] = []
    var remainders: [(rest: Int, place: Int)] = []
    for (place, claim) in claims.enumerated() {
      // At most the pot, since a loss is at most the total: it fits.
      let (share, rest) = total.dividingFullWidth(pot.multipliedFullWidth(by: claim.loss))
      shares.append(share)
      remainders.append((rest, place))
    }
    let left = pot - shares.reduce(0, +)
    remainders.sort { $0.rest != $1.rest ? $0.rest > $1.rest : $0.place < $1.place }
    for (_, place) in remainders.prefix(left) { shares[place] += 1 }
    return zip(shares, claims).map { min($0, $1.open) }
  }
}
