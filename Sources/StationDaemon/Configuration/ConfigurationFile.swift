import Foundation
import Logging
import StationAudit
import StationCalendar
import StationRPC
import StationStore
import StationTransport

extension DaemonConfiguration {
  /// Reads `stationd.yaml`.
  /// - Throws: ``ConfigurationError`` with file, line and what was expected.
  package static func load(_ path: String) throws -> DaemonConfiguration {
    let reader = try YAMLReader(file: path, text: try text(of: path))
    try reader.allow([
      "state", "master_key", "master_key_next", "socket", "socket_mode", "framing", "origin",
      "zone_offset_minutes", "access", "calendars", "directory", "io_threads", "reader_threads", "limits",
      "modules", "sockets", "log_level", "log_calls", "drain_seconds", "metrics", "metrics_seconds",
      "plugins",
    ])
    let origin = try origin(reader)
    guard let access = try reader.path("access", takes: "a text") else { throw reader.missing("access") }
    let data = try? dataDirectory()
    let mode = try mode("socket_mode", reader)
    let framing = try reader.word("framing", standard: Framing.automatic)
    let offset = try reader.int("zone_offset_minutes", in: -900...900, standard: 480) ?? 480
    guard let zone = Zone(offsetMinutes: offset) else {
      throw reader.wrong("zone_offset_minutes", nil, "minutes east of UTC")
    }
    let modules = try reader.section("modules")
    let standardCalendars = data.map { $0 + "/calendar" }
    let calendars =
      try reader.path("calendars", standard: standardCalendars ?? "", takes: aDirectory)
      ?? standardCalendars
    guard let calendars else { throw reader.missing("calendars") }
    let state = try reader.path("state", standard: standardState, takes: aDirectory) ?? standardState
    let socket = try reader.path("socket", standard: standardSocket, takes: "a path") ?? standardSocket
    var configuration = DaemonConfiguration(
      stateDirectory: state, socketPath: socket, socketMode: mode, framing: framing,
      origin: origin, zone: zone, accessFile: access, calendarDirectory: calendars,
      modules: try self.modules(modules, data), spool: try spool(modules.section("stoploss")),
      directoryFile: try reader.path("directory"),
      ioThreads: try reader.int("io_threads", in: 1...16, standard: 1) ?? 1,
      readerThreads: try reader.int("reader_threads", in: 1...16, standard: 2) ?? 2,
      limits: try limits(reader.section("limits")), development: false, synchronous: "FULL",
      masterKey: try masterKey(reader),
      plugins: PluginsFile(path: path, key: "plugins", isTrusted: true), isolated: try isolated(modules),
      ownArguments: ["--config", absolute(path)])
    configuration.file = path
    configuration.sockets = try sockets(reader.section("sockets"))
    configuration.logLevel = try reader.word("log_level", standard: Logger.Level.info)
    configuration.logCalls = try reader.word("log_calls", standard: CallLog.Choice.all)
    configuration.drainSeconds = try reader.int("drain_seconds", in: 0...3_600, standard: 10) ?? 10
    configuration.metricsFile = try reader.path("metrics")
    configuration.metricsSeconds = try reader.int("metrics_seconds", in: 1...3_600, standard: 15) ?? 15
    // For the trace: they are read again whenever one is started.
    _ = try reader.mapping("plugins").map { configuration.plugins.settings($0) }
    configuration.trace = reader.trace
    return configuration
  }

  private static let standardState = "/var/lib/stationd"
  private static let standardSocket = "/run/stationd/stationd.sock"
  private static let aDirectory = "a directory"

  /// The log's name; `%H` in it stands for the machine's host name.
  private static func origin(_ reader: YAMLReader) throws -> String {
    guard let text = try reader.string("origin", takes: "a URL without a scheme") else {
      throw reader.missing("origin")
    }
    let origin = text.replacingOccurrences(of: "%H", with: ProcessInfo.processInfo.hostName)
    // It becomes the name of the signing key.
    guard NoteKey.isValidName(origin), !origin.contains("://") else {
      throw reader.wrong("origin", nil, "a URL without a scheme: not empty, and without blanks and '+'")
    }
    reader.holds("origin", origin)
    return origin
  }

  private static func mode(
    _ name: String, _ reader: YAMLReader, standard: String = "0660"
  ) throws -> UInt16 {
    let takes = "octal permission bits such as \"0660\""
    let text = try reader.string(name, standard: standard, takes: takes) ?? standard
    guard let mode = UInt16(text, radix: 8), mode <= 0o777 else { throw reader.wrong(name, nil, takes) }
    return mode
  }

