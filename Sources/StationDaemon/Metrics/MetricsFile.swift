import Dispatch
import Logging
import StationStore

/// Writes the metrics to a file at an interval, for the node exporter's textfile collector; whole or not at all.
final class MetricsFile: Sendable {
  // A Dispatch source is an object of its own queue; it is only kept alive and cancelled here.
  private nonisolated(unsafe) let timer: any DispatchSourceTimer
  private let queue = DispatchQueue(label: "metrics", qos: .utility)

  init(path: String, seconds: Int, log: Logger, text: @escaping @Sendable () -> String) {
    let source = DispatchSource.makeTimerSource(queue: queue)
    source.schedule(deadline: .now(), repeating: .seconds(seconds), leeway: .milliseconds(100))
    timer = source
    // Touched on the queue alone.
    nonisolated(unsafe) var isFailing = false
    source.setEventHandler {
      do {
        // Whoever collects is another user.
        try FileIO.create(path, Array(text().utf8), mode: 0o644)
        isFailing = false
      } catch {
        if !isFailing { log.warning("the metrics cannot be written", metadata: ["reason": "\(error)"]) }
        isFailing = true
      }
    }
    source.activate()
  }

  /// Nothing is written after this returns.
  func stop() {
    timer.cancel()
    queue.sync {}
  }
}
