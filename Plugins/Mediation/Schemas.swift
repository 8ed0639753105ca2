import StationKit

/// Schema fragments that methods, collections and events share.
enum Schemas {
  static let id: JSONValue = ["type": "string", "minLength": 14, "maxLength": 24, "format": "text"]
  static let personID: JSONValue = ["type": "string", "minLength": 16, "maxLength": 32]
  static let units = Shapes.list(Shapes.unit)
  static let state = Shapes.words(State.self)
  static let kind = Shapes.words(Kind.self)
  static let mode = Shapes.words(Mode.self)
  static let role = Shapes.words(Role.self)
  static let limit = Shapes.words(LimitName.self)
  static let by = Shapes.text(max: 128)
  static let reason = Shapes.text(max: Bounds.reason)
  static let prose = Shapes.text(max: Bounds.prose)
  static let name = Shapes.line(max: Bounds.name)
  static let place = Shapes.text(max: Bounds.place)
  static let minutes = Shapes.text(max: Bounds.minutes)
  static let document = Shapes.text(max: Bounds.document)
  /// Of the court that confirms an agreement.
  static let courtNumber = Shapes.line(max: 64)
  static let ruleReference = Shapes.object(["id": Shapes.text(max: 128), "version": Shapes.text(max: 32)])
  static let instantOrNull: JSONValue = ["type": ["string", "null"], "format": "date-time"]
  static let exclusions = Shapes.list(Shapes.words(Exclusion.self), max: Exclusion.allCases.count)

  static func oneOf<Word: LifeCycleCode>(_ words: [Word]) -> JSONValue {
    ["type": "string", "enum": .array(words.map { .string($0.rawValue) })]
  }

  static let person = Shapes.object(
    ["id": personID, "role": role, "for": personID, "agrees": Shapes.flag], required: ["id", "role"])

  static let headerMembers: JSONObject = [
    "id": id, "version": Shapes.version, "kind": kind, "mode": mode, "station": Shapes.unit,
    "owner": Shapes.unit, "state": state, "opened_at": Shapes.instant, "thread": id,
    "is_repeat": Shapes.flag, "calls": Shapes.count, "violence_risk": Shapes.flag, "sessions": Shapes.count,
    "people": Shapes.list(person), "late": Shapes.list(limit),
    "next_limit": Shapes.nullable(limit), "next_due": instantOrNull,
  ]

  static let headerOptions: JSONObject = [
    "proposed_to": Shapes.unit, "failed_for": Shapes.words(FailureReason.self),
    "advice": Shapes.words(Advice.self), "settled": Shapes.flag,
    "support_requests": Shapes.list(Shapes.text(max: 64)), "ended_at": Shapes.instant,
  ]

  static let header = Shapes.object(headerMembers.merging(headerOptions), required: headerMembers.keys)

  /// The header of a step after which other disputes may prove to be of the same parties.
  static let matched: JSONValue = {
    let similar: JSONObject = ["similar": Shapes.list(id)]
    return Shapes.object(
      headerMembers.merging(headerOptions).merging(similar), required: headerMembers.keys)
  }()

  /// A correction of a person: the members that differ, as they were and as they became.
  static func correction(_ members: JSONObject, document: JSONValue) -> JSONValue {
    let version = Shapes.object(members, required: [])
    return Shapes.object(
      ["at": Shapes.instant, "by": by, "before": version, "after": version, "document": document],
      required: ["at", "by", "before", "after"])
  }

  static let attendee = Shapes.object(
    [
      "person": personID,
      // Of a party of 16 or 17 who comes without a guardian.
      "self_supporting": Shapes.flag, "agrees_alone": Shapes.flag,
    ], required: ["person"])
}
