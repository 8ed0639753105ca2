import StationKit

/// Schema fragments that methods, collections and events share.
enum Schemas {
  static let integer: JSONValue = ["type": "integer"]
  static let units: JSONValue = Shapes.list(Shapes.unit)
  static let instantOrNull: JSONValue = ["type": ["string", "null"], "format": "date-time"]
  static let short: JSONValue = ["type": "string", "minLength": 1, "maxLength": 256]
  /// A short text that a caller writes.
  static let line = Shapes.text(max: 256)
  static let requestID: JSONValue = ["type": "string", "minLength": 14, "maxLength": 24]
  static let number: JSONValue = ["type": "integer", "minimum": 1, "maximum": .int(Catalogue.count)]
  static let prose = Shapes.text(max: 2000)
  static let reason = Shapes.text(max: 1000)
  /// As records keep it: those of before may be blank.
  static let keptProse: JSONValue = ["type": "string", "minLength": 1, "maxLength": 2000]
  static let team: JSONValue = [
    "type": "string", "format": "id",
    "description": "The department's own name of a team or desk; it need not be a unit of the directory",
  ]
  static let cycleNumber: JSONValue = [
    "type": "integer", "minimum": 1,
    "description": "A cycle that ended, from 1, as it ended; without it the present one",
  ]
  static let state: JSONValue = Shapes.words(State.self)
  static let urgency: JSONValue = Shapes.words(Urgency.self)
  static let cursor: JSONValue = ["type": "string", "minLength": 1, "maxLength": 512]
  static let names: JSONValue = object(["en": short, "zh": short], required: ["en", "zh"])

  static let contact: JSONValue = object([
    "name": Shapes.text(max: 64),
    "phone": ["type": "string", "minLength": 3, "maxLength": 32, "format": "line"],
  ])

  private static let keptContact: JSONValue = object([
    "name": ["type": "string", "minLength": 1, "maxLength": 64],
    "phone": ["type": "string", "minLength": 3, "maxLength": 32],
  ])

  static let marks: JSONValue = object([
    "eligibility": ["type": "string", "enum": ["met", "unmet", "unknown"]],
    "transfer_to_criminal_brigade": Shapes.flag, "needs_approval": Shapes.flag, "approved": Shapes.flag,
    "incomplete": Shapes.flag,
  ])

  /// A schema whose value is shown masked to roles without full sight.
  static func personal(_ schema: JSONValue, _ mask: Mask) -> JSONValue {
    var object = schema.objectValue ?? [:]
    object["x-personal"] = .string(mask.rawValue)
    return .object(object)
  }

  /// What a line of the history tells: the opening, where it gave a reason, or a step.
  static let step: JSONValue = [
    "type": "string", "enum": .array([.string("open")] + Action.allCases.map { .string($0.rawValue) }),
  ]

  private static let historyMembers: JSONObject = [
    "at": Shapes.instant, "action": step, "by": short, "from": state, "to": state,
    "department": Shapes.unit, "assigned": Shapes.unit, "urgency": urgency, "reason": keptProse,
    "text": keptProse,
    "in_time": Shapes.flag, "worked": Shapes.flag, "scenario_version": short,
  ]
  private static let historyRequired = ["at", "action", "from", "to"]

  static let historyItem: JSONValue = object(historyMembers, required: historyRequired)

  static let shownHistoryItem: JSONValue = {
    var members = historyMembers
    for name in ["reason", "text"] { members[name] = personal(keptProse, .text) }
    return object(members, required: historyRequired)
  }()

  static let shownContact: JSONValue = object([
    "name": personal(["type": "string", "minLength": 1, "maxLength": 64], .name),
    "phone": personal(["type": "string", "minLength": 3, "maxLength": 32], .phone),
  ])

  /// An object that allows the named members and no other.
  static func object(_ properties: JSONObject, required: [String] = []) -> JSONValue {
    var schema: JSONObject = [
      "type": "object", "properties": .object(properties), "additionalProperties": false,
    ]
    if !required.isEmpty { schema["required"] = .array(required.map(JSONValue.string)) }
    return .object(schema)
  }

  static let headerMembers: JSONObject = [
    "id": requestID, "version": Shapes.version, "scenario": number, "station": Shapes.unit,
    "department": Shapes.unit,
    "state": state,
    "urgency": urgency, "opened_at": Shapes.instant, "response_due": Shapes.instant,
    "support_due": instantOrNull,
    "next_due": instantOrNull,
    "provisional": ["type": "array", "items": Shapes.words(TermName.self)], "marks": marks,
  ]

  static let header: JSONValue = object(headerMembers, required: headerMembers.keys)

  /// The members of the figures' columns, in requests and in archived cycles.
  static let figureMembers: JSONObject = [
    "scenario": number, "station": Shapes.unit, "department": Shapes.unit, "opened": integer,
    "response": integer,
    "support": integer, "outcome": integer,
  ]

  static let requestBody: JSONValue = {
    var members = figureMembers
    members["state"] = state
    members["urgency"] = urgency
    members["rank"] = integer
    members["opened_by"] = short
    members["cycle"] = Cycle.schema
    members["clocks"] = Clocks.schema
    members["summary"] = keptProse
    members["place"] = short
    members["contact"] = keptContact
    members["facts"] = Facts.schema
    members["marks"] = marks
    members["branch"] = Shapes.unit
    members["assigned"] = Shapes.unit
    members["former"] = state
    members["approved_by"] = short
    members["asked_by"] = Shapes.list(short)
    members["ended"] = integer
    members["history"] = Shapes.list(historyItem)
    return object(
      members,
      required: figureMembers.keys + [
        "state", "urgency", "rank", "opened_by", "cycle", "clocks", "summary",
      ])
  }()

  /// Members of a request that the archive of a cycle takes over.
  static let archived =
    figureMembers.keys + [
      "cycle", "clocks", "urgency", "facts", "marks", "assigned", "asked_by", "approved_by", "ended",
      "history",
    ]

  static let cycleBody: JSONValue = {
    var members: JSONObject = ["request": requestID]
    for key in archived { members[key] = requestBody["properties"]?[key] }
    return object(members, required: figureMembers.keys + ["request", "cycle", "clocks", "urgency"])
  }()
}
