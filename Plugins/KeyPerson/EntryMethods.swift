import StationKit

extension KeyPerson {
  /// From a proposal to an active record, and on through reviews and renewals.
  static func entryMethods(_ rules: Rules) -> [Method] {
    let id = Schemas.recordID
    let task: JSONObject = ["task": Schemas.taskID]
    let asked: JSONObject = ["task": Schemas.taskID, "approval": Shapes.text(max: 64)]
    let renewal: JSONObject = [
      "id": id, "instrument": Schemas.instrument, "to": Shapes.date, "next_review": Shapes.date,
    ]
    return [
      step(
        "propose", Text("Propose to follow somebody up under a legal instrument", zh: "依法律文书提出关注登记"),
        proposal,
        required: [
          "category", "station", "owner", "purpose", "name", "instrument", "from", "to", "next_review",
        ],
        result: Schemas.header(task), example: Examples.proposal,
        answer: Examples.header(.proposed, ["task": Examples.task]), rules
      ) { try Proposing(work: $0, params: $1).run() },
      step(
        "verify_instrument",
        Text("Say that the instrument was seen; asks a second person", zh: "核验法律文书并申请审批"),
        ["id": id, "seen": Shapes.words(InstrumentSeen.self)], required: ["id", "seen"], positional: ["id"],
        result: Schemas.header(asked), example: ["id": Examples.id, "seen": "original"],
        answer: Examples.header(
          .instrumentVerified, ["task": Examples.task, "approval": Examples.approval]), rules
      ) { try Entering(work: $0, params: $1).verify() },
      step(
        "activate", Text("Enter what a second person has approved", zh: "经第二人批准后登记生效"), ["id": id],
        required: ["id"], positional: ["id"], result: Schemas.header(), example: ["id": Examples.id],
        answer: Examples.header(.active), rules
      ) { try Entering(work: $0, params: $1).activate() },
      step(
        "review",
        Text("Confirm that a follow-up is in force and needed, until the next review", zh: "复核：确认仍有效且必要"),
        ["id": id, "in_force": Shapes.flag, "needed": Shapes.flag, "next_review": Shapes.date],
        required: ["id", "in_force", "needed", "next_review"], positional: ["id"], result: Schemas.header(),
        example: ["id": Examples.id, "in_force": true, "needed": true, "next_review": "2026-06-26"],
        answer: Examples.header(.active), rules
      ) { try Reviewing(work: $0, params: $1).run() },
      step(
        "renew.request",
        Text("Ask a second person for a renewal under a further instrument", zh: "依新的法律文书申请延续"),
        renewal, required: renewal.keys, positional: ["id"], result: Schemas.header(asked),
        example: [
          "id": Examples.id,
          "instrument": [
            "authority": "Qingping County Court", "number": "(2026) civil order 18", "date": "2026-08-20",
          ], "to": "2026-12-31", "next_review": "2026-09-15",
        ],
        answer: Examples.header(.reviewDue, ["task": Examples.task, "approval": Examples.approval]), rules
      ) { try Renewing(work: $0, params: $1).request() },
      step(
        "renew",
        Text("Renew what a second person has approved, within the legal maximum", zh: "经批准后在法定期限内延续"),
        ["id": id], required: ["id"], positional: ["id"], result: Schemas.header(),
        example: ["id": Examples.id], answer: Examples.header(.renewed), rules
      ) { try Renewing(work: $0, params: $1).renew() },
    ]
  }

  private static let proposal: JSONObject = [
    "category": Schemas.category, "part": Schemas.part, "station": Shapes.unit, "owner": Shapes.unit,
    "purpose": Schemas.purpose, "name": Schemas.name, "id_number": Schemas.idNumber, "phone": Schemas.phone,
    "guardian": Schemas.guardian, "instrument": Schemas.instrument, "from": Shapes.date, "to": Shapes.date,
    "next_review": Shapes.date, "clean_since": Shapes.date, "consent": Schemas.document,
    "care_need": Schemas.careNeed,
  ]
}
