import StationKit

/// The configuration that holds now, key by key, to compare a new one with.
struct RunningConfiguration: Sendable {
  /// One key of one file.
  struct Value: Sendable, Equatable {
    let key: String
    let value: String
    /// `default`, `FILE:LINE`, or in words where it is neither.
    let source: String
    let takes: String
    /// Whether a reload brings a change into force; else the next start does.
    let reloads: Bool

    var json: JSONValue {
      [
        "key": .string(key), "value": .string(value), "source": .string(source), "takes": .string(takes),
        "reloads": .bool(reloads),
      ]
    }
  }

  private(set) var configuration: DaemonConfiguration
  private var access: KeyTrace
  private(set) var calendar: WorkCalendar
  /// Of the start. What a reload does not bring into force goes on as it is here, whatever the file says now.
  private let atStart: [Value]

  init(configuration: DaemonConfiguration, access: KeyTrace, calendar: WorkCalendar) {
    self.configuration = configuration
    self.access = access
    self.calendar = calendar
    atStart = Self.main(configuration).filter { !Self.isOfPlugin($0.key) }
  }

  /// All values that hold, in the order in which the files are read; of plugins, what the file said when it was last
  /// read.
  var values: [Value] {
    let read = Self.main(configuration)
    let now = read.reduce(into: [:]) { $0[$1.key] = $1 }
    return atStart.map { $0.reloads ? now[$0.key] ?? $0 : $0 } + read.filter { Self.isOfPlugin($0.key) }
      + Self.rules(configuration, access)
  }

  /// Neither a reload nor a restart is needed: `plugin.start` and `plugin.reload` bring it into force.
  private static func isOfPlugin(_ key: String) -> Bool { key.hasPrefix("plugins.") }

  private static func reloads(_ key: String) -> Bool {
    key.hasPrefix("limits.") || ["access", "calendars", "log_level", "log_calls"].contains(key)
  }

  private static func main(_ configuration: DaemonConfiguration) -> [Value] {
    values(configuration.trace, file: configuration.file, prefix: "") { reloads($0) }
  }

  private static func rules(_ configuration: DaemonConfiguration, _ trace: KeyTrace) -> [Value] {
    values(trace, file: configuration.accessFile, prefix: "access: ") { _ in true }
  }

  private static func values(
    _ trace: KeyTrace, file: String?, prefix: String, _ reloads: (String) -> Bool
  ) -> [Value] {
    trace.entries.map { entry in
      let source = entry.line.map { "\(file ?? ""):\($0)" } ?? entry.source ?? "default"
      return Value(
        key: prefix + entry.key, value: entry.value, source: source, takes: entry.takes,
        reloads: reloads(entry.key))
    }
  }

  /// What differs in a new configuration.
  func difference(to new: RunningConfiguration) -> ReloadReport {
    var report = ReloadReport()
    let now = values.reduce(into: [:]) { $0[$1.key] = $1 }
    let then = new.values.reduce(into: [:]) { $0[$1.key] = $1 }
    let keys = (values + new.values).map(\.key)
    var seen: Set<String> = []
    for key in keys where seen.insert(key).inserted && !Self.isOfPlugin(key) {
      let reloads = (then[key] ?? now[key])?.reloads ?? false
      let before = now[key]?.value ?? ""
      let after = then[key]?.value ?? ""
      guard before != after else { continue }
      let change = ReloadReport.Change(key: key, from: before, to: after)
      if reloads { report.changed.append(change) } else { report.needsRestart.append(change) }
    }
    if calendar != new.calendar {
      report.changed.append(.init(key: "calendar data", from: calendar.version, to: new.calendar.version))
    }
    return report
  }

  /// Takes over what was read anew. What needs a restart goes on as it is, and is told of at every reload.
  mutating func take(_ new: RunningConfiguration) {
    configuration.accessFile = new.configuration.accessFile
    configuration.calendarDirectory = new.configuration.calendarDirectory
    configuration.limits = new.configuration.limits
    configuration.logLevel = new.configuration.logLevel
    configuration.logCalls = new.configuration.logCalls
    configuration.trace = new.configuration.trace
    access = new.access
    calendar = new.calendar
  }
}

/// What a reload changed, and what it could not.
struct ReloadReport: Sendable, Equatable {
  struct Change: Sendable, Equatable {
    let key: String
    /// Empty where the key was not there.
    let from: String
    /// Empty where the key is gone.
    let to: String

    var json: JSONValue { ["key": .string(key), "from": .string(from), "to": .string(to)] }
  }

  var changed: [Change] = []
  /// Changed in the file, and in force only after the next start.
  var needsRestart: [Change] = []

  var json: JSONValue {
    ["changed": .array(changed.map(\.json)), "needs_restart": .array(needsRestart.map(\.json))]
  }
}
