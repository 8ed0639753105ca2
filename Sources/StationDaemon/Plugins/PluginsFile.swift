import Foundation
import Glibc
import StationKit
import StationPluginHost
import StationPluginWire

/// The plugins of a configuration file: read at start, and again whenever one is started or reloaded.
package struct PluginsFile: Sendable {
  /// The file, and the key under which plugins stand; nil for the whole file.
  let path: String
  let key: String?
  let isTrusted: Bool

  /// - Parameter reserved: names that no plugin may have.
  /// - Returns: every plugin, by name; none where there is no such file or key. An entry that cannot be used has a
  ///   ``PluginSettings/fault``, and keeps no other from its place.
  /// - Throws: ``ConfigurationError`` with file, line and what was expected, where the file cannot be read as one.
  func load(reserved: Set<String>) throws -> [PluginSettings] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    let file = try YAMLReader(file: path, text: try DaemonConfiguration.text(of: path))
    guard let reader = try key.map({ try file.mapping($0) }) ?? file else { return [] }
    return settings(reader, reserved: reserved)
  }

  /// Every plugin of a mapping.
  func settings(_ reader: YAMLReader, reserved: Set<String> = []) -> [PluginSettings] {
    reader.keys.compactMap { name in
      do {
        guard Names.isWord(name) else { throw reader.misnamed(name, "named with a-z, 0-9 and _") }
        guard !reserved.contains(name) else {
          throw reader.misnamed(
            name, "named otherwise: a module of the daemon or a command of stationctl has this name")
        }
        return try reader.mapping(name).map { try settings(name, $0) }
      } catch {
        return PluginSettings(name: name, fault: "\(error)")
      }
    }
  }

  private func settings(_ name: String, _ reader: YAMLReader) throws -> PluginSettings {
    try reader.allow([
      "program", "arguments", "environment", "config", "user", "group", "enabled", "grants", "limits",
    ])
    let program = try reader.path("program")
    let arguments = try reader.strings("arguments") ?? []
    let environment = try environment(reader)
    let configuration = try reader.json("config") ?? [:]
    let isEnabled = try reader.bool("enabled", standard: true) ?? true
    let user = try user(reader)
    let grants = try grants(reader.section("grants"))
    let limits = try Self.limits(reader.section("limits"))
    guard let program else { throw reader.missing("program") }
    // The kernel counts processes by user, and not root's.
    guard limits.processes == 0 || user.map({ $0.uid != 0 }) ?? false else {
      throw reader.wrong("limits", nil, "without 'processes' where the plugin has no 'user' of its own")
    }
    return PluginSettings(
      name: name, program: (program as NSString).standardizingPath, arguments: arguments,
      environment: environment, configuration: configuration, user: user, grants: grants, limits: limits,
      isEnabled: isEnabled, isTrusted: isTrusted)
  }

  private func environment(_ reader: YAMLReader) throws -> [String: String] {
    var environment: [String: String] = [:]
    guard reader.value("environment", takes: "a mapping of names to texts") != nil,
      let map = try reader.mapping("environment")
    else { return environment }
    for key in map.keys { environment[key] = try map.secret(key) }
    reader.holds("environment", map.keys.joined(separator: ", "))
    return environment
  }

  private func user(_ reader: YAMLReader) throws -> PluginSettings.User? {
    let group = try reader.string("group", takes: "a group of this machine")
    guard let name = try reader.string("user", takes: "a user of this machine") else { return nil }
    guard let entry = getpwnam(name) ?? UInt32(name).flatMap({ getpwuid($0) }) else {
      throw reader.wrong("user", nil, "a user of this machine ('\(name)' is unknown)")
    }
    let (uid, own) = (entry.pointee.pw_uid, entry.pointee.pw_gid)
    guard let group else { return .init(uid: uid, gid: own) }
    guard let entry = getgrnam(group) else {
      throw reader.wrong("group", nil, "a group of this machine ('\(group)' is unknown)")
    }
    return .init(uid: uid, gid: entry.pointee.gr_gid)
  }

  private func grants(_ reader: YAMLReader) throws -> PluginSettings.Grants {
    var grants = PluginSettings.Grants()
    try reader.allow(["calls", "events", "personal"])
    let takes = "a list of methods, or a mapping of methods to lists of pointers"
    if let value = reader.value("calls", takes: takes) {
      if value.mapping != nil, let calls = try reader.mapping("calls") {
        for method in calls.keys { grants.calls[method] = .some(try pointers(method, calls)) }
      } else {
        guard value.sequence != nil else { throw reader.wrong("calls", nil, takes) }
        for method in try reader.strings("calls", takes: takes) ?? [] { grants.calls[method] = .some(nil) }
      }
    }
    grants.events = Set(try reader.strings("events") ?? [])
    grants.personal = try reader.bool("personal", standard: false) ?? false
    return grants
  }

  /// The parts of a method's result; nil for the whole, which is granted by its word only, and not by what is written
  /// wrongly.
  private func pointers(_ method: String, _ calls: YAMLReader) throws -> [String]? {
    let takes = "a list of pointers, such as [/id, /items/*/name], or 'all'"
    let value = calls.value(method, takes: takes)
    if value?.scalar?.string == "all" { return nil }
    guard let value, value.sequence != nil,
      let pointers = try calls.strings(method, takes: takes),
      pointers.allSatisfy({ $0.hasPrefix("/") })
    else { throw calls.wrong(method, nil, takes) }
    return pointers
  }

  /// Every bound by its name, with the range that makes sense.
  static let limitKeys:
    [(name: String, path: WritableKeyPath<PluginLimits, Int> & Sendable, range: ClosedRange<Int>)] = [
      ("frame_bytes", \.frameBytes, 4096...(64 << 20)), ("in_flight", \.inFlight, 1...10_000),
      ("waiting", \.waiting, 0...100_000), ("requests", \.requests, 1...10_000),
      ("verified_rows", \.verifiedRows, 1_000...1_000_000),
      ("outbound_bytes", \.outboundBytes, 1 << 16...(256 << 20)), ("start_ms", \.startMs, 100...3_600_000),
      ("call_ms", \.callMs, 10...3_600_000), ("grace_ms", \.graceMs, 10...600_000),
      ("drain_ms", \.drainMs, 10...600_000), ("offences", \.offences, 1...10_000),
      ("memory_mib", \.memoryMiB, 32...1_048_576), ("descriptors", \.descriptors, 16...65_536),
      ("file_mib", \.fileMiB, 1...1_048_576), ("processes", \.processes, 0...10_000),
      ("cpu_seconds_per_minute", \.cpuSecondsPerMinute, 1...6_000), ("nice", \.nice, 0...19),
      ("restarts", \.restarts, 1...1_000), ("restart_window_ms", \.restartWindowMs, 1_000...86_400_000),
      ("first_back_off_ms", \.firstBackOffMs, 10...600_000),
      ("longest_back_off_ms", \.longestBackOffMs, 10...3_600_000),
    ]

  private static func limits(_ reader: YAMLReader) throws -> PluginLimits {
    var limits = PluginLimits()
    try reader.allow(limitKeys.map(\.name))
    for (name, path, range) in limitKeys {
      if let value = try reader.int(name, in: range, standard: limits[keyPath: path]) {
        limits[keyPath: path] = value
      }
    }
    return limits
  }
}
