import StationKit
import StationPluginWire

/// Where a plugin is in its life.
package enum PluginState: String, CaseIterable, Sendable {
  /// Its process starts, tells its manifest and is given its configuration.
  case loading
  case ready
  /// It is to end: calls under way are finished, no others are given to it.
  case draining
  /// It was ended on purpose.
  case stopped
  /// It failed, and is started again after a while.
  case failed
  /// It failed too often, or cannot be used as it is: a person must start it.
  case quarantined

  package var chinese: String {
    switch self {
    case .loading: "启动中"
    case .ready: "就绪"
    case .draining: "正在停止"
    case .stopped: "已停止"
    case .failed: "故障"
    case .quarantined: "已隔离"
    }
  }
}

/// The life of one plugin as a value: what leads from one state to the next, and when it is started again.
///
/// Times are of the monotonic clock, in milliseconds.
package struct PluginLife: Sendable {
  package private(set) var state = PluginState.stopped
  package private(set) var reason = "not started yet"
  /// When it is started again by itself.
  package private(set) var restartAt: Int64?
  private var failures: [Int64] = []
  private let limits: PluginLimits

  package init(limits: PluginLimits) { self.limits = limits }

  /// How often it failed of late.
  package var recentFailures: Int { failures.count }

  /// A person or the daemon's start wants it; earlier failures are forgiven.
  package mutating func start(_ reason: String) {
    failures = []
    set(.loading, reason)
  }

  package mutating func becameReady() { set(.ready, "ready") }
  package mutating func drain(_ reason: String) { set(.draining, reason) }
  package mutating func stopped(_ reason: String) { set(.stopped, reason) }

  /// It cannot be used as it is: starting it again would change nothing.
  package mutating func refused(_ reason: String) { set(.quarantined, reason) }

  /// Its process is gone, or had to be ended.
  package mutating func failed(_ reason: String, now: Int64) {
    guard state != .draining else { return set(.stopped, reason) }
    failures = failures.filter { now - $0 < limits.restartWindowMs } + [now]
    guard failures.count < limits.restarts else {
      return set(.quarantined, "failed \(failures.count) times: \(reason)")
    }
    set(.failed, reason)
    restartAt = now + backOff
  }

  /// Before the next start: 250 ms, 500 ms, 1 s … by default.
  private var backOff: Int64 {
    let doubled = Int64(limits.firstBackOffMs) << min(max(failures.count - 1, 0), 20)
    return min(doubled, Int64(limits.longestBackOffMs))
  }

  /// Whether it is time to start it again; then it is loading.
  package mutating func tick(now: Int64) -> Bool {
    guard state == .failed, let restartAt, restartAt <= now else { return false }
    set(.loading, "restarted after: \(reason)")
    return true
  }

  /// When a call that cannot be run now is worth trying again, in milliseconds.
  package func retryAfter(now: Int64) -> Int {
    switch state {
    case .loading, .ready: 200
    case .failed: Int(max(100, (restartAt ?? now) - now + 200))
    case .draining: 1_000
    case .stopped, .quarantined: 60_000
    }
  }

  private mutating func set(_ state: PluginState, _ reason: String) {
    self.state = state
    self.reason = reason
    restartAt = nil
  }
}
