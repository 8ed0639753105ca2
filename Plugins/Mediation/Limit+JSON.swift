import StationKit

extension Limit {
  var json: JSONValue {
    var json: JSONObject = [
      "rule": .string(rule.id), "version": .string(rule.version), "start": .int(Int(start.milliseconds)),
    ]
    if let term { json["term"] = .string(term.description) }
    if let end { json["end"] = .int(Int(end.milliseconds)) }
    if provisional { json["provisional"] = true }
    if !calendar.isEmpty { json["calendar"] = .string(calendar) }
    if pausedDays > 0 { json["paused_days"] = .int(pausedDays) }
    if let done { json["done"] = .int(Int(done.milliseconds)) }
    if !fired.isEmpty { json["fired"] = .array(fired.map(JSONValue.int)) }
    return .object(json)
  }

  init?(_ json: JSONValue) {
    guard let rule = json["rule"]?.stringValue, let version = json["version"]?.stringValue,
      let start = json["start"]?.instant
    else { return nil }
    self.init(
      rule: RuleRef(id: rule, version: version), term: json["term"]?.stringValue.flatMap { Term($0) },
      start: start, end: json["end"]?.instant)
    provisional = json["provisional"]?.boolValue ?? false
    calendar = json["calendar"]?.stringValue ?? ""
    pausedDays = json["paused_days"]?.intValue ?? 0
    done = json["done"]?.instant
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

extension JSONValue {
  /// An instant as records keep it.
  var instant: Instant? { intValue.map { Instant(milliseconds: Int64($0)) } }
}

extension Instant {
  /// As records keep it.
  var stored: JSONValue { .int(Int(milliseconds)) }
}
