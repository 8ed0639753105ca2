import Glibc
import Logging
import StationStore
import Synchronization

/// Writes the metrics to a file at an interval, for the node exporter's textfile collector; whole or not at all.
final class MetricsFile: Sendable {
  private let ticker: Ticker

  /// - Parameter told: called after each attempt: with why it failed, or nil.
  init(
    path: String, seconds: Int, log: Logger, told: @escaping @Sendable (String?) -> Void,
    text: @escaping @Sendable () -> String
  ) {
    ticker = Ticker("metrics", every: .seconds(seconds), leeway: .milliseconds(100), qos: .utility)
    let failed = Mutex(false)
    ticker.start {
      var reason = Self.refusal(path).map { "\(path): \($0)" }
      do {
        // Whoever collects is another user.
        if reason == nil { try FileIO.create(path, Array(text().utf8), mode: 0o644) }
      } catch {
        reason = "\(error)"
      }
      told(reason)
      let isNew = failed.withLock { failed in
        defer { failed = reason != nil }
        return !failed
      }
      if let reason, isNew { log.warning("the metrics cannot be written", metadata: ["reason": "\(reason)"]) }
    }
  }

  /// Why a file must not be replaced with the metrics; nil where they were in it before, or nothing is there.
  static func refusal(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return errno == ENOENT ? nil : String(cString: strerror(errno)) }
    defer { close(file) }
    let beginning = Array(PrometheusText.beginning.utf8)
    var bytes = [UInt8](repeating: 0, count: beginning.count)
    return read(file, &bytes, bytes.count) == bytes.count && bytes == beginning
      ? nil : "is there, and does not hold this daemon's metrics"
  }

  /// Nothing is written after this returns.
  func stop() {
    ticker.stop()
    ticker.drain()
  }
}
