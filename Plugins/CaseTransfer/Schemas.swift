import StationKit

/// Schema fragments that methods, collections and events share.
enum Schemas {
  static let caseID = Shapes.text(max: 32)
  static let recordID = Shapes.text(max: 64)
  static let short = Shapes.text(max: Limits.short)
  static let document = Shapes.text(max: Limits.document)
  static let state = Shapes.words(State.self)
  static let action = Shapes.words(Action.self)
  static let kind = Shapes.words(Kind.self)
  static let item: JSONValue = ["type": "integer", "minimum": 1, "maximum": .int(Limits.items)]
  static let quantity: JSONValue = ["type": "integer", "minimum": 0, "maximum": .int(Limits.quantity)]
  static let condition = Shapes.words(Condition.self)
  /// SHA-256 in hexadecimal, in either case.
  static let digest: JSONValue = ["type": "string", "format": "hex", "minLength": 64, "maxLength": 64]
  /// An officer's code; officers are no data subjects here.
  static let officer: JSONValue = ["type": "string", "format": "id"]
  /// The other bureau's name.
  static let bureau = Shapes.text(max: 100)
  /// Free text, which may name people.
  static let prose = Shapes.personal(.text, max: Limits.prose)
  static let instantOrNull: JSONValue = ["type": ["string", "null"], "format": "date-time"]

  static let ruleReference = Shapes.object(["id": short, "version": short])

  /// What is said of somebody.
  private static let said: JSONObject = [
    "name": Shapes.personal(.name, max: 64), "phone": Shapes.personal(.phone, max: 32),
    "id_number": Shapes.personal(.number, max: 32), "address": Shapes.personal(.text, max: 200),
  ]

  static let reporter = Shapes.object(said, required: ["name"])

  static let persons: JSONValue = {
    var members = said
    members["role"] = Shapes.words(PersonRole.self)
    return Shapes.list(Shapes.object(members, required: ["role", "name"]), max: Limits.persons)
  }()

  /// A person by the place in `persons`.
  private static let place: JSONValue = ["type": "integer", "minimum": 1, "maximum": .int(Limits.persons)]

  /// Members that a correction may name. What was never so is taken away; a person keeps a name.
  static let correctable: JSONObject = {
    var members: JSONObject = ["person": place]
    for (name, schema) in said { members[name] = name == "name" ? schema : Shapes.nullable(schema) }
    return members
  }()

  /// A correction: the members that differ, as they were and as they became; of the reporter where no place is named.
  static let correction: JSONValue = {
    let version = Shapes.object(said, required: [])
    return Shapes.object(
      [
        "at": Shapes.instant, "by": short, "person": place, "before": version, "after": version,
        "document": Shapes.personal(.text, max: Limits.document),
      ], required: ["at", "by", "before", "after", "document"])
  }()

  static let headerMembers: JSONObject = [
    "id": caseID, "version": Shapes.version, "state": state, "kind": kind, "unclear": Shapes.flag,
    "urgent": Shapes.flag, "owner": bureau, "outside": Shapes.flag, "origin": Shapes.unit,
    "leg": Shapes.count, "received_at": Shapes.instant, "overdue": Shapes.flag, "sender": Shapes.unit,
    "receiver": Shapes.unit, "bureau": bureau,
    "next_duty": Shapes.nullable(Shapes.words(DutyName.self)), "next_due": instantOrNull,
  ]
  private static let optional: Set = ["sender", "receiver", "bureau"]
  static let headerRequired = headerMembers.keys.filter { !optional.contains($0) }
  static let header = answer([:])

  /// A header with what a step adds to it.
  static func answer(_ extra: JSONObject, required: [String]? = nil) -> JSONValue {
    var members = headerMembers
    members.merge(extra)
    return Shapes.object(members, required: headerRequired + (required ?? extra.keys))
  }
}