  /// The sockets besides the members' one.
  private static func sockets(_ reader: YAMLReader) throws -> [Socket] {
    let classes: [SocketClass] = [.auditor, .administrator]
    try reader.allow(classes.map(\.rawValue))
    return try classes.compactMap { socketClass in
      let socket = try reader.section(socketClass.rawValue)
      try socket.allow(["path", "mode"])
      let mode = try mode("mode", socket)
      guard let path = try socket.path("path", takes: "a path") else { return nil }
      return Socket(path: path, mode: mode, socketClass: socketClass)
    }
  }

  /// The configured file, or what the service manager hands over (systemd.exec(5), LoadCredential=), or none.
  private static func masterKey(_ reader: YAMLReader) throws -> MasterKeyPlaces {
    let next = try reader.path("master_key_next")
    if let path = try reader.path("master_key") { return MasterKeyPlaces(path: path, nextPath: next) }
    if let credentials = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"] {
      let places = MasterKeyPlaces(
        path: "\(credentials)/master.key", nextPath: next ?? "\(credentials)/master.key.next",
        isCredential: true)
      reader.holds("master_key", places.path, source: "credential")
      return places
    }
    let path = reader.resolve("master.key")
    reader.holds("master_key", path, source: "beside the file")
    return MasterKeyPlaces(path: path, nextPath: next)
  }

  /// The modules that are on, each with its data file. All are, unless they say `enabled: false`.
  private static func modules(
    _ reader: YAMLReader, _ data: String?
  ) throws -> [BuiltInModule: String] {
    try reader.allow(isolable)
    var files: [BuiltInModule: String] = [:]
    for module in BuiltInModule.allCases {
      let own = try reader.section(module.rawValue)
      try own.allow(
        ["enabled", "isolation", module.dataKey]
          + (module == .stoploss ? ["spool", "spool_mode", "spool_seconds"] : []))
      guard try own.bool("enabled", standard: true) ?? true else { continue }
      let standard = data.map { "\($0)/\(module.defaultFile)" }
      guard let file = try own.path(module.dataKey, standard: standard ?? "") ?? standard else {
        throw own.missing(module.dataKey)
      }
      files[module] = file
    }
    for module in BuiltInModule.allCases where files[module] != nil {
      for need in module.needs where files[need] == nil {
        throw try reader.section(need.rawValue).wrong(
          "enabled", nil, "true: '\(module.rawValue)' needs '\(need.rawValue)'; switch both on, or both off")
      }
    }
    return files
  }

  /// The modules that can be run in processes of their own: whatever does work, and none that serves the daemon.
  static let isolable = ["approval", "directory"] + BuiltInModule.allCases.map(\.rawValue)

  /// The modules that have `isolation: process`.
  private static func isolated(_ modules: YAMLReader) throws -> Set<String> {
    try Set(
      isolable.filter { name in
        let own = try modules.section(name)
        if BuiltInModule(rawValue: name) == nil { try own.allow(["isolation"]) }
        return try own.word("isolation", standard: Isolation.none) == .process
      })
  }

  /// Where a module's handlers run.
  private enum Isolation: String, CaseIterable { case none, process }

  private static func spool(_ reader: YAMLReader) throws -> SpoolConfiguration? {
    let mode = try mode("spool_mode", reader, standard: "0770")
    let seconds = try reader.int("spool_seconds", in: 1...3600, standard: 1) ?? 1
    guard let directory = try reader.path("spool", takes: aDirectory) else { return nil }
    var spool = SpoolConfiguration(directory: directory)
    spool.exchangeMode = mode_t(mode)
    spool.interval = Double(seconds)
    return spool
  }

  /// Every bound by its name, with the range that makes sense.
  static let limitKeys:
    [(name: String, path: WritableKeyPath<Limits, Int> & Sendable, range: ClosedRange<Int>)] = [
      ("frame_bytes", \.frameBytes, 1024...(64 << 20)),
      ("depth", \.depth, 4...512),
      ("batch_length", \.batchLength, 1...10_000),
      ("answer_bytes", \.answerBytes, 4096...(256 << 20)),
      ("in_flight_per_connection", \.inFlightPerConnection, 1...65_536),
      ("subscriptions_per_connection", \.subscriptionsPerConnection, 1...1024),
      ("connections_per_uid", \.connectionsPerUID, 1...65_536),
      ("connections", \.connections, 1...65_536),
      ("outbound_bytes", \.outboundBytes, 4096...(64 << 20)),
      ("write_queue", \.writeQueue, 1...1_000_000),
    ]

  private static func limits(_ reader: YAMLReader) throws -> Limits {
    var limits = Limits()
    try reader.allow(limitKeys.map(\.name))
    for (name, path, range) in limitKeys {
      if let value = try reader.int(name, in: range, standard: limits[keyPath: path]) {
        limits[keyPath: path] = value
      }
    }
    return limits
  }

  static func text(of path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ConfigurationError(path, nil, "cannot be read (is it there, and readable for this user?)")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw ConfigurationError(path, nil, "is not UTF-8")
    }
    return text
  }
}
