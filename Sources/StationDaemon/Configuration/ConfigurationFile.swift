import Foundation
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
      "zone_offset_minutes", "access", "calendars",
      "directory", "io_threads", "reader_threads", "limits", "modules",
    ])
    guard let origin = try reader.string("origin") else { throw reader.missing("origin") }
    guard let access = try reader.string("access") else { throw reader.missing("access") }
    let base = (path as NSString).deletingLastPathComponent
    func resolve(_ name: String) -> String { name.hasPrefix("/") ? name : "\(base)/\(name)" }
    let data = try? dataDirectory()
    let modeText = try reader.string("socket_mode") ?? "0660"
    guard let mode = UInt16(modeText, radix: 8), mode <= 0o777 else {
      throw reader.wrong("socket_mode", nil, "octal permission bits such as \"0660\"")
    }
    let framingText = try reader.string("framing") ?? "auto"
    guard let framing = Framing(rawValue: framingText) else {
      throw reader.wrong(
        "framing", nil, "one of \(Framing.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    let offset = try reader.int("zone_offset_minutes", in: -900...900) ?? 480
    guard let zone = Zone(offsetMinutes: offset) else {
      throw reader.wrong("zone_offset_minutes", nil, "minutes east of UTC")
    }
    let calendars = try reader.string("calendars").map(resolve) ?? data.map { $0 + "/calendar" }
    guard let calendars else { throw reader.missing("calendars") }
    let modules = try reader.mapping("modules")
    return DaemonConfiguration(
      stateDirectory: resolve(try reader.string("state") ?? "/var/lib/stationd"),
      socketPath: resolve(try reader.string("socket") ?? "/run/stationd/stationd.sock"),
      socketMode: mode, framing: framing, origin: origin, zone: zone, accessFile: resolve(access),
      calendarDirectory: calendars, modules: try self.modules(modules, data, resolve),
      spool: try modules?.mapping("stoploss").flatMap { try spool($0, resolve) },
      directoryFile: try reader.string("directory").map(resolve),
      ioThreads: try reader.int("io_threads", in: 1...16) ?? 1,
      readerThreads: try reader.int("reader_threads", in: 1...16) ?? 2,
      limits: try limits(reader.mapping("limits")), development: false, synchronous: "FULL",
      masterKey: try masterKey(reader, resolve))
  }

  /// The configured file, or what the service manager hands over (systemd.exec(5), LoadCredential=), or none.
  private static func masterKey(
    _ reader: YAMLReader, _ resolve: (String) -> String
  ) throws -> MasterKeyPlaces {
    let next = try reader.string("master_key_next").map(resolve)
    if let path = try reader.string("master_key").map(resolve) {
      return MasterKeyPlaces(path: path, nextPath: next)
    }
    if let credentials = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"] {
      return MasterKeyPlaces(
        path: "\(credentials)/master.key", nextPath: next ?? "\(credentials)/master.key.next",
        isCredential: true)
    }
    return MasterKeyPlaces(path: resolve("master.key"), nextPath: next)
  }

  /// The modules that are on, each with its data file. All are, unless they say `enabled: false`.
  private static func modules(
    _ reader: YAMLReader?, _ data: String?, _ resolve: (String) -> String
  ) throws -> [BuiltInModule: String] {
    try reader?.allow(BuiltInModule.allCases.map(\.rawValue))
    var files: [BuiltInModule: String] = [:]
    for module in BuiltInModule.allCases {
      let own = try reader?.mapping(module.rawValue)
      try own?.allow(
        ["enabled", module.dataKey] + (module == .stoploss ? ["spool", "spool_mode", "spool_seconds"] : []))
      guard try own?.bool("enabled") ?? true else { continue }
      let file = try own?.string(module.dataKey).map(resolve) ?? data.map { "\($0)/\(module.defaultFile)" }
      guard let file else {
        throw ConfigurationError("modules", nil, "'\(module.rawValue).\(module.dataKey)' must name a file")
      }
      files[module] = file
    }
    for (module, _) in files {
      for need in module.needs where files[need] == nil {
        throw ConfigurationError(
          "modules", nil, "'\(module.rawValue)' needs '\(need.rawValue)': switch both on, or both off")
      }
    }
    return files
  }

  private static func spool(
    _ reader: YAMLReader, _ resolve: (String) -> String
  ) throws -> SpoolConfiguration? {
    guard let directory = try reader.string("spool") else { return nil }
    var spool = SpoolConfiguration(directory: resolve(directory))
    if let text = try reader.string("spool_mode") {
      guard let mode = UInt16(text, radix: 8), mode <= 0o777 else {
        throw reader.wrong("spool_mode", nil, "octal permission bits such as \"0770\"")
      }
      spool.exchangeMode = mode_t(mode)
    }
    if let seconds = try reader.int("spool_seconds", in: 1...3600) { spool.interval = Double(seconds) }
    return spool
  }

  /// Every bound by its name, with the range that makes sense.
  private static let limitKeys:
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

  private static func limits(_ reader: YAMLReader?) throws -> Limits {
    var limits = Limits()
    guard let reader else { return limits }
    try reader.allow(limitKeys.map(\.name))
    for (name, path, range) in limitKeys {
      if let value = try reader.int(name, in: range) { limits[keyPath: path] = value }
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
