import StationKit

/// Schema fragments that methods, collections and events share.
enum Schemas {
  static let caseID = Shapes.text(max: 32)
  static let recordID = Shapes.text(max: 64)
  static let short = Shapes.text(max: Limits.short)
  static let document = Shapes.text(max: Limits.document)
  static let version = Shapes.version
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

  static let reporter = Shapes.object(
    [
      "name": Shapes.personal(.name, max: 64), "phone": Shapes.personal(.phone, max: 32),
      "id_number": Shapes.personal(.number, max: 32), "address": Shapes.personal(.text, max: 200),
    ], required: ["name"])

  static let persons = Shapes.list(
    Shapes.object(
      [
        "role": Shapes.words(PersonRole.self), "name": Shapes.personal(.name, max: 64),
        "phone": Shapes.personal(.phone, max: 32), "id_number": Shapes.personal(.number, max: 32),
        "address": Shapes.personal(.text, max: 200),
      ], required: ["role", "name"]),
    max: Limits.persons)

  static let headerMembers: JSONObject = [
    "id": caseID, "version": version, "state": state, "kind": kind, "unclear": Shapes.flag,
    "urgent": Shapes.flag, "owner": bureau, "outside": Shapes.flag, "origin": Shapes.unit,
    "leg": Shapes.count, "received_at": Shapes.instant, "overdue": Shapes.flag, "sender": Shapes.unit,
    "receiver": Shapes.unit, "bureau": bureau,
    "next_duty": ["type": ["string", "null"]], "next_due": instantOrNull,
  ]
  private static let optional: Set = ["sender", "receiver", "bureau"]
  static let headerRequired = headerMembers.keys.filter { !optional.contains($0) }
  static let header = answer([:])

  /// A header with what a step adds to it.
  static func answer(_ extra: JSONObject, required: [String]? = nil) -> JSONValue {
    var members = headerMembers
    for (name, schema) in extra { members[name] = schema }
    return Shapes.object(members, required: headerRequired + (required ?? extra.keys))
  }
}
