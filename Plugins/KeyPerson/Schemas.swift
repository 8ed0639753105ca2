import StationKit

/// Schema fragments that methods, collections and events share. Every object is closed.
enum Schemas {
  static let recordID: JSONValue = Shapes.text(max: 64)
  static let taskID: JSONValue = Shapes.text(max: 64)
  static let category: JSONValue = Shapes.words(Category.self)
  static let part: JSONValue = Shapes.words(Part.self)
  static let purpose: JSONValue = Shapes.words(Purpose.self)
  static let state: JSONValue = Shapes.words(State.self)
  static let taskKind: JSONValue = Shapes.words(TaskKind.self)
  static let taskState: JSONValue = Shapes.words(TaskState.self)
  static let dutyKind: JSONValue = Shapes.words(DutyKind.self)
  static let excuse: JSONValue = Shapes.words(Excuse.self)
  static let reason: JSONValue = Shapes.words(DelistReason.self)
  static let outcome: JSONValue = Shapes.words(ContactOutcome.self)
  static let handoverTo: JSONValue = Shapes.words(HandoverTo.self)
  static let visitOutcome: JSONValue = Shapes.words(VisitOutcome.self)
  static let by: JSONValue = ["type": "string", "enum": ["person", "guardian"]]
  static let units: JSONValue = Shapes.list(Shapes.unit, max: 8)
  static let person: JSONValue = Shapes.text(max: 128)
  /// The rule by which support refused.
  static let refusal: JSONValue = Shapes.text(max: 64)
  static let words: JSONValue = Shapes.text(max: 500)

  static let everyDays: JSONValue = ["type": "integer", "minimum": 1, "maximum": 366]
  static let everyMonths: JSONValue = ["type": "integer", "minimum": 1, "maximum": 12]
  static let graceHours: JSONValue = ["type": "integer", "minimum": 1, "maximum": 1200]

  // What is personal, in the forms of `PersonalShapes.swift`.
  static let name = Shapes.line(max: 64)
  static let idNumber: JSONValue = ["type": "string", "minLength": 18, "maxLength": 18, "format": "line"]
  static let phone: JSONValue = ["type": "string", "minLength": 3, "maxLength": 20, "format": "line"]
  static let guardian = Shapes.object(["name": name, "phone": phone], required: ["name"])
  static let instrument = Shapes.object([
    "authority": Shapes.text(max: 120), "number": Shapes.text(max: 64), "date": Shapes.date,
  ])
  /// A document, by its reference; never its content.
  static let document = Shapes.object(["document": Shapes.text(max: 120), "date": Shapes.date])
  static let agreement = Shapes.object([
    "by": by, "document": Shapes.text(max: 120), "date": Shapes.date,
  ])
  /// What a doctor's or a guardian's document says that somebody needs.
  static let careNeed = Shapes.object([
    "need": Shapes.text(max: 200),
    "document": Shapes.object([
      "by": ["type": "string", "enum": ["doctor", "guardian"]], "reference": Shapes.text(max: 120),
      "date": Shapes.date,
    ]),
  ])

  /// What every write answers: no personal data.
  static let headerMembers: JSONObject = [
    "id": recordID, "version": Shapes.version, "state": state, "to": Shapes.date, "next_review": Shapes.date,
  ]

  static func header(_ more: JSONObject = [:], optional: [String] = []) -> JSONValue {
    var members = headerMembers
    members.merge(more)
    return Shapes.object(members, required: members.keys.filter { !optional.contains($0) })
  }
}
