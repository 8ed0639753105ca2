import StationKit

/// What is stored.
extension Schemas {
  private static let custody = Shapes.object(
    [
      "unit": Shapes.unit, "mode": mode, "since": Shapes.milliseconds, "until": Shapes.milliseconds,
      "accepted_by": by, "body": name, "taker": name,
    ], required: ["unit", "mode", "since", "accepted_by"])

  private static let proposal = Shapes.object(
    ["to": Shapes.unit, "mode": mode, "by": by, "at": Shapes.milliseconds, "reason": reason, "body": name],
    required: ["to", "mode", "by", "at", "reason"])

  private static let decision = Shapes.object([
    "at": Shapes.milliseconds, "by": by, "open": Shapes.flag, "exclusions": exclusions, "reason": reason,
  ])

  private static let extensionItem = Shapes.object(
    [
      "approval": Shapes.text(max: 64), "asked": Shapes.milliseconds, "reason": reason,
      "granted": Shapes.milliseconds,
    ], required: ["approval", "asked", "reason"])

  private static let pause = Shapes.object(
    ["from": Shapes.milliseconds, "to": Shapes.milliseconds, "reason": Shapes.text],
    required: ["from", "reason"])

  static let court = Shapes.object(
    [
      "applied_on": Shapes.date, "court": name, "outcome": Shapes.words(CourtOutcome.self),
      "number": courtNumber,
    ], required: ["applied_on", "court", "outcome"])

  static let historyItem = Shapes.object(
    [
      "at": Shapes.instant, "action": historyAction, "by": by, "from": state, "to": state,
      "on": Shapes.instant, "person": personID, "unit": Shapes.unit, "mode": mode,
      "code": Shapes.word(max: 64),
      "reason": prose, "request": Shapes.text(max: 64),
    ], required: ["at", "action", "by", "from", "to"])

  private static let historyAction: JSONValue = [
    "type": "string", "enum": .array([.string("register")] + Action.allCases.map { .string($0.rawValue) }),
  ]

  private static func members<Word: LifeCycleCode>(_ words: Word.Type, _ item: JSONValue) -> JSONValue {
    var members = JSONObject()
    for word in Word.allCases { members[word.rawValue] = item }
    return Shapes.object(members, required: [])
  }

  static let dispute: JSONValue = {
    let always: JSONObject = [
      "kind": kind, "mode": mode, "station": Shapes.unit, "owner": Shapes.unit, "state": state,
      "open": ["type": "integer", "enum": [0, 1]], "opened": Shapes.milliseconds, "rules_on": Shapes.date,
      "thread": id, "matter": Shapes.text(max: Bounds.matter), "summary": prose, "risk": Shapes.flag,
      "calls": Shapes.count, "sessions": Shapes.count, "due": Shapes.milliseconds,
      "roster": Shapes.list(person, max: Bounds.people), "custody": Shapes.list(custody),
    ]
    let sometimes: JSONObject = [
      "place": place, "failures": Shapes.list(Shapes.milliseconds), "proposal": proposal,
      "proposed_to": Shapes.unit,
      "decisions": Shapes.list(decision), "times": members(Dispute.Moment.self, Shapes.milliseconds),
      "limits": members(LimitName.self, Limit.schema), "pauses": Shapes.list(pause),
      "extensions": Shapes.list(extensionItem), "agreement_mode": mode, "court": court,
      "failed_for": Shapes.words(FailureReason.self), "advice": Shapes.words(Advice.self),
      "doors": Shapes.list(Shapes.object(["request": Shapes.text(max: 64), "at": Shapes.milliseconds])),
      "settled": Shapes.flag, "history": Shapes.list(historyItem), "withdrawn_in": state,
      "ended": Shapes.milliseconds, "ended_at": Shapes.instant, "outcome": Shapes.count,
      "performed": Shapes.milliseconds, "visited": ["type": "integer", "enum": [0, 1]],
      "visit_due": Shapes.milliseconds, "failed": Shapes.milliseconds,
    ]
    return Shapes.object(always.merging(sometimes), required: always.keys)
  }()

  private static let stated: JSONObject = [
    "name": name, "id_number": Shapes.text(max: 18), "phone": Shapes.text(max: 32), "birth": Shapes.date,
    "address": Shapes.text(max: Bounds.address), "authority": reason,
  ]

  static let party: JSONValue = {
    let members: JSONObject = [
      "dispute": id, "number": Shapes.version, "role": role, "for": personID,
      "name_phone": Shapes.text(max: 256),
      "corrections": Shapes.list(correction(stated, document: document), max: Bounds.corrections),
      "ended_at": Shapes.instant,
    ]
    return Shapes.object(members.merging(stated), required: ["dispute", "number", "role", "name"])
  }()

  static let session = Shapes.object(
    [
      "dispute": id, "number": Shapes.version, "at": Shapes.milliseconds, "recorded": Shapes.milliseconds,
      "by": by, "result": Shapes.words(SessionResult.self), "mode": mode,
      "attendees": Shapes.list(attendee, max: Bounds.people), "place": place, "mediator": name,
      "others_present": Shapes.list(name, max: Bounds.people), "minutes": minutes, "ended_at": Shapes.instant,
    ],
    required: [
      "dispute", "number", "at", "recorded", "by", "result", "mode", "attendees", "place", "mediator",
      "others_present",
    ])

  static let agreement: JSONValue = {
    var members = agreementItems
    members["dispute"] = id
    members["recorded"] = Shapes.milliseconds
    members["by"] = by
    members["mode"] = mode
    let required = members.keys
    members["ended_at"] = Shapes.instant
    return Shapes.object(members, required: required)
  }()

  /// What an agreement states.
  static let agreementItems: JSONObject = [
    "body": name, "mediator": name, "parties": Shapes.list(personID, max: Bounds.people),
    "others_present": Shapes.list(name, max: Bounds.people), "time": Shapes.instant, "place": place,
    "cause": prose, "course": prose, "result": prose, "terms": minutes, "performance": performance,
    "signed_at": Shapes.instant, "signatures": Shapes.list(personID, max: Bounds.people),
  ]

  static let performance = Shapes.object(["by": Shapes.date, "method": reason], required: [])

  static let call = Shapes.object(
    [
      "dispute": id, "thread": id, "at": Shapes.milliseconds, "first": ["type": "integer", "enum": [0, 1]],
      "unit": Shapes.unit, "owner": Shapes.unit, "kind": kind, "mode": mode, "by": by, "summary": prose,
      "place": place, "said": Shapes.list(said, max: Bounds.people), "risk": Shapes.flag,
      "ended_at": Shapes.instant,
    ], required: ["dispute", "thread", "at", "first", "unit", "owner", "kind", "mode", "by"])

  /// A person as a call about a dispute that is known already named them.
  static let said = Shapes.object(
    [
      "role": role, "name": name, "id_number": Shapes.text(max: 18), "phone": Shapes.text(max: 32),
      "birth": Shapes.date, "address": Shapes.text(max: Bounds.address),
    ], required: ["role", "name"])
}
