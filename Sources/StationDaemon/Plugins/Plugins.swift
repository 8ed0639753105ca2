import Foundation
import Logging
import StationKit
import StationPluginHost
import StationPluginWire
import StationStore

/// The plugins of one daemon: what the configuration says of them, the host that runs them.
final class Plugins: Sendable {
  let host: PluginHost
  private let source: PluginsFile
  /// Modules of this program that run in processes of their own, with how they are started.
  private let isolated: [String: PluginSettings]
  /// Names that no plugin may have.
  private let reserved: Set<String>
  private let late: LatePlugins
  private let store: StorePlugins
  private let log: Logger

  /// - Parameters:
  ///   - modules: those of this program.
  ///   - discovered: told of every registry that counts from now on.
  init(
    _ configuration: DaemonConfiguration, modules: [Module], clock: Clock, calendar: WorkCalendar,
    log: Logger, discovered: @escaping @Sendable (Registry) -> Void
  ) throws {
    self.log = log
    source = configuration.plugins
    let late = LatePlugins(calendar)
    self.late = late
    let store = StorePlugins(
      late, answerBytes: configuration.limits.answerBytes, discovered: discovered
    ) { plugin, level, text in
      log.info("plugin", metadata: ["plugin": "\(plugin)", "stream": "\(level)", "text": "\(text)"])
    }
    self.store = store
    var isolated: [String: PluginSettings] = [:]
    for module in modules where configuration.isolated.contains(module.name) {
      isolated[module.name] = try Self.settings(isolating: module, configuration)
    }
    self.isolated = isolated
    reserved = Self.reserved(modules)
    let locals = Dictionary(modules.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let surroundings = PluginRunner.Surroundings(
      version: Daemon.version, zone: configuration.zone, calendar: { late.calendar })
    let directory = configuration.stateDirectory + "/plugins"
    let isolatedNames = Set(isolated.keys)
    host = PluginHost { settings in
      PluginRunner(
        settings, store: store, clock: clock, surroundings: surroundings,
        files: PluginFiles(directory: "\(directory)/\(settings.name)", report: { log.error("\($0)") }),
        local: isolatedNames.contains(settings.name) ? locals[settings.name] : nil)
    }
    for settings in try all() { _ = host.runner(for: settings) }
  }

  /// Names that no plugin may have beside these modules: those of modules that are not always there, and the commands of
  /// `stationctl`, which could not reach it.
  static func reserved(_ modules: [Module]) -> Set<String> {
    Set(modules.map(\.name)).union(["plugin", "dev"]).union(commands)
  }

  private static let commands: Set = [
    "backup", "call", "completion", "config", "doctor", "health", "help", "import", "metrics", "reload",
    "restore", "status", "version", "watch",
  ]

  /// All that the configuration names now.
  /// - Throws: ``ConfigurationError`` where it cannot be read.
  private func all() throws -> [PluginSettings] {
    let plugins = try source.load(reserved: reserved).filter { plugin in
      // The module of that name goes on.
      guard isolated[plugin.name] != nil else { return true }
      log.error("a plugin is not started", metadata: ["reason": "\(plugin.fault ?? "")"])
      return false
    }
    return plugins + isolated.values.sorted { $0.name < $1.name }
  }

  /// The daemon's modules with those of plugins, as far as these were good before.
  func registry(_ modules: [Module], log: Logger) throws -> Registry {
    let own = try modules.map { try host.runner($0.name)?.localModule() ?? $0 }
    var registry = try Registry(own, expected: Set(host.runners.map(\.name)))
    for runner in host.runners where isolated[runner.name] == nil {
      guard let module = runner.rememberedModule() else { continue }
      do {
        registry = try store.adopting(module, to: registry)
      } catch {
        log.warning(
          "a plugin's last manifest is not used",
          metadata: ["plugin": "\(runner.name)", "reason": "\(error)"])
      }
    }
    return registry
  }

  func opened(_ store: Store) { late.opened(store) }

  /// Those that run are reloaded, each beside its old process, and then have this calendar.
  /// - Parameter done: called once all have it, or go on with the one of before.
  func replace(_ calendar: WorkCalendar, done: @escaping @Sendable () -> Void) {
    late.replace(calendar)
    let all = DispatchGroup()
    for runner in host.runners where runner.isWanted {
      all.enter()
      runner.reload(runner.settings) { [log] problem in
        if let problem {
          log.error(
            "a plugin goes on with the calendar of before",
            metadata: ["plugin": "\(runner.name)", "reason": "\(problem)"])
        }
        all.leave()
      }
    }
    all.notify(queue: .global(), execute: done)
  }

  func runner(_ params: Params) throws -> PluginRunner { try runner(try params.string("name")) }

  private func runner(_ name: String) throws -> PluginRunner {
    guard let runner = host.runner(name) else { throw Self.unknown(name) }
    return runner
  }

  // MARK: - Acts

  /// What the configuration says now of the plugin.
  private func settings(_ name: String) throws -> PluginSettings {
    do {
      guard let settings = try all().first(where: { $0.name == name }) else {
        throw Self.unknown(name)
      }
      return settings
    } catch let error as ConfigurationError {
      throw RPCError(.wrongState, Text("\(error)", zh: "配置有误：\(error)"))
    }
  }

  typealias Done = @Sendable (Result<PluginRunner, RPCError>) -> Void

  func start(_ name: String, _ done: @escaping Done) throws {
    let settings = try settings(name)
    let runner = host.runner(for: settings)
    runner.start(settings, why: "started by a person") { state, reason in
      done(
        state == .ready || state == .loading
          ? .success(runner) : .failure(Self.failure(name, state.rawValue, reason)))
    }
  }

  func stop(_ name: String, _ done: @escaping Done) throws {
    let runner = try runner(name)
    runner.stop(why: "stopped by a person", forGood: true) { _, _ in done(.success(runner)) }
  }

  func reload(_ name: String, _ done: @escaping Done) throws {
    let settings = try settings(name)
    let runner = host.runner(for: settings)
    runner.reload(settings) { problem in
      done(problem.map { .failure(Self.failure(name, "reload", $0)) } ?? .success(runner))
    }
  }

  private static func unknown(_ name: String) -> RPCError {
    RPCError(
      .notFound,
      Text(
        "No plugin '\(name)' in the configuration, and no module of that name in a process of its own",
        zh: "配置中没有插件“\(name)”，也没有以独立进程运行的同名模块"), pointer: "/name")
  }

  private static func failure(_ name: String, _ state: String, _ reason: String) -> RPCError {
    RPCError(
      .wrongState,
      Text(
        "The plugin '\(name)' is not ready: \(reason) (its output: stationctl plugin logs \(name))",
        zh: "插件“\(name)”未就绪：\(reason)（其输出见 stationctl plugin logs \(name)）"),
      details: ["plugin": .string(name), "state": .string(state), "reason": .string(reason)])
  }

  // MARK: - Modules of this program in processes of their own

  /// It may do there what it may do here.
  private static func settings(
    isolating module: Module, _ configuration: DaemonConfiguration
  ) throws -> PluginSettings {
    guard let program = DaemonConfiguration.ownProgram, let arguments = configuration.ownArguments else {
      throw ConfigurationError(
        "modules.\(module.name).isolation", nil, "the daemon does not know its own program")
    }
    var grants = PluginSettings.Grants(personal: true)
    for method in module.calls { grants.calls[method] = .some(nil) }
    var limits = PluginLimits()
    // Whatever one call may write compiled in, in one answer.
    limits.frameBytes = 16 << 20
    limits.verifiedRows = limits.scanRows
    limits.rehearsalShare = 1
    return PluginSettings(
      name: module.name, program: program, arguments: ["--plugin-host", module.name] + arguments,
      environment: ProcessInfo.processInfo.environment.filter { $0.key == "STATIOND_DATA" },
      grants: grants, limits: limits, isTrusted: false)
  }
}
