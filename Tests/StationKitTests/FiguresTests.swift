import StationKit
import Testing

@Suite("Figures")
struct FiguresTests {
  /// Hits of all, as percent, and whether they reach 95 and 98 percent.
  static let rates: [(hits: Int, all: Int, percent: String?, reaches95: Bool?, reaches98: Bool?)] = [
    (0, 0, nil, nil, nil), (0, 3, "0.0", false, false), (3, 3, "100.0", true, true),
    (1, 1, "100.0", true, true), (2, 3, "66.7", false, false), (1, 3, "33.3", false, false),
    (19, 20, "95.0", true, false), (1999, 2000, "100.0", true, true), (949, 1000, "94.9", false, false),
    (9499, 10000, "95.0", false, false), (98, 100, "98.0", true, true), (97, 99, "98.0", true, false),
    (979, 999, "98.0", true, false), (980, 1000, "98.0", true, true), (1, 16, "6.3", false, false),
    (1, 32, "3.1", false, false),
  ]

  @Test("a rate is compared exactly and only then rounded; a zero denominator is n/a", arguments: rates)
  func rate(_ hits: Int, _ all: Int, _ percent: String?, _ reaches95: Bool?, _ reaches98: Bool?) {
    let rate = Rate(numerator: hits, denominator: all)
    #expect(rate.percent == percent)
    #expect(rate.reaches(percent: 95) == reaches95)
    #expect(rate.reaches(percent: 98) == reaches98)
    #expect(rate.json()["text"] == .string(percent.map { "\($0) %" } ?? "n/a"))
  }

  @Test("amounts beyond 64 bits are summed and told exactly")
  func wide() {
    var rate = Rate(numerator: .max, denominator: .max)
    rate.denominator += Int128(Int.max)
    #expect(rate.percent == "50.0")
    #expect(rate.json()["denominator"]?.description == "18446744073709551614")
  }

  static let ranks: [(values: [Int64], median: Int64?, p90: Int64?)] = [
    ([], nil, nil), ([5], 5, 5), ([1, 2], 1, 2), ([1, 2, 3], 2, 3), ([1, 2, 3, 4], 2, 4),
    (Array(1...10), 5, 9), (Array(1...11), 6, 10), (Array(1...100), 50, 90),
  ]

  @Test("percentiles are by nearest rank", arguments: ranks)
  func percentile(_ values: [Int64], _ median: Int64?, _ p90: Int64?) {
    #expect(Percentile.nearestRank(values, percent: 50) == median)
    #expect(Percentile.nearestRank(values, percent: 90) == p90)
  }
}
