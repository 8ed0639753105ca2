import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite("Shares")
struct SharesTests {
  static func claims(_ losses: [Int]) -> [Shares.Claim] { losses.map { Shares.Claim(loss: $0, open: $0) } }

  static let cases: [(Int, [Int], [Int])] = [
    (100, [100], [100]), (100, [300], [100]), (300, [100], [100]),
    (100, [100, 100], [50, 50]), (101, [100, 100], [51, 50]),
    // Equal remainders: the earlier report.
    (100, [100, 100, 100], [34, 33, 33]), (200, [100, 100, 100], [67, 67, 66]), (1, [5, 5, 5], [1, 0, 0]),
    // The largest remainder first: 10 × 1 ÷ 7 = 1.43, 10 × 2 ÷ 7 = 2.86, 10 × 4 ÷ 7 = 5.71.
    (10, [100, 200, 400], [1, 3, 6]),
    // More than was lost: what remains stays frozen.
    (1000, [100, 200], [100, 200]), (0, [100, 200], [0, 0]),
    // Products beyond 64 bits.
    (
      999_999_999_999_999, [1_000_000_000_000_000, 1_000_000_000_000_000],
      [500_000_000_000_000, 499_999_999_999_999]
    ),
    (
      1_000_000_000_000_000, Array(repeating: 1_000_000_000_000_000, count: 3),
      [333_333_333_333_334, 333_333_333_333_333, 333_333_333_333_333]
    ),
    // As many payers as there can be, each with the most that can be lost.
    (
      1_000_000_000_000_000, Array(repeating: 1_000_000_000_000_000, count: Limits.payersPerReturn),
      Array(repeating: 500_000_000_000, count: Limits.payersPerReturn)
    ),
  ]

  @Test("frozen money is divided by loss, in whole fen, by largest remainder", arguments: cases)
  func divide(_ frozen: Int, _ losses: [Int], _ expected: [Int]) {
    #expect(Shares.divide(frozen, among: Self.claims(losses)) == expected)
  }

  @Test("nobody gets more than is still lost, and what that leaves is not divided")
  func open() {
    let claims = [Shares.Claim(loss: 100, open: 10), Shares.Claim(loss: 100, open: 100)]
    #expect(Shares.divide(100, among: claims) == [10, 50])
    #expect(Shares.divide(100, among: []) == [])
  }

  @Test("invariants of any division", arguments: 0..<200)
  func invariants(_ seed: UInt64) {
    var random = Seeded(state: seed)
    let largest = [10, 1_000, 1_000_000_000_000_000].randomElement(using: &random) ?? 1
    let losses = (0..<Int.random(in: 1...100, using: &random)).map { _ in
      Int.random(in: 1...largest, using: &random)
    }
    let frozen = Int.random(in: 1...largest, using: &random)
    let shares = Shares.divide(frozen, among: Self.claims(losses))
    let total = losses.reduce(0, +)
    #expect(shares.reduce(0, +) == min(frozen, total))
    let pot = Int128(min(frozen, total))
    for (share, loss) in zip(shares, losses) {
      #expect((0...loss).contains(share))
      // Within a fen of the exact share.
      let exact = pot * Int128(loss)
      #expect(abs(Int128(share) * Int128(total) - exact) < Int128(total))
    }
    // Who lost more gets no less; of equal losses the earlier gets no less.
    for (i, j) in zip(losses.indices, losses.indices.dropFirst()) where losses[i] >= losses[j] {
      #expect(shares[i] >= shares[j])
    }
  }
}
