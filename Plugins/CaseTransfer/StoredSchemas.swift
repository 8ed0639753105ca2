import StationKit

/// The schemas of stored bodies.
enum StoredSchemas {
  private static let time = Shapes.milliseconds
  private static let person = Schemas.short

  static let transferCase: JSONValue = {
    let members: JSONObject = [
      "kind": Schemas.kind, "unclear": Shapes.flag, "urgent": Shapes.flag, "state": Schemas.state,
      "unit": Shapes.unit, "owner": Schemas.bureau, "origin": Shapes.unit, "sender": Shapes.unit,
      "receiver": Shapes.unit, "incoming": Shapes.unit, "leg_open": Shapes.flag, "ruled": Shapes.flag,
      "leg": Shapes.count, "jurisdiction": Shapes.words(Jurisdiction.self), "bureau": Schemas.bureau,
      "rules_on": Shapes.date, "received": time, "opened_by": person, "owned_since": time, "clock_from": time,
      "last": time,
      "duties": Shapes.list(Duty.storedSchema, max: DutyName.allCases.count),
      "approval": Shapes.object(
        ["id": Schemas.recordID, "requested": time, "approved": time, "by": person],
        required: ["id", "requested"]),
      "notice": Shapes.object(["number": Schemas.document, "at": time]),
      "round": Shapes.object([
        "number": Shapes.version, "side": Shapes.words(TransferCase.Side.self), "by": person, "at": time,
        "record": Schemas.recordID,
      ]),
      "numbers": Shapes.object([
        "rounds": Shapes.count, "items": Shapes.count, "steps": Shapes.count, "intervals": Shapes.count,
        "disputes": Shapes.count,
      ]),
      "told": time, "found": time, "designated": time, "steps_after_notice": Shapes.count,
      "facts": UrgentFacts.schema,
      "support": Schemas.recordID, "summary": Schemas.prose, "reporter": Schemas.reporter,
      "persons": Schemas.persons,
      "corrections": Shapes.list(Schemas.correction, max: (Limits.persons + 1) * Limits.corrections),
      "ended_at": Shapes.instant,
    ]
    return Shapes.object(
      members,
      required: [
        "kind", "state", "unit", "owner", "origin", "rules_on", "received", "opened_by", "owned_since",
        "clock_from", "last", "leg", "numbers", "duties", "summary",
      ])
  }()

  /// Members of a step that its action may add; no personal data.
  static let stepDetails: JSONObject = [
    "code": Shapes.word(max: Limits.short), "receiver": Shapes.unit, "bureau": Schemas.bureau,
    "superior": Schemas.bureau, "item": Schemas.item, "round": Shapes.version, "document": Schemas.document,
    "approval": Schemas.recordID, "support": Schemas.recordID, "record": Schemas.recordID,
    "effective": Shapes.instant,
  ]

  static let step: JSONValue = {
    var members: JSONObject = [
      "case": Schemas.caseID, "number": Shapes.version, "at": Shapes.instant, "time": time,
      "action": Schemas.action, "by": person, "from": Schemas.state, "to": Schemas.state,
      "unit": Shapes.unit, "text": Schemas.prose, "ended_at": Shapes.instant,
    ]
    members.merge(stepDetails)
    return Shapes.object(
      members, required: ["case", "number", "at", "time", "action", "by", "from", "to", "unit"])
  }()

  static let holder = Shapes.object([
    "unit": Shapes.unit, "handler": Schemas.officer, "custodian": Schemas.officer,
  ])

  static let item = Shapes.object(
    [
      "case": Schemas.caseID, "number": Schemas.item, "at": Shapes.instant,
      "kind": Shapes.words(ItemKind.self), "quantity": Schemas.quantity, "condition": Schemas.condition,
      "sha256": Schemas.digest, "holder": holder, "links": Shapes.version, "held": Shapes.flag,
      "description": Schemas.prose, "ended_at": Shapes.instant,
    ],
    required: [
      "case", "number", "at", "kind", "quantity", "condition", "holder", "links", "held", "description",
    ])

  static let counted = Shapes.object(
    [
      "item": Schemas.item, "quantity": Schemas.quantity, "condition": Schemas.condition,
      "sha256": Schemas.digest,
    ], required: ["item", "quantity", "condition"])

