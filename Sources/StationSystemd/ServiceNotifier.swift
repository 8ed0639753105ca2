import Glibc

/// Tells the service manager how the daemon is (sd_notify(3)), without libsystemd.
///
/// Every call sends one datagram and returns at once; a manager that does not listen changes nothing for the
/// daemon.
package struct ServiceNotifier: Sendable {
  /// One assignment of a notification.
  package enum State: Sendable, Hashable {
    /// Start-up has finished.
    case ready
    /// A reload has begun, at that `CLOCK_MONOTONIC` time in microseconds (`Type=notify-reload`).
    case reloading(monotonicMicroseconds: UInt64)
    /// Shutdown has begun.
    case stopping
    /// One line for a person, shown by `systemctl status`.
    case status(String)
    /// The daemon is alive.
    case watchdog
    /// The daemon needs that much longer to start or stop, in microseconds.
    case extendTimeout(microseconds: UInt64)
  }

  /// Nil when nobody wants to be told.
  package let address: NotifyAddress?

  package init(address: NotifyAddress?) {
    self.address = address
  }

  /// The notifier that `NOTIFY_SOCKET` asks for. The variable is removed, so that no child speaks for the
  /// daemon. To be called once, before other threads start.
  package static func takeFromEnvironment() -> ServiceNotifier {
    defer { unsetenv("NOTIFY_SOCKET") }
    return ServiceNotifier(address: getenv("NOTIFY_SOCKET").flatMap { NotifyAddress(String(cString: $0)) })
  }

  /// Sends a notification; false when it did not leave.
  @discardableResult
  package func notify(_ states: State...) -> Bool {
    guard let address else { return false }
    let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let descriptor = socket(AF_UNIX, type, 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let payload = Array(Self.payload(of: states).utf8)
    return address.withSocketAddress { pointer, size in
      sendto(descriptor, payload, payload.count, Int32(MSG_NOSIGNAL), pointer, size) == payload.count
    }
  }

  /// The text of a notification: one assignment a line.
  package static func payload(of states: [State]) -> String {
    states.map(\.assignment).joined(separator: "\n")
  }

  /// `CLOCK_MONOTONIC` in microseconds, for ``State/reloading(monotonicMicroseconds:)``.
  package static func monotonicMicroseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
  }
}

extension ServiceNotifier.State {
  var assignment: String {
    switch self {
    case .ready: "READY=1"
    case .reloading(let time): "RELOADING=1\nMONOTONIC_USEC=\(time)"
    case .stopping: "STOPPING=1"
    case .status(let text): "STATUS=\(Self.oneLine(text))"
    case .watchdog: "WATCHDOG=1"
    case .extendTimeout(let time): "EXTEND_TIMEOUT_USEC=\(time)"
    }
  }

  /// A line break would start another assignment.
  private static func oneLine(_ text: String) -> String {
    String(decoding: text.utf8.map { $0 < 0x20 ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
  }
}
