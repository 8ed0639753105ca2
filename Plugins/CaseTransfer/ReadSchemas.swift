import StationKit

/// The schemas of what the read methods answer.
enum ReadSchemas {
  static func list(_ item: JSONValue, _ more: JSONObject = [:], required: [String]? = nil) -> JSONValue {
    var members: JSONObject = ["items": Shapes.list(item), "next": Shapes.cursor]
    members.merge(more)
    return Shapes.object(members, required: ["items"] + (required ?? more.keys))
  }

  private static let record = Shapes.object([
    "collection": Schemas.short, "id": Schemas.recordID, "version": Shapes.version,
  ])

  static let whole: JSONValue = {
    var members = Schemas.headerMembers
    let more: JSONObject = [
      "rules_on": Shapes.date, "opened_by": Schemas.short, "owned_since": Shapes.instant,
      "summary": Schemas.prose, "reporter": Schemas.reporter, "persons": Schemas.persons,
      "corrections": Shapes.list(Schemas.correction), "facts": UrgentFacts.schema,
      "support_request": Schemas.recordID,
      "jurisdiction": Shapes.words(Jurisdiction.self),
      "duties": Shapes.list(Shapes.object(Duty.shownMembers, required: Duty.shownRequired)),
      "approval": Shapes.object(
        [
          "id": Schemas.recordID, "requested_at": Shapes.instant, "approved_at": Shapes.instant,
          "approved_by": Schemas.short,
        ], required: ["id", "requested_at"]),
      "notice": Shapes.object(["number": Schemas.document, "issued_at": Shapes.instant]),
      "signed": Shapes.object([
        "round": Shapes.version, "side": Shapes.words(TransferCase.Side.self), "at": Shapes.instant,
      ]),
      "told_at": Shapes.instant, "steps_after_notice": Shapes.count, "steps": Shapes.count,
      "items": Shapes.list(item), "disputes": Shapes.list(dispute),
      "discrepancies": Shapes.list(discrepancy),
    ]
    members.merge(more)
    return Shapes.object(
      members,
      required: Schemas.headerRequired + [
        "rules_on", "opened_by", "owned_since", "summary", "duties", "steps", "items", "disputes",
        "discrepancies",
      ])
  }()

  private static let item = Shapes.object(
    [
      "item": Schemas.item, "kind": Shapes.words(ItemKind.self), "quantity": Schemas.quantity,
      "condition": Schemas.condition, "sha256": Schemas.digest, "holder": StoredSchemas.holder,
      "held": Shapes.flag, "links": Shapes.version, "description": Schemas.prose,
    ], required: ["item", "kind", "quantity", "condition", "holder", "held", "links", "description"])

  private static let dispute = Shapes.object(
    [
      "number": Shapes.version, "leg": Shapes.version, "ground": Shapes.words(DisputeGround.self),
      "result": Shapes.words(DisputeResult.self), "by": Schemas.short, "unit": Shapes.unit,
      "decided_by": Schemas.short, "document": Schemas.document, "text": Schemas.prose,
      "ruling": Schemas.prose, "opened_at": Shapes.instant, "due": Shapes.instant,
      "decided_at": Shapes.instant,
    ], required: ["number", "leg", "ground", "result", "by", "opened_at", "due"])

  private static let discrepancy = Shapes.object([
    "leg": Shapes.version, "round": Shapes.version, "item": Schemas.item,
    "code": Shapes.words(Difference.self), "blocks": Shapes.flag, "registered": Schemas.quantity,
    "giving": Schemas.quantity, "receiving": Schemas.quantity, "at": Shapes.instant,
  ])

  static let step: JSONValue = {
    var members: JSONObject = [
      "number": Shapes.version, "at": Shapes.instant, "action": Schemas.action, "by": Schemas.short,
      "from": Schemas.state, "to": Schemas.state, "unit": Shapes.unit, "text": Schemas.prose,
    ]
    let required = members.keys.filter { $0 != "text" }
    members.merge(StoredSchemas.stepDetails)
    return Shapes.object(members, required: required)
  }()

  static let ownership = list(
    Shapes.object([
      "number": Shapes.version, "owner": Schemas.bureau, "outside": Shapes.flag, "from": Shapes.instant,
      "until": Schemas.instantOrNull, "action": Schemas.action, "by": Schemas.short, "record": record,
    ]), ["owner_at": Schemas.bureau], required: [])

  static let custody: JSONValue = {
    var members = StoredSchemas.custodyMembers
    members["record"] = record
    return list(
      Shapes.object(members, required: StoredSchemas.custodyRequired + ["record"]),
      [
        "id": Schemas.caseID, "item": Schemas.item, "item_id": Schemas.recordID, "links": Shapes.version,
        "held": Shapes.flag,
      ])
  }()

  static let explanation: JSONValue = {
    let step = Shapes.object([
      "code": ["type": "string", "format": "code"],
      "fields": ["type": "object", "additionalProperties": Shapes.text], "en": Shapes.text,
      "zh": Shapes.text,
    ])
    var duty = Duty.shownMembers
    let more: JSONObject = [
      "term": Schemas.short, "calendar_version": Shapes.text, "steps_apply": Shapes.flag,
      "steps": Shapes.list(step),
    ]
    duty.merge(more)
    return Shapes.object([
      "id": Schemas.caseID, "rules_on": Shapes.date,
      "duties": Shapes.list(Shapes.object(duty, required: Duty.shownRequired + more.keys)),
    ])
  }()

  static let figures: JSONValue = {
    var group = Figures.members
    group["key"] = Shapes.word(max: Limits.short)
    return Shapes.object(
      [
        "from": Shapes.date, "to": Shapes.date, "rule": Schemas.ruleReference,
        "method": ["type": "string", "enum": ["nearest_rank"]], "by": Shapes.words(FiguresQuery.Group.self),
        "total": Shapes.object(Figures.members),
        "groups": Shapes.list(Shapes.object(group)),
      ], required: ["from", "to", "rule", "method"])
  }()
}
