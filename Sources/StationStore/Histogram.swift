/// How often values fell into which range.
package struct Histogram: Sendable, Equatable {
  /// The upper bounds of the ranges, each included; what is above the last is counted apart.
  package let bounds: [UInt64]
  /// One for each bound, and one for what is above.
  package private(set) var counts: [Int]
  package private(set) var sum: UInt64 = 0

  package init(bounds: [UInt64]) {
    self.bounds = bounds
    counts = Array(repeating: 0, count: bounds.count + 1)
  }

  package mutating func note(_ value: UInt64) {
    counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
    sum &+= value
  }

  package var count: Int { counts.reduce(0, +) }

  /// Durations in nanoseconds, from 100 µs to 10 s.
  package static let durations = Histogram(
    bounds: [
      100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    ]
    .map { $0 * 1_000 } + [2_500_000_000, 10_000_000_000])

  /// Calls in one batch.
  package static let batches = Histogram(bounds: [1, 2, 4, 8, 16, 32, 64, 128])
}
