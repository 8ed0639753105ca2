import StationKit

extension Limit {
  var json: JSONValue {
    var json: JSONObject = [
      "rule": .string(rule.id), "version": .string(rule.version), "start": start.stored,
    ]
    if let term { json["term"] = .string(term.description) }
    if let end { json["end"] = end.stored }
    if provisional { json["provisional"] = true }
    if !calendar.isEmpty { json["calendar"] = .string(calendar) }
    if pausedDays > 0 { json["paused_days"] = .int(pausedDays) }
    if let done { json["done"] = done.stored }
    if !fired.isEmpty { json["fired"] = .array(fired.map(JSONValue.int)) }
    return .object(json)
  }

  init?(_ json: JSONValue) {
    guard let rule = json["rule"]?.stringValue, let version = json["version"]?.stringValue,
      let start = Instant(json["start"])
    else { return nil }
    self.init(
      rule: RuleRef(id: rule, version: version), term: json["term"]?.stringValue.flatMap { Term($0) },
      start: start, end: Instant(json["end"]))
    provisional = json["provisional"]?.boolValue ?? false
    calendar = json["calendar"]?.stringValue ?? ""
    pausedDays = json["paused_days"]?.intValue ?? 0
    done = Instant(json["done"])
    fired = json["fired"]?.arrayValue?.compactMap(\.intValue) ?? []
  }

  static let schema = Shapes.object(
    [
      "rule": Shapes.text(max: 128), "version": Shapes.text(max: 32), "term": Shapes.text(max: 32),
      "start": Shapes.milliseconds, "end": Shapes.milliseconds, "provisional": Shapes.flag,
      "calendar": Shapes.text(max: 128), "paused_days": Shapes.count, "done": Shapes.milliseconds,
      "fired": Shapes.list(Shapes.count),
    ], required: ["rule", "version", "start"])
}
