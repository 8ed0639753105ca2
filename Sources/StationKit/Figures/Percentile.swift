/// Percentiles by nearest rank: the smallest value that at least so many percent of the values do not exceed.
public enum Percentile {
  /// The percentile of values in rising order; nil if there are none.
  public static func nearestRank<Value>(_ sorted: [Value], percent: Int) -> Value? {
    guard !sorted.isEmpty else { return nil }
    // Rounded up, exactly: ceil(n × percent ÷ 100).
    let rank = (sorted.count * percent + 99) / 100
    return sorted[min(max(rank, 1), sorted.count) - 1]
  }
}
