import StationKit
import StationStore
import Synchronization

/// What the daemon's own modules reach of the daemon. Filled while it starts.
final class Services: Sendable {
  let clock: Clock
  let startedAt: Instant
  let origin: String
  let development: Bool
  private struct State {
    var store: Store?
    var moduleNames: [String] = []
    var connectionCount: @Sendable () -> Int = { 0 }
    /// nil until the daemon serves.
    var reload: Reload?
    var configuration: @Sendable () -> [RunningConfiguration.Value] = { [] }
  }
  private let state = Mutex(State())

  init(clock: Clock, origin: String, development: Bool) {
    self.clock = clock
    self.origin = origin
    self.development = development
    startedAt = clock.now()
  }

  /// nil until the store has opened.
  var store: Store? { state.withLock { $0.store } }
  var moduleNames: [String] { state.withLock { $0.moduleNames } }
  func connectionCount() -> Int { state.withLock { $0.connectionCount }() }

  func opened(_ store: Store, modules: [String]) {
    state.withLock {
      $0.store = store
      $0.moduleNames = modules
    }
  }

  func changed(modules: [String]) { state.withLock { $0.moduleNames = modules } }

  typealias Reload = @Sendable () throws -> ReloadReport

  /// Reads the configuration anew; nil until the daemon serves.
  var reload: Reload? { state.withLock { $0.reload } }
  var configuration: [RunningConfiguration.Value] { state.withLock { $0.configuration }() }

  func serving(
    connectionCount: @escaping @Sendable () -> Int, reload: @escaping Reload,
    configuration: @escaping @Sendable () -> [RunningConfiguration.Value]
  ) {
    state.withLock {
      $0.connectionCount = connectionCount
      $0.reload = reload
      $0.configuration = configuration
    }
  }
}
