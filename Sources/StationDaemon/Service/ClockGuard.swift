import Glibc
import Synchronization

/// Looks at the machine's clock every second, and says when it was set.
final class ClockGuard: Sendable {
  private let watch = Mutex(ClockWatch())
  private let ticker = Ticker("clock", every: .seconds(1), leeway: .milliseconds(200), qos: .utility)

  /// - Parameter jumped: called with milliseconds, on a thread of its own.
  init(jumped: @escaping @Sendable (Int64) -> Void) {
    ticker.start { [weak self] in
      guard let self else { return }
      let now = (realtime: Self.read(CLOCK_REALTIME), steady: Self.read(CLOCK_BOOTTIME))
      let jump = watch.withLock { $0.note(realtime: now.realtime, steady: now.steady) }
      if let jump { jumped(jump) }
    }
  }

  /// By how much the clock was set in the last 24 hours, in seconds; nil where it was not.
  var jumpSeconds: Int? {
    let steady = Self.read(CLOCK_BOOTTIME)
    return watch.withLock { $0.jump(steady: steady) }.map { Int($0 / 1_000) }
  }

  func stop() { ticker.stop() }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
