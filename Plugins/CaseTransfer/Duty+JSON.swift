import StationKit

extension Duty {
  /// As it is stored with its case.
  var json: JSONValue {
    var json: JSONObject = [
      "duty": .string(name.rawValue), "rule": .string(rule.id), "version": .string(rule.version),
      "term": .string(term.description), "start": start.stored, "due": due.stored,
      "provisional": .bool(provisional), "calendar": .string(calendarVersion),
    ]
    json["done"] = done?.stored
    if warned { json["warned"] = true }
    if alarmed { json["alarmed"] = true }
    return .object(json)
  }

  init?(_ json: JSONValue) {
    guard let json = json.objectValue, let name = DutyName(json["duty"]), let id = json["rule"]?.stringValue,
      let version = json["version"]?.stringValue, let term = json["term"]?.stringValue.flatMap({ Term($0) }),
      let start = Instant(json["start"]), let due = Instant(json["due"]),
      let calendar = json["calendar"]?.stringValue
    else { return nil }
    self.init(
      name: name, rule: RuleRef(id: id, version: version), term: term, start: start, due: due,
      provisional: json["provisional"]?.boolValue ?? false, calendarVersion: calendar)
    done = Instant(json["done"])
    warned = json["warned"]?.boolValue ?? false
    alarmed = json["alarmed"]?.boolValue ?? false
  }

  static let storedSchema = Shapes.object(
    [
      "duty": Shapes.words(DutyName.self), "rule": Shapes.text(max: Limits.short),
      "version": Shapes.text(max: Limits.short), "term": Shapes.text(max: Limits.short),
      "start": Shapes.milliseconds, "due": Shapes.milliseconds, "provisional": Shapes.flag,
      "calendar": Shapes.text, "done": Shapes.milliseconds, "warned": Shapes.flag, "alarmed": Shapes.flag,
    ], required: ["duty", "rule", "version", "term", "start", "due", "provisional", "calendar"])

  /// As `get` and `explain` show it.
  func shown(_ context: CallContext) -> JSONObject {
    var json: JSONObject = [
      "duty": .string(name.rawValue), "rule": rule.json, "start": start.text(context.zone),
      "due": due.text(context.zone), "provisional": .bool(provisional),
      "overdue": .bool(isOverdue(at: context.now)), "warned": .bool(warned), "alarmed": .bool(alarmed),
    ]
    if let done { json["done_at"] = done.text(context.zone) }
    return json
  }

  static let shownMembers: JSONObject = [
    "duty": Shapes.words(DutyName.self), "rule": Schemas.ruleReference, "start": Shapes.instant,
    "due": Shapes.instant, "provisional": Shapes.flag, "overdue": Shapes.flag, "warned": Shapes.flag,
    "alarmed": Shapes.flag, "done_at": Shapes.instant,
  ]
  static let shownRequired = shownMembers.keys.filter { $0 != "done_at" }
}