  static let signature = Shapes.object(
    [
      "case": Schemas.caseID, "leg": Shapes.version, "round": Shapes.version,
      "side": Shapes.words(TransferCase.Side.self), "at": Shapes.instant, "time": time, "by": person,
      "unit": Shapes.unit, "items": Shapes.list(counted, max: Limits.items), "note": Schemas.prose,
      "result": Shapes.words(CountResult.self), "sender": Shapes.unit, "receiver": Shapes.unit,
      "kind": Schemas.kind, "ended_at": Shapes.instant,
    ],
    required: [
      "case", "leg", "round", "side", "at", "time", "by", "unit", "items", "result", "sender", "receiver",
      "kind",
    ])

  static let dispute = Shapes.object(
    [
      "case": Schemas.caseID, "leg": Shapes.version, "number": Shapes.version, "at": Shapes.instant,
      "opened": time, "due": time, "decided": time, "ground": Shapes.words(DisputeGround.self),
      "result": Shapes.words(DisputeResult.self), "unit": Shapes.unit, "by": person, "decided_by": person,
      "document": Schemas.document, "sender": Shapes.unit, "receiver": Shapes.unit, "kind": Schemas.kind,
      "text": Schemas.prose, "ruling": Schemas.prose, "ended_at": Shapes.instant,
    ],
    required: [
      "case", "leg", "number", "at", "opened", "due", "ground", "result", "by", "sender", "receiver", "kind",
    ])

  static let ownership = Shapes.object(
    [
      "case": Schemas.caseID, "number": Shapes.version, "owner": Schemas.bureau, "outside": Shapes.flag,
      "from": time, "until": time, "action": Schemas.action, "by": person,
    ], required: ["case", "number", "owner", "outside", "from", "action", "by"])

  private static let side = Shapes.object(
    [
      "by": person, "at": Shapes.instant, "quantity": Schemas.quantity, "condition": Schemas.condition,
      "sha256": Schemas.digest, "record": Schemas.recordID,
    ], required: ["by", "at", "quantity", "condition", "record"])

  static let custodyMembers: JSONObject = [
    "number": Shapes.version, "at": Shapes.instant, "link": Shapes.words(LinkKind.self), "by": person,
    "quantity": Schemas.quantity, "condition": Schemas.condition, "sha256": Schemas.digest,
    "from": holder, "to": holder, "bureau": Schemas.bureau, "previous": Schemas.recordID,
    "was": Shapes.object(["quantity": Schemas.quantity, "sha256": Schemas.digest], required: ["quantity"]),
    "round": Shapes.version, "giving": side, "receiving": side, "differences": differences,
    "document": Schemas.document,
  ]
  static let custodyRequired = ["number", "at", "link", "by", "quantity", "condition"]
  static let differences = Shapes.list(Shapes.words(Difference.self), max: Difference.allCases.count)

  static let custody: JSONValue = {
    var members = custodyMembers
    members["case"] = Schemas.caseID
    members["item"] = Schemas.item
    members["item_id"] = Schemas.recordID
    return Shapes.object(members, required: ["case", "item", "item_id"] + custodyRequired)
  }()

  static let leg = Shapes.object(
    [
      "case": Schemas.caseID, "number": Shapes.version, "started": time, "due": time, "sent": time,
      "accepted": time, "dropped": time, "sender": Shapes.unit, "receiver": Shapes.unit,
      "kind": Schemas.kind, "urgent": Shapes.flag,
    ], required: ["case", "number", "started", "due", "sender", "receiver", "kind", "urgent"])

  static let discrepancy = Shapes.object(
    [
      "case": Schemas.caseID, "leg": Shapes.version, "round": Shapes.version, "item": Schemas.item,
      "time": time, "code": Shapes.words(Difference.self), "blocks": Shapes.flag,
      "registered": Schemas.quantity, "giving": Schemas.quantity, "receiving": Schemas.quantity,
      "sender": Shapes.unit, "receiver": Shapes.unit, "kind": Schemas.kind,
    ],
    required: [
      "case", "leg", "round", "item", "time", "code", "blocks", "registered", "giving", "receiving",
      "sender", "receiver", "kind",
    ])
}
