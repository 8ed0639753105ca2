import StationKit

/// The schemas of what `get` and `explain` answer.
enum Whole {
  private static func named(_ mask: Mask, _ max: Int = Bounds.name) -> JSONValue {
    Shapes.personal(mask, max: max)
  }

  private static let prose = named(.text, Bounds.prose)
  private static let stated: JSONObject = [
    "name": named(.name), "id_number": named(.number, 18), "phone": named(.phone, 32),
    "birth": named(.text, 10), "address": named(.text, Bounds.address),
    "authority": named(.text, Bounds.reason),
  ]
  private static let people: JSONValue = {
    var members: JSONObject = [
      "id": Schemas.personID, "role": Schemas.role, "for": Schemas.personID, "agrees": Shapes.flag,
    ]
    members = members.merging(stated)
    members["corrections"] = Shapes.list(
      Schemas.correction(stated, document: named(.text, Bounds.document)), max: Bounds.corrections)
    return Shapes.list(Shapes.object(members, required: ["id", "role"]))
  }()

  private static let custody = Shapes.list(
    Shapes.object(
      [
        "unit": Shapes.unit, "mode": Schemas.mode, "since": Shapes.instant, "until": Shapes.instant,
        "accepted_by": Schemas.by, "body": Schemas.name, "taker": named(.name),
      ], required: ["unit", "mode", "since", "accepted_by"]))

  private static let proposal = Shapes.object(
    [
      "to": Shapes.unit, "mode": Schemas.mode, "by": Schemas.by, "at": Shapes.instant, "body": Schemas.name,
      "reason": named(.text, Bounds.reason),
    ], required: ["to", "mode", "by", "at", "reason"])

  private static let decisions = Shapes.list(
    Shapes.object([
      "at": Shapes.instant, "by": Schemas.by, "open": Shapes.flag, "exclusions": Schemas.exclusions,
      "reason": named(.text, Bounds.reason),
    ]))

  private static let sessions = Shapes.list(
    Shapes.object(
      [
        "number": Shapes.version, "at": Shapes.instant, "recorded": Shapes.instant, "by": Schemas.by,
        "result": Shapes.words(SessionResult.self), "mode": Schemas.mode,
        "attendees": Shapes.list(Schemas.attendee), "place": named(.text, Bounds.place),
        "mediator": named(.name), "others_present": Shapes.list(named(.name)),
        "minutes": named(.text, Bounds.minutes),
      ],
      required: [
        "number", "at", "recorded", "by", "result", "mode", "attendees", "place", "mediator",
        "others_present",
      ]))

  private static let agreement: JSONValue = {
    var members = Schemas.agreementItems
    for key in ["cause", "course", "result"] { members[key] = prose }
    members["terms"] = named(.text, Bounds.minutes)
    members["place"] = named(.text, Bounds.place)
    members["mediator"] = named(.name)
    members["others_present"] = Shapes.list(named(.name))
    members["performance"] = Shapes.object(["by": Shapes.date, "method": named(.text, Bounds.reason)])
    members["recorded"] = Shapes.instant
    members["by"] = Schemas.by
    members["mode"] = Schemas.mode
    return Shapes.object(members)
  }()

  private static let calls = Shapes.list(
    Shapes.object(
      [
        "at": Shapes.instant, "first": Shapes.count, "unit": Shapes.unit, "owner": Shapes.unit,
        "kind": Schemas.kind, "mode": Schemas.mode, "by": Schemas.by, "summary": prose,
        "place": named(.text, Bounds.place), "risk": Shapes.flag, "said": Shapes.list(said),
      ], required: ["at", "first", "unit", "owner", "kind", "mode", "by"]))

  private static let said = Shapes.object(
    [
      "role": Schemas.role, "name": named(.name), "id_number": named(.number, 18),
      "phone": named(.phone, 32), "birth": named(.text, 10), "address": named(.text, Bounds.address),
    ], required: ["role", "name"])

  private static let history: JSONValue = {
    var item = Schemas.historyItem.objectValue ?? [:]
    var members = item["properties"]?.objectValue ?? [:]
    members["reason"] = prose
    item["properties"] = .object(members)
    return Shapes.list(.object(item))
  }()

  private static let court = Shapes.object(
    [
      "applied_on": Shapes.date, "court": Schemas.name, "outcome": Shapes.words(CourtOutcome.self),
      "number": named(.number, 64),
    ], required: ["applied_on", "court", "outcome"])

  static let schema: JSONValue = {
    let moments = Dispute.Moment.allCases.reduce(into: JSONObject()) { $0[$1.rawValue] = Shapes.instant }
    let spans = Shapes.list(
      Shapes.object(
        ["from": Shapes.instant, "to": Shapes.instant, "reason": Shapes.text], required: ["from", "reason"]))
    let always = Schemas.headerMembers.merging([
      "people": people, "matter": named(.text, Bounds.matter), "summary": prose, "rules_on": Shapes.date,
      "times": Shapes.object(moments, required: []), "custody": custody, "decisions": decisions,
      "appraisals": spans, "extensions": extensions, "sessions_held": sessions, "calls_about_it": calls,
      "history": history,
    ])
    let sometimes = Schemas.headerOptions.merging([
      "place": named(.text, Bounds.place), "proposal": proposal, "agreement": agreement, "court": court,
    ])
    return Shapes.object(always.merging(sometimes), required: always.keys)
  }()

  private static let extensions = Shapes.list(
    Shapes.object(
      [
        "approval": Shapes.text, "asked": Shapes.instant, "granted": Shapes.instant,
        "reason": named(.text, Bounds.reason),
      ], required: ["approval", "asked", "reason"]))

  static let explanation: JSONValue = {
    let step = Shapes.object([
      "code": Shapes.text, "fields": Shapes.anyObject, "en": Shapes.text, "zh": Shapes.text,
    ])
    let limit = Shapes.object([
      "limit": Schemas.limit, "rule": Schemas.ruleReference, "term": ["type": ["string", "null"]],
      "start": Schemas.instantOrNull, "end": Schemas.instantOrNull, "done": Schemas.instantOrNull,
      "is_late": Shapes.flag, "provisional": Shapes.flag, "calendar_version": Shapes.text,
      "paused_days": Shapes.count, "rungs_fired": Shapes.list(Shapes.count), "steps_apply": Shapes.flag,
      "steps": Shapes.list(step),
    ])
    let time = Schemas.instantOrNull
    let custody = Shapes.object([
      "unit": Shapes.unit, "mode": Schemas.mode, "since": time, "until": time, "accepted_by": Schemas.by,
    ])
    let exclusion = Shapes.object(["code": Shapes.words(Exclusion.self), "rule": Schemas.ruleReference])
    let decision = Shapes.object([
      "at": time, "by": Schemas.by, "open": Shapes.flag, "exclusions": Shapes.list(exclusion),
    ])
    return Shapes.object([
      "id": Schemas.id, "rules_on": Shapes.date, "limits": Shapes.list(limit),
      "appraisals": Shapes.list(Shapes.object(["from": time, "to": time])), "custody": Shapes.list(custody),
      "decisions": Shapes.list(decision),
    ])
  }()
}
