import StationStore
import Testing

@Suite struct HistogramTests {
  @Test func `a value counts in the first range whose bound it does not exceed`() {
    var histogram = Histogram(bounds: [10, 20, 40])
    for value in [0, 10, 11, 20, 21, 40, 41, 1_000_000] as [UInt64] { histogram.note(value) }
    #expect(histogram.counts == [2, 2, 2, 2])
    #expect(histogram.count == 8)
    #expect(histogram.sum == 1_000_143)
  }

  @Test func `bounds grow`() {
    for histogram in [Histogram.durations, Histogram.batches] {
      #expect(zip(histogram.bounds, histogram.bounds.dropFirst()).allSatisfy { $0 < $1 })
    }
  }
}
