import StationRPC
import Synchronization

/// The limits that hold for connections to come; they may be replaced while the server runs.
final class LiveLimits: Sendable {
  private let stored: Mutex<Limits>

  init(_ limits: Limits) { stored = Mutex(limits) }

  var current: Limits { stored.withLock { $0 } }
  func replace(_ limits: Limits) { stored.withLock { $0 = limits } }
}
