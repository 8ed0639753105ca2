import Approval
import Directory
import Foundation
import Logging
import StationKit
import StationPluginHost
import StationRPC
import StationStore
import StationSystemd
import StationTransport
import Synchronization

/// The composition root: what is started, in which order, and stopped in the reverse.
package final class Daemon: Sendable {
  package static let version = "0.1.0"

  let store: Store
  let server: SocketServer
  let dispatcher: Dispatcher
  let stationLog: StationLog
  /// What holds now, and what is asked for anew at a reload.
  let running: Mutex<RunningConfiguration>
  let ownSockets = Mutex<[String]>([])
  let framing: Framing
  let callLog: CallLog?
  let log: Logger
  private let late: LateParts
  let plugins: Plugins
  private let housekeeping = Mutex<Housekeeping?>(nil)

  /// Everything that can be found wrong without changing the state: files, access rules, modules.
  /// - Returns: what would not keep it from starting and is hardly meant, a line each.
  @discardableResult
  package static func check(_ configuration: DaemonConfiguration) throws -> [String] {
    try configuration.checkPlaces()
    let access = try AccessFile.policy(of: configuration).trace
    _ = try CalendarFiles.load(configuration.calendarDirectory)
    let modules = try modules(for: configuration)
    let registry = try Registry(modules)
    let plugins = try configuration.plugins.load(reserved: Plugins.reserved(modules))
    let (organisation, doubt) = try configuration.organisation(registry)
    let origin = configuration.doubt(keptOrigin: Store.keptOrigin(configuration.storeConfiguration))
    let unusable = plugins.compactMap { $0.fault ?? configuration.doubt(of: $0, registry) }
    let faults =
      unusable + UnitCheck.warnings(configuration, modules, units: organisation?.units)
      + [
        try configuration.doubtOfCalendars(), origin, configuration.doubtOfConnections,
        configuration.doubtOfMetrics, doubt,
      ].compactMap { $0 }
    guard let file = configuration.accessFile else { return faults }
    return faults
      + AccessReview(
        file: file, trace: access, registry: registry,
        opaque: Set(plugins.map(\.name)).union(BuiltInModule.allCases.map(\.rawValue))
          .subtracting(registry.modules.keys).union(["plugin", "dev"]),
        units: organisation.map(\.units)
      ).warnings
  }

  /// The modules that a daemon with this configuration has, without a daemon behind them.
  package static func modules(for configuration: DaemonConfiguration) throws -> [Module] {
    let services = Services(
      clock: Clock(), origin: configuration.origin, development: configuration.development)
    return try modules(configuration, services, Discovery())
  }

  private static func modules(
    _ configuration: DaemonConfiguration, _ services: Services, _ discovery: Discovery
  ) throws -> [Module] {
    var modules = [
      RPCModule.module(discovery), SystemModule.module(services), AuditModule.module(services),
      EventsModule.module(), Approval.module(), Directory.module(), PersonalModule.module,
      RetentionModule.module, KeyModule.module(services, nextKeyFile: configuration.masterKey.nextPath),
    ]
    if configuration.development { modules.append(DevModule.module(services)) }
    for builtIn in BuiltInModule.allCases {
      guard let file = configuration.modules[builtIn] else { continue }
      let data = try JSONFile(file)
      do {
        modules.append(try builtIn.module(data.value))
      } catch {
        throw data.wrong(error)
      }
    }
    return modules
  }

  /// Opens the store and starts to serve.
  /// - Parameter broken: called when the disk failed: the process must end, and recovers at its next start.
  package init(
    _ configuration: DaemonConfiguration, log stationLog: StationLog, broken: @escaping @Sendable () -> Void
  ) async throws {
    try configuration.checkPlaces()
    DescriptorLimit.raise()
    self.stationLog = stationLog
    stationLog.logLevel = configuration.logLevel
    let log = stationLog.logger("stationd")
    self.log = log
    let clock = Clock()
    let services = Services(
      clock: clock, origin: configuration.origin, development: configuration.development)
    let discovery = Discovery()
    let (policy, accessTrace) = try AccessFile.policy(of: configuration)
    let calendar = try CalendarFiles.load(configuration.calendarDirectory)
    let modules = try Self.modules(configuration, services, discovery)
    let plugins = try Plugins(
      configuration, modules: modules, clock: clock, calendar: calendar, log: log,
      discovered: {
        discovery.describe($0, version: Self.version)
        services.changed(modules: $0.modules.keys.sorted())
      })
    self.plugins = plugins
    let unitCheck = UnitCheck(modules)
    let registry = try plugins.registry(modules + [PluginModule.module(plugins)], log: log)
    discovery.describe(registry, version: Self.version)
    let (organisation, doubt) = try configuration.organisation(registry)
    for doubt in [doubt, configuration.doubtOfConnections].compactMap({ $0 }) { log.warning("\(doubt)") }
    let environment = Environment(
      clock: clock, calendar: calendar, zone: configuration.zone, uid: getuid(), gid: getgid(),
      checksResults: configuration.development)
    let late = LateParts()
    self.late = late
    let report: @Sendable (String) -> Void = { log.error("\($0)") }
    let inherited = try Self.inheritedSockets(log)
    let store = try Store(
      configuration.storeConfiguration, registry: registry, environment: environment,
      hooks: StoreHooks(
        report: report,
        events: { events in
          guard let last = events.last else { return }
          late.hub?.published(upTo: last.seq)
          plugins.host.published(upTo: last.seq)
          if events.contains(where: { $0.kind == UnitCheck.event }) { services.directoryChanged() }
          if let spooler = late.spooler, events.contains(where: { Spooler.events.contains($0.kind) }) {
            spooler.poke()
          }
        },
        broken: { reason in
          log.critical(
            "the disk failed; stopping, to recover at the next start", metadata: ["reason": "\(reason)"])
          broken()
        },
        answering: { late.answering($0) }),
      ready: { if inherited.isEmpty { try configuration.requireFreeSockets() } })
    self.store = store
    if let doubt = configuration.doubt(keptOrigin: store.signer.verifierKey.name) { log.warning("\(doubt)") }
    let hub = EventHub(newest: try store.newestEvent(), zone: configuration.zone) { position, deliver in
      store.fetchEvents(after: position, limit: EventHub.pageSize, deliver)
    }
    late.set(hub)
    plugins.opened(store)
    services.opened(store, modules: registry.modules.keys.sorted(), plugins: plugins.host)
    try store.start()
    try await Self.orStop(store, late) {
      try await Self.record(store, environment.ownCause("system.start"))
      try await Self.recordSeal(store)
      try await Self.recordRestore(store)
      try await organisation?.fill(store)
    }
    services.watch(unitCheck)
    let callLog = stationLog.journal.map { journal in CallLog { _ = journal.send($0) } }
    callLog?.choice = configuration.logCalls
    self.callLog = callLog
    dispatcher = Dispatcher(
      store: store, policy: policy, limits: configuration.limits, report: report,
      awaited: { plugins.host.runner($0)?.unavailable },
      observe: { call in
        services.calls.note(call)
        callLog?.note(call)
      })
    server = SocketServer(
      limits: configuration.limits, threads: configuration.ioThreads,
      sessions: Sessions(dispatcher: dispatcher, hub: hub), report: report)
    let server = server
    late.set(server)
    if let spool = configuration.spool, configuration.modules[.stoploss] != nil {
      let spooler = try await Self.orStop(store, late) {
        try Spooler(spool, store: store, environment: environment, report: report)
      }
      late.set(spooler)
      spooler.start()
    }
    running = Mutex(
      RunningConfiguration(
        configuration: configuration, access: accessTrace, calendar: environment.calendar))
    framing = configuration.framing
    // Before the first client can ask for any of it.
    services.serving(
      connectionCount: { server.connectionCount }, turnsNobodyIn: { server.turnsNobodyIn },
      reload: { [weak self] in
        guard let self else { throw ConfigurationError("the daemon", nil, "stops") }
        return try self.reload()
      },
      preview: { [weak self] in try self?.preview() ?? ReloadReport() },
      configuration: { [weak self] in self?.running.withLock { $0.values } ?? [] },
      protectedFiles: { [weak self] in self?.protectedFiles ?? [] })
    let paths = try await Self.orStop(store, late) { try await Self.listen(server, configuration, inherited) }
    ownSockets.withLock { $0 = paths }
    housekeeping.withLock {
      $0 = Housekeeping(configuration, services: services, log: log) { method, detail in
        store.write(.record(environment.ownCause(method, detail: detail.encoded())))
      }
    }
    if !configuration.development { PluginHost.conceal() }
    // Nobody waits for them: until they are ready, their methods are unavailable.
    plugins.host.start()
    // The calendar may have come while the daemon was down.
    store.wakeProvisional()
  }

  /// A part of the start once the store runs. Where it fails, what runs is stopped in order: threads that went on while
  /// the process ends would meet what its end has taken apart.
  private static func orStop<Result>(
    _ store: Store, _ late: LateParts, _ body: () async throws -> Result
  ) async throws -> Result {
    do {
      return try await body()
    } catch {
      late.spooler?.stop()
      let server = late.server
      late.serverStops()
      await server?.stop(drain: .zero)
      try? await record(store, store.environment.ownCause("system.stop"))
      store.stop()
      throw error
    }
  }

  /// The sockets that systemd passed.
  private static func inheritedSockets(_ log: Logger) throws -> [InheritedSocket] {
    let inherited = try InheritedSocket.takeAll()
    for socket in inherited {
      guard socket.isListeningUnixStream else {
        throw ConfigurationError(
          "the service manager", nil,
          "socket '\(socket.name)' (descriptor \(socket.descriptor)) must be a listening Unix stream socket:"
            + " ListenStream= with a path")
      }
      if socket.name != "unknown", SocketClass(rawValue: socket.name) == nil {
        log.warning(
          "FileDescriptorName= of a socket is no class: it is for members",
          metadata: ["name": "\(socket.name)"])
      }
    }
    return inherited
  }

  /// Returns the paths.
  private static func listen(
    _ server: SocketServer, _ configuration: DaemonConfiguration, _ inherited: [InheritedSocket]
  ) async throws -> [String] {
    guard inherited.isEmpty else {
      for socket in inherited {
        try await server.listen(
          on: .descriptor(socket.descriptor), framing: configuration.framing,
          socketClass: SocketClass(rawValue: socket.name) ?? .member)
      }
      return inherited.compactMap(\.path)
    }
    for (key, socket) in configuration.ownSockets {
      do {
        try await server.listen(
          on: .path(socket.path, mode: socket.mode), framing: configuration.framing,
          socketClass: socket.socketClass)
      } catch let failure as ListeningSocket.Failure {
        throw configuration.wrong(key, "\(socket.path): \(failure.explanation)")
      }
    }
    return configuration.ownSockets.map(\.socket.path)
  }

  /// Writes one audit record and waits until it is on disk.
  static func record(_ store: Store, _ cause: Cause) async throws {
    let answer = await withCheckedContinuation { waiter in
      store.write(.record(cause) { waiter.resume(returning: $0) })
    }
    _ = try answer.get()
  }

  /// Stops accepting, answers what is under way, closes the store.
  package func stop(drain: Duration = .seconds(10)) async {
    // While there are event loops to answer it.
    late.spooler?.stop()
    housekeeping.withLock { $0 }?.stop()
    // The event loops end with the server: from here on the writer answers by itself.
    late.serverStops()
    await server.stop(drain: drain)
    await plugins.host.stop()
    do {
      try await Self.record(store, store.environment.ownCause("system.stop"))
    } catch {
      let reason = (error as? RPCError)?.message.en ?? "\(error)"
      log.warning("no record of the stop could be written", metadata: ["reason": "\(reason)"])
    }
    store.stop()
  }
}
