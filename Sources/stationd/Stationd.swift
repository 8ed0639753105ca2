import ArgumentParser
import Foundation
import Glibc
import Logging
import StationDaemon
import StationPlugin
import StationStore
import StationSystemd

/// The daemon's command line.
struct Stationd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stationd",
    abstract: "Serve a station's modules over a Unix socket, with everything in one audit-logged store.",
    discussion: """
      stationd --dev DIR           state and DIR/stationd.sock, your own user has all roles
      stationd --config FILE       as the configuration says
      stationd --check-config FILE say whether it would start, and do nothing
      stationd --show-config FILE  print every value as JSON, and where it comes from
      """,
    version: Daemon.version)

  @Option(name: .customLong("dev"), help: "Development: keep everything in this directory.")
  var development: String?

  @Option(name: .customLong("config"), help: "Run with this configuration file.")
  var configurationFile: String?

  @Option(name: .customLong("check-config"), help: "Check a configuration file and exit.")
  var fileToCheck: String?

  @Option(name: .customLong("show-config"), help: "Print every value of a configuration file and exit.")
  var fileToShow: String?
  @Option(name: .customLong("plugin-host"), help: .hidden)
  var moduleToHost: String?

  func run() async throws {
    // Not in `validate`, which comes before an unknown option is named.
    guard [development, configurationFile, fileToCheck, fileToShow].compactMap({ $0 }).count == 1 else {
      throw ValidationError(
        "give exactly one of --dev DIR, --config FILE, --check-config FILE and --show-config FILE")
    }
    do {
      if let name = moduleToHost { try host(name) }
      if let file = fileToCheck {
        for warning in try Daemon.check(try DaemonConfiguration.load(file)) {
          FileHandle.standardError.write(Data("\(warning)\n".utf8))
        }
        print("\(file): ok")
        return
      }
      if let file = fileToShow {
        print(try Daemon.describe(try DaemonConfiguration.load(file)))
        return
      }
      try await serve(try configuration())
    } catch let exit as ExitCode {
      throw exit
    } catch {
      FileHandle.standardError.write(Data("stationd: \(error)\n".utf8))
      throw ExitCode((error as? StartFailure)?.isFullDisk == true ? Self.fullDisk : 1)
    }
  }

  /// EX_TEMPFAIL (sysexits.h): the service manager tries again, which it does not after 1.
  private static let fullDisk: Int32 = 75

  /// Serves one of the daemon's modules as a plugin's process: `isolation: process`.
  private func host(_ name: String) throws -> Never {
    guard let module = try Daemon.modules(for: try configuration()).first(where: { $0.name == name }) else {
      throw ConfigurationError("modules", nil, "there is no module '\(name)'")
    }
    runPlugin { _ in module }
  }

  private func configuration() throws -> DaemonConfiguration {
    if let directory = development { return try .development(directory: directory) }
    return try .load(configurationFile ?? "")
  }

  private func serve(_ configuration: DaemonConfiguration) async throws {
    let stationLog = StationLog.ofThisProcess(
      variable: getenv("JOURNAL_STREAM").map { String(cString: $0) }, errorIsTerminal: isatty(2) == 1)
    let log = stationLog.logger("stationd")
    // Everything in the state directory is for this user alone; the socket gets its own mode.
    umask(0o077)
    let signals = Signals()
    let notifier = ServiceNotifier.takeFromEnvironment()
    let watchdog = Watchdog.takeFromEnvironment()
    let daemon = try await started(configuration, stationLog)
    signals.onHangUp { daemon.reloadAsAct() }
    // Whoever is told that the daemon is ready finds it so.
    do {
      try await daemon.callItself()
    } catch {
      await daemon.stop(drain: .zero)
      throw error
    }
    notifier.notify(.ready, .status("serving"))
    let heartbeat = watchdog.map {
      Heartbeat($0, notifier: notifier, log: log, parts: daemon.vitalParts)
    }
    log.info(
      "serving",
      metadata: [
        "socket": "\(configuration.socketPath)", "state": "\(configuration.stateDirectory)",
        "version": "\(Daemon.version)",
      ])
    let signal = await signals.first()
    log.info("stopping", metadata: ["signal": "\(signal)"])
    notifier.notify(.stopping, .status("answering what is under way"))
    heartbeat?.stop()
    let extender = StopExtender(notifier: notifier) { daemon.progress }
    await daemon.stop(drain: .seconds(configuration.drainSeconds))
    extender.stop()
  }

  private func started(_ configuration: DaemonConfiguration, _ log: StationLog) async throws -> Daemon {
    do {
      return try await Daemon(configuration, log: log) {
        // Nothing that was promised is lost: what is on disk is found out at the next start. The answers
        // of the failed batch leave first.
        // Without exit(3): its handlers would take apart what other threads are still using.
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(200)) {
          fflush(nil)
          _exit(70)
        }
      }
    } catch {
      throw StartFailure(error, state: configuration.stateDirectory)
    }
  }
}
