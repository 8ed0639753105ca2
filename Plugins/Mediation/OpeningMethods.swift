import StationKit

extension Mediation {
  /// From registration to everybody's consent.
  static func openingMethods(_ rules: Rules) -> [Method] {
    let steps = Steps(rules: rules)
    let person = Party.members
    let role: JSONObject = ["role": Schemas.role, "for": Schemas.personID, "authority": Schemas.reason]
    let header = Examples.header
    return [
      register(rules),
      step(
        "call.record",
        Text("Record another call about the same dispute, whoever takes it", zh: "登记同一纠纷的再次报警"),
        [
          "unit": Shapes.unit, "at": Shapes.instant, "summary": Schemas.prose, "place": Schemas.place,
          "violence_risk": Shapes.flag,
        ], required: ["unit"], example: ["unit": "st-02", "violence_risk": true],
        result: header(.consent, 4), steps.recordCall),
      step(
        "accept", Text("Accept a dispute for mediation; the first session is due", zh: "受理纠纷（起算首次调解期限）"),
        ["at": Shapes.instant], result: header(.eligibility, 2), steps.accept),
      step(
        "party.add", Text("Add a party, a guardian or a proxy", zh: "添加当事人、监护人或代理人"),
        person.merging(role), required: ["role", "name"],
        example: ["role": "proxy", "for": Examples.person(1), "name": "Li Si"], result: header(.consent, 4),
        answer: Schemas.matched, steps.addPerson),
      step(
        "party.update", Text("Add what became known of a person", zh: "补充当事人信息"),
        person.merging(["person": Schemas.personID, "authority": Schemas.reason]), required: ["person"],
        example: ["person": Examples.person(2), "birth": "1990-05-01"], result: header(.consent, 4),
        answer: Schemas.matched, steps.updatePerson),
      step(
        "correct", Text("Correct what is kept about a person; both versions stay", zh: "更正当事人信息（保留前后内容）"),
        Party.correctable.merging(["person": Schemas.personID, "document": Schemas.document]),
        required: ["person", "document"],
        example: [
          "person": Examples.person(2), "phone": "13900000000", "document": "request of 3 March 2026",
        ], result: header(.consent, 4), answer: Schemas.matched, steps.correctPerson),
      step(
        "eligibility", Text("Decide whether it is open to mediation, and say why", zh: "决定是否适用调解并说明理由"),
        ["open": Shapes.flag, "exclusions": Schemas.exclusions, "reason": Schemas.reason],
        required: ["open", "reason"], example: ["open": true, "reason": "Neighbours, slight injury"],
        result: header(.consent, 3), steps.eligibility),
      step(
        "consent", Text("Record whether a party is willing", zh: "记录当事人是否自愿调解"),
        ["person": Schemas.personID, "agrees": Shapes.flag, "reason": Schemas.reason],
        required: ["person", "agrees"], example: ["person": Examples.person(1), "agrees": true],
        result: header(.consent, 4), steps.consent),
    ]
  }

  private static func register(_ rules: Rules) -> Method {
    let registration = Registration(rules: rules)
    let party = Shapes.object(
      Party.members.merging(["role": Schemas.oneOf(Role.parties)]), required: ["role", "name"])
    let more: JSONObject = ["folded": Shapes.flag, "similar": Shapes.list(Schemas.id)]
    let result = Schemas.headerMembers.merging(more)
    var example = Examples.header(.registered, 1).objectValue ?? [:]
    example["folded"] = false
    example["similar"] = []
    return Method(
      "register", Text("Take a dispute: the first receiver owns it", zh: "登记纠纷（首接负责）"),
      params: Shapes.object(
        [
          "station": Shapes.unit, "kind": Schemas.kind, "mode": Schemas.mode,
          "matter": Shapes.text(max: Bounds.matter), "summary": Schemas.prose, "place": Schemas.place,
          "parties": ["type": "array", "items": party, "minItems": 1, "maxItems": .int(Bounds.people)],
          "violence_risk": Shapes.flag, "at": Shapes.instant, "repeat_of": Schemas.id,
        ], required: ["station", "kind", "matter", "summary", "parties"]),
      result: Shapes.object(result.merging(Schemas.headerOptions), required: result.keys),
      permission: .role,
      examples: [
        Example(
          "Two neighbours",
          params: [
            "station": "st-02", "kind": "neighbours", "matter": "boundary wall",
            "summary": "A quarrel over a wall ended in a push",
            "parties": [
              ["role": "injured", "name": "Zhang San", "id_number": "110101199003070011"],
              ["role": "offender", "name": "Wang Wu", "phone": "13800000000"],
            ],
          ], result: .object(example))
      ],
      handler: .write { try registration.run($0, $1, $2) })
  }
}
