import Dispatch
import StationSystemd
import Synchronization

/// Asks the service manager for more time while a stop gets on, so that calls under way are not cut off; a stop that
/// hangs is not extended, and ends as the unit says.
package final class StopExtender: Sendable {
  /// The time asked for at each step forward, and the interval of looking.
  private static let step = Duration.seconds(10)
  private static let interval = DispatchTimeInterval.seconds(1)

  private let ticker = Ticker("stop-extender", every: StopExtender.interval, after: StopExtender.interval)

  /// - Parameter progress: a number that changes while the stop gets on.
  package init(notifier: ServiceNotifier, progress: @escaping @Sendable () -> Int) {
    let last = Mutex(progress())
    Self.extend(notifier)
    ticker.start {
      let now = progress()
      let moves = last.withLock { last in
        defer { last = now }
        return last != now
      }
      if moves { Self.extend(notifier) }
    }
  }

  private static func extend(_ notifier: ServiceNotifier) {
    notifier.notify(.extendTimeout(microseconds: UInt64(step.components.seconds) * 1_000_000))
  }

  package func stop() { ticker.stop() }
}
