import Dispatch
import StationSystemd
import Synchronization

/// Asks the service manager for more time while a stop gets on, so that calls under way are not cut off; a stop that
/// hangs is not extended, and ends as the unit says.
package final class StopExtender: Sendable {
  /// The time asked for at each step forward, and the interval of looking.
  private static let step = Duration.seconds(10)
  private static let interval = DispatchTimeInterval.seconds(1)

  // A Dispatch source is an object of its own queue; it is only kept alive and cancelled here.
  private nonisolated(unsafe) let timer: any DispatchSourceTimer

  /// - Parameter progress: a number that changes while the stop gets on.
  package init(notifier: ServiceNotifier, progress: @escaping @Sendable () -> Int) {
    let last = Mutex(progress())
    Self.extend(notifier)
    let source = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "stop-extender"))
    source.schedule(deadline: .now() + Self.interval, repeating: Self.interval)
    timer = source
    source.setEventHandler {
      let now = progress()
      let moves = last.withLock { last in
        defer { last = now }
        return last != now
      }
      if moves { Self.extend(notifier) }
    }
    source.activate()
  }

  private static func extend(_ notifier: ServiceNotifier) {
    notifier.notify(.extendTimeout(microseconds: UInt64(step.components.seconds) * 1_000_000))
  }

  package func stop() { timer.cancel() }
}
