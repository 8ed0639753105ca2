import Glibc

/// How often the service manager wants a sign of life (sd_watchdog_enabled(3)).
package struct Watchdog: Sendable, Hashable {
  /// Without a sign for so long the manager kills the daemon.
  package let timeout: Duration

  /// How often to send ``ServiceNotifier/State/watchdog``: twice within the timeout.
  package var interval: Duration { timeout / 2 }

  package init(timeout: Duration) {
    self.timeout = timeout
  }

  /// What the environment says to process `pid`; nil if no watchdog is set, or not for this process.
  package init?(pid: Int32, environment: (String) -> String?) {
    guard let text = environment("WATCHDOG_USEC"), let microseconds = Int64(text), microseconds > 0 else {
      return nil
    }
    if let owner = environment("WATCHDOG_PID"), Int32(owner) != pid { return nil }
    self.init(timeout: .microseconds(microseconds))
  }

  /// The watchdog set for this process. The variables are removed, so that no child takes it for its own.
  /// To be called once, before other threads start.
  package static func takeFromEnvironment() -> Watchdog? {
    defer {
      unsetenv("WATCHDOG_USEC")
      unsetenv("WATCHDOG_PID")
    }
    return Watchdog(pid: getpid()) { name in getenv(name).map { String(cString: $0) } }
  }
}
