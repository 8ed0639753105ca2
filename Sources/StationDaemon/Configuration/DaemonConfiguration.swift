import Foundation
import Logging
import StationCalendar
import StationRPC
import StationStore
import StationTransport

/// Everything the daemon is told, from `stationd.yaml` or from `--dev`.
package struct DaemonConfiguration: Sendable {
  package var stateDirectory: String
  package var socketPath: String
  package var socketMode: UInt16
  package var framing: Framing
  /// The log's name in checkpoints.
  package var origin: String
  package var zone: Zone
  package var accessFile: String?
  package var calendarDirectory: String
  /// The data file of each module that is switched on.
  package var modules: [BuiltInModule: String]
  /// Where messages for the banks' connector lie.
  package var spool: SpoolConfiguration?
  /// The organisation that is imported when the store is new.
  package var directoryFile: String?
  package var ioThreads: Int
  package var readerThreads: Int
  package var limits: Limits
  package var development: Bool
  /// `NORMAL` loses acknowledged writes at a power cut; only development may ask for it.
  package var synchronous: String
  /// Where the key is that personal data is encrypted under.
  package var masterKey: MasterKeyPlaces
  /// The file that this was read from; nil under `--dev`.
  package var file: String?
  /// Sockets besides ``socketPath``; not used where the service manager hands sockets over.
  package var sockets: [Socket] = []
  package var logLevel = Logger.Level.info
  /// Which calls the journal gets a record of.
  package var logCalls = CallLog.Choice.all
  /// Where the metrics are written at an interval; nil for nowhere.
  package var metricsFile: String?
  package var metricsSeconds = 15
  /// How long calls under way may take at a stop.
  package var drainSeconds = 10
  /// Every key of the file with its value and where that came from.
  package var trace = KeyTrace()

  /// A socket to listen on.
  package struct Socket: Sendable, Hashable {
    package var path: String
    package var mode: UInt16
    /// nil caps nothing.
    package var socketClass: SocketClass?
  }
  /// Where plugins are configured.
  package var plugins: PluginsFile
  /// Names of modules of this program that run in processes of their own.
  package var isolated: Set<String> = []
  /// What this program is started with to read the same configuration.
  package var ownArguments: [String]?

  /// The development profile: everything under one directory, the caller has all roles.
  package static func development(directory: String) throws -> DaemonConfiguration {
    let data = try dataDirectory()
    let access = directory + "/access.yaml"
    var configuration = DaemonConfiguration(
      stateDirectory: directory, socketPath: directory + "/stationd.sock", socketMode: 0o600,
      framing: .automatic, origin: "stationd.localhost/audit", zone: .shanghai,
      accessFile: FileManager.default.fileExists(atPath: access) ? access : nil,
      calendarDirectory: data + "/calendar",
      modules: Dictionary(
        uniqueKeysWithValues: BuiltInModule.allCases.map { ($0, "\(data)/\($0.defaultFile)") }),
      spool: developmentSpool(directory + "/spool"),
      directoryFile: data + "/directory.example.json", ioThreads: 1,
      readerThreads: 2, limits: Limits(), development: true,
      synchronous: ProcessInfo.processInfo.environment["STATIOND_DEV_SYNCHRONOUS"] ?? "FULL",
      masterKey: MasterKeyPlaces(path: directory + "/master.key", isMadeWhenNew: true),
      plugins: PluginsFile(path: directory + "/plugins.yaml", key: nil, isTrusted: false),
      isolated: developmentIsolation(), ownArguments: ["--dev", absolute(directory)])
    configuration.trace = configuration.profile
    return configuration
  }

  /// The same path, for a process with another working directory too.
  static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
  }

  /// The modules that `STATIOND_DEV_ISOLATED` names, or all of them.
  private static func developmentIsolation() -> Set<String> {
    let names = Set(
      (ProcessInfo.processInfo.environment["STATIOND_DEV_ISOLATED"] ?? "").split(separator: ",").map(
        String.init))
    return names == ["all"] ? Set(isolable) : names
  }

  private static func developmentSpool(_ directory: String) -> SpoolConfiguration {
    var spool = SpoolConfiguration(directory: directory)
    spool.exchangeMode = 0o700
    return spool
  }

  /// Where the data files are: `STATIOND_DATA`, beside an installed program, or the source tree.
  static func dataDirectory() throws -> String {
    let environment = ProcessInfo.processInfo.environment
    let program = realpath("/proc/self/exe") ?? CommandLine.arguments.first ?? ""
    let beside = (program as NSString).deletingLastPathComponent
    let candidates =
      (environment["STATIOND_DATA"].map { [$0] } ?? [])
      + ["\(beside)/../share/stationd", "\(beside)/../../../etc", "\(beside)/../../etc", "etc"]
    for candidate in candidates
    where FileManager.default.fileExists(atPath: candidate + "/calendar") {
      return realpath(candidate) ?? candidate
    }
    throw ConfigurationError(
      "data", nil, "no directory with 'calendar/' found; looked in \(candidates.joined(separator: ", "))")
  }

  /// This program's file.
  static var ownProgram: String? { realpath("/proc/self/exe") }

  private static func realpath(_ path: String) -> String? {
    guard let resolved = Glibc.realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
