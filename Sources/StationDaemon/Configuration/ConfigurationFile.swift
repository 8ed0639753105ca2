import Foundation
import StationCalendar
import StationRPC
import StationTransport

extension DaemonConfiguration {
  /// Reads `stationd.yaml`.
  /// - Throws: ``ConfigurationError`` with file, line and what was expected.
  package static func load(_ path: String) throws -> DaemonConfiguration {
    let reader = try YAMLReader(file: path, text: try text(of: path))
    try reader.allow([
      "state", "socket", "socket_mode", "framing", "origin", "zone_offset_minutes", "access", "calendars",
      "directory", "io_threads", "reader_threads", "limits", "modules", "plugins",
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
    let modules = try reader.mapping("modules")
    try modules?.allow(["support"])
    let support = try modules?.mapping("support")
    try support?.allow(["enabled", "scenarios", "isolation"])
    let calendars = try reader.string("calendars").map(resolve) ?? data.map { $0 + "/calendar" }
    guard let calendars else { throw reader.missing("calendars") }
    let scenarios =
      try support?.string("scenarios").map(resolve) ?? data.map { $0 + "/support/scenarios.json" }
    guard let scenarios else { throw reader.missing("modules.support.scenarios") }
    return DaemonConfiguration(
      stateDirectory: resolve(try reader.string("state") ?? "/var/lib/stationd"),
      socketPath: resolve(try reader.string("socket") ?? "/run/stationd/stationd.sock"),
      socketMode: mode, framing: framing, origin: origin, zone: zone, accessFile: resolve(access),
      calendarDirectory: calendars, scenarioFile: scenarios,
      directoryFile: try reader.string("directory").map(resolve),
      supportEnabled: try support?.bool("enabled") ?? true,
      ioThreads: try reader.int("io_threads", in: 1...16) ?? 1,
      readerThreads: try reader.int("reader_threads", in: 1...16) ?? 2,
      limits: try limits(reader.mapping("limits")), development: false, synchronous: "FULL",
      plugins: PluginsFile(path: path, key: "plugins", isTrusted: true), isolated: try isolated(modules),
      ownArguments: ["--config", path])
  }

  /// The modules that have `isolation: process`.
  private static func isolated(_ modules: YAMLReader?) throws -> Set<String> {
    var names: Set<String> = []
    for name in modules?.keys ?? [] {
      guard let module = try modules?.mapping(name), let isolation = try module.string("isolation") else { continue }
      switch isolation {
      case "process": names.insert(name)
      case "none": break
      default: throw module.wrong("isolation", nil, "one of none, process")
      }
    }
    return names
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
