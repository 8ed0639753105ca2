import Dispatch

/// Calls at an interval, on a queue of its own.
final class Ticker: Sendable {
  private let queue: DispatchQueue
  // A Dispatch source is an object of its own queue; it is only started, kept alive and cancelled here.
  private nonisolated(unsafe) let source: any DispatchSourceTimer

  /// - Parameter delay: before the first call.
  init(
    _ label: String, every interval: DispatchTimeInterval, after delay: DispatchTimeInterval = .seconds(0),
    leeway: DispatchTimeInterval = .nanoseconds(0), qos: DispatchQoS = .unspecified
  ) {
    queue = DispatchQueue(label: label, qos: qos)
    source = DispatchSource.makeTimerSource(queue: queue)
    source.schedule(deadline: .now() + delay, repeating: interval, leeway: leeway)
  }

  /// Begins; called once.
  func start(_ body: @escaping @Sendable () -> Void) {
    source.setEventHandler(handler: body)
    source.activate()
  }

  /// No call begins after this.
  func stop() { source.cancel() }

  /// Waits for the call under way. Not to be called from inside it.
  func drain() { queue.sync {} }
}
