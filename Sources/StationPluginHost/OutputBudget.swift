import Glibc

/// How much of a plugin's output is read in this second.
struct OutputBudget: Sendable {
  private let bytesPerSecond: Int
  private var left: Int
  private var second: Int64 = 0

  init(bytesPerSecond: Int) {
    self.bytesPerSecond = bytesPerSecond
    left = bytesPerSecond
  }

  var isSpent: Bool { left <= 0 }

  mutating func spend(_ bytes: Int) { left -= bytes }

  mutating func renew(now: Int64) {
    guard now / 1000 != second else { return }
    second = now / 1000
    left = bytesPerSecond
  }
}

/// The monotonic clock.
package enum MonotonicTime {
  package static func milliseconds() -> Int64 {
    let time = now()
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// In milliseconds, with their parts.
  package static func precise() -> Double {
    let time = now()
    return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
  }

  private static func now() -> timespec {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time
  }
}
