import Logging
import StationKit
import StationStore

/// What the daemon does by the clock, beside the store: it watches the machine's clock and writes the metrics.
final class Housekeeping: Sendable {
  private let clock: ClockGuard
  private let metrics: MetricsFile?

  /// - Parameter record: makes a record of an act of the daemon's own, with what is to be kept beside it.
  init(
    _ configuration: DaemonConfiguration, services: Services, log: Logger,
    record: @escaping @Sendable (_ method: String, _ detail: JSONValue) -> Void
  ) {
    let clock = ClockGuard { milliseconds in
      log.warning("the machine's clock was set", metadata: ["by_seconds": "\(milliseconds / 1_000)"])
      record("system.clock_jump", ["seconds": .int(Int(milliseconds / 1_000))])
    }
    self.clock = clock
    services.watch(clock)
    metrics = configuration.metricsFile.map { path in
      MetricsFile(
        path: path, seconds: configuration.metricsSeconds, log: log,
        told: { services.metricsWritten(trouble: $0) }, text: { Metrics.text(services) })
    }
  }

  func stop() {
    clock.stop()
    metrics?.stop()
  }
}
