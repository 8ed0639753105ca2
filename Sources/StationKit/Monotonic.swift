import Glibc

/// Time that never jumps, for time-outs and rates; never for the law.
package enum Monotonic {
  /// Nanoseconds since some start.
  package static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Milliseconds since the same start.
  package static func milliseconds() -> Int64 { Int64(now() / 1_000_000) }

  /// Milliseconds since the same start, with their parts.
  package static func preciseMilliseconds() -> Double { Double(now()) / 1_000_000 }
}
