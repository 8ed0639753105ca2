import StationJSON

/// `system.info` and `system.health` in a few lines.
package struct StatusReport: Sendable {
  package let info: JSONValue
  package let health: JSONValue

  package init(info: JSONValue, health: JSONValue) {
    self.info = info
    self.health = health
  }

  /// Whether the daemon says that it can do its work.
  package var isHealthy: Bool {
    if let ok = health["ok"]?.boolValue { return ok }
    return health["status"]?.stringValue == "ok"
  }

  /// One document for programs.
  package var json: JSONValue { ["info": info, "health": health] }

  /// The lines.
  package func text(_ style: ResultText) -> String {
    var style = style
    style.clock = info["now"]?.stringValue.flatMap(WallClock.init(timestamp:))
    let language = style.language
    let verdict =
      isHealthy
      ? Style.green.apply(language.pick("healthy", zh: "正常"), colours: style.colours)
      : Style.red.apply(language.pick("NOT HEALTHY", zh: "异常"), colours: style.colours)
    let version = info["version"].map { " " + style.cell($0) } ?? ""
    var text = "stationd\(version): \(verdict)\n"
    var rest = info.objectValue ?? [:]
    for key in ["name", "version"] { rest[key] = nil }
    if !rest.isEmpty { text += style.text(.object(rest)) }
    var checks = health.objectValue ?? [:]
    for key in ["ok", "status"] where checks[key]?.objectValue == nil { checks[key] = nil }
    for problem in checks["problems"]?.arrayValue ?? [] {
      let message = language.pick(problem["message"], zh: problem["message_zh"] ?? problem["message"])
      let line = "\(problem["part"].map { style.cell($0) } ?? "?"): \(message.map { style.cell($0) } ?? "?")"
      text += Style.red.apply(line, colours: style.colours) + "\n"
    }
    checks["problems"] = nil
    if !checks.isEmpty { text += style.text(.object(checks)) }
    return text
  }
}
