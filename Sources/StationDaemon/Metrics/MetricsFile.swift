import Logging
import StationStore
import Synchronization

/// Writes the metrics to a file at an interval, for the node exporter's textfile collector; whole or not at all.
final class MetricsFile: Sendable {
  private let ticker: Ticker

  init(path: String, seconds: Int, log: Logger, text: @escaping @Sendable () -> String) {
    ticker = Ticker("metrics", every: .seconds(seconds), leeway: .milliseconds(100), qos: .utility)
    let failed = Mutex(false)
    ticker.start {
      let reason: String?
      do {
        // Whoever collects is another user.
        try FileIO.create(path, Array(text().utf8), mode: 0o644)
        reason = nil
      } catch {
        reason = "\(error)"
      }
      let isNew = failed.withLock { failed in
        defer { failed = reason != nil }
        return !failed
      }
      if let reason, isNew { log.warning("the metrics cannot be written", metadata: ["reason": "\(reason)"]) }
    }
  }

  /// Nothing is written after this returns.
  func stop() {
    ticker.stop()
    ticker.drain()
  }
}
