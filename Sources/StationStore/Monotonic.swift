import Glibc

/// Time that never jumps, for time-outs and rates; never for the law.
package enum Monotonic {
  /// Nanoseconds since some start.
  package static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
