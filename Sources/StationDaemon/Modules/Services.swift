import StationKit
import StationPluginHost
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
    var plugins: PluginHost?
    var connectionCount: @Sendable () -> Int = { 0 }
    var turnsNobodyIn: @Sendable () -> Bool = { false }
    /// nil until the daemon serves.
    var reload: Reload?
    /// nil until the daemon serves.
    var preview: Reload?
    var configuration: @Sendable () -> [RunningConfiguration.Value] = { [] }
    var protectedFiles: @Sendable () -> [ProtectedFile] = { [] }
    var clockGuard: ClockGuard?
    var units: UnitCheck?
    var metricsTrouble: String?
  }
  private let state = Mutex(State())
  /// What became of the calls.
  let calls = CallFigures()

  init(clock: Clock, origin: String, development: Bool) {
    self.clock = clock
    self.origin = origin
    self.development = development
    startedAt = clock.now()
  }

  /// nil until the store has opened.
  var store: Store? { state.withLock { $0.store } }

  /// The store, once it has opened.
  /// - Throws: `unavailable` before.
  func openStore() throws(RPCError) -> Store {
    guard let store else { throw RPCError(.unavailable, retryAfterMs: 100) }
    return store
  }

  var moduleNames: [String] { state.withLock { $0.moduleNames } }
  func connectionCount() -> Int { state.withLock { $0.connectionCount }() }

  /// By name.
  var plugins: [PluginRunner.Standing] { state.withLock { $0.plugins }?.runners.map(\.standing) ?? [] }

  func opened(_ store: Store, modules: [String], plugins: PluginHost) {
    state.withLock {
      $0.store = store
      $0.moduleNames = modules
      $0.plugins = plugins
    }
  }

  func changed(modules: [String]) { state.withLock { $0.moduleNames = modules } }

  typealias Reload = @Sendable () throws -> ReloadReport

  /// Reads the configuration anew; nil until the daemon serves.
  var reload: Reload? { state.withLock { $0.reload } }
  var configuration: [RunningConfiguration.Value] { state.withLock { $0.configuration }() }

  /// What a reload would change; nothing changes.
  /// - Throws: why it would fail.
  func preview() throws -> ReloadReport { try state.withLock { $0.preview }?() ?? ReloadReport() }
  var protectedFiles: [ProtectedFile] { state.withLock { $0.protectedFiles }() }
  /// By how many seconds the machine's clock was set while the daemon ran; nil where it was not.
  var clockJump: Int? { state.withLock { $0.clockGuard }?.jumpSeconds }

  func watch(_ clock: ClockGuard) { state.withLock { $0.clockGuard = clock } }

  /// Why the file of metrics could not be written when that was tried last; nil where it was, or there is to be none.
  var metricsTrouble: String? { state.withLock { $0.metricsTrouble } }
  func metricsWritten(trouble: String?) { state.withLock { $0.metricsTrouble = trouble } }

  func watch(_ units: UnitCheck) {
    state.withLock { $0.units = units }
    directoryChanged()
  }

  /// Looks again whether the units are there that the modules' data name.
  func directoryChanged() {
    let (store, units) = state.withLock { ($0.store, $0.units) }
    if let store { units?.look(store) }
  }

  func serving(
    connectionCount: @escaping @Sendable () -> Int, turnsNobodyIn: @escaping @Sendable () -> Bool,
    reload: @escaping Reload, preview: @escaping Reload,
    configuration: @escaping @Sendable () -> [RunningConfiguration.Value],
    protectedFiles: @escaping @Sendable () -> [ProtectedFile]
  ) {
    state.withLock {
      $0.connectionCount = connectionCount
      $0.turnsNobodyIn = turnsNobodyIn
      $0.reload = reload
      $0.preview = preview
      $0.configuration = configuration
      $0.protectedFiles = protectedFiles
    }
  }

  /// What is wrong at this moment.
  var healthReport: HealthReport {
    var report = HealthReport()
    guard let store else { return report }
    report.judge(store.health.now)
    report.judge(DiskSpace(of: store.stateDirectory))
    report.judge(store.environment.calendar, at: clock.now(), zone: store.environment.zone)
    report.judge(jump: clockJump)
    report.judge(turnsNobodyIn: state.withLock { $0.turnsNobodyIn }())
    report.judge(missing: state.withLock { $0.units }?.missing ?? [])
    report.judge(origin: origin, kept: store.signer.verifierKey.name)
    for plugin in plugins { report.judge(plugin) }
    return report
  }
}
