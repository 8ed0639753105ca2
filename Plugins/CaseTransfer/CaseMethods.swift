import StationKit

extension CaseTransfer {
  /// From the receipt to the acceptance.
  static func caseMethods(_ policy: Policy) -> [Method] {
    let make = MethodMaker(policy)
    let prose: JSONObject = ["text": Schemas.prose]
    let approval: JSONObject = ["approval": Schemas.recordID]
    return [
      receive(policy),
      make.step(
        "urgent_step", Text("Record what was done at once", zh: "记录先行紧急处置"), .urgentStep, by: [.owner],
        ["measure": Shapes.words(UrgentMeasure.self)], optional: prose,
        example: ["measure": "medical_aid", "text": "Both injured brought to hospital"],
        result: Examples.header(.received, version: 2), change: Steps.urgentStep),
      make.step(
        "screen", Text("Say whose case it is", zh: "审查确定管辖"), .screen, by: [.owner],
        ["jurisdiction": Shapes.words(Jurisdiction.self)],
        optional: ["to": Shapes.unit, "facts": UrgentFacts.schema, "text": Schemas.prose],
        example: ["jurisdiction": "other", "to": "public-security-brigade"],
        result: Examples.header(.screened, version: 3), change: Steps.screen),
      make.step(
        "reclassify", Text("An administrative case is a crime: transfer it at once", zh: "转为刑事案件并立即移交"),
        .reclassify, by: [.owner], optional: ["to": Shapes.unit, "text": Schemas.prose],
        example: ["text": "The injury is a minor injury, second degree"],
        result: Examples.header(.screened, version: 4, kind: .criminal), change: Steps.reclassify),
      make.step(
        "approval.request", Text("Ask the chief to approve the transfer", zh: "申请负责人批准移送"),
        Papers.chooseRequest, by: [.owner, .sender], extra: approval,
        result: Examples.header(
          .approval, version: 5, kind: .criminal,
          more: ["approval": "0197a0c0-0000-7000-8000-000000000001"]), change: Papers.ask),
      make.step(
        "approval.approve", Text("Take the chief's approval into the case", zh: "录入负责人批准结果"),
        Papers.chooseApprove, by: [.owner, .sender],
        result: Examples.header(.approval, version: 6, kind: .criminal), change: Papers.approve),
      make.step(
        "notice.issue", Text("Issue the notice of transfer", zh: "制作移送案件通知书"), Papers.chooseNotice,
        by: [.owner, .sender], ["number": Schemas.document], example: ["number": "清公移字〔2026〕12号"],
        result: Examples.header(.noticeIssued, version: 7, kind: .criminal), change: Papers.issue),
      make.step(
        "send", Text("Send the case with its evidence", zh: "移送案件及证据"), .send, by: [.owner],
        result: Examples.header(.sent, version: 8), change: Steps.send),
      make.step(
        "accept", Text("Take the case over; the receiver owns it from now on", zh: "接收案件，责任单位变更"),
        Steps.chooseAccept, by: [.receiver],
        optional: ["handler": Schemas.officer, "custodian": Schemas.officer],
        example: ["handler": "officer-0503", "custodian": "keeper-05"],
        result: Examples.header(.accepted, version: 11, owner: "public-security-brigade"),
        change: Steps.accept),
      make.step(
        "reporter.tell", Text("Record that the reporter was told", zh: "告知报案人"), .tellReporter,
        by: [.owner, .sender], ["way": Shapes.words(TellWay.self)], optional: prose,
        example: ["way": "phone"],
        result: Examples.header(.sent, version: 9), change: Steps.tell),
      make.step(
        "correct",
        Text(
          "Correct what is kept about the reporter or a person; both versions stay",
          zh: "更正报案人或涉案人员信息（保留前后内容）"),
        .correct, by: [.owner], ["document": Schemas.document], optional: Schemas.correctable,
        example: ["phone": "13900005678", "document": "request of 3 March 2026"],
        result: Examples.header(.sent, version: 9), change: Steps.correct),
      make.step(
        "trouble",
        Text("Trouble with the transfer: asks the legal department for support", zh: "移交受阻，报请法制部门协调"),
        .trouble, by: [.owner, .sender, .receiver, .legal], ["code": Shapes.words(TroubleCode.self)],
        optional: [
          "urgency": ["type": "string", "enum": ["immediate", "urgent", "routine"]], "text": Schemas.prose,
        ], extra: ["support_request": Schemas.recordID], always: [], example: ["code": "receiver_absent"],
        result: Examples.header(.sent, version: 9, more: ["support_request": "SR-2026-000001"]),
        change: Trouble.run),
    ]
  }

  private static func receive(_ policy: Policy) -> Method {
    let receiving = Receiving(policy: policy)
    return Method(
      "receive",
      Text(
        "Receive a case: the unit owns it until another has accepted it", zh: "首接受理案件（首接负责）"),
      params: Shapes.object(
        [
          "unit": Shapes.unit, "kind": Shapes.words(StatedKind.self), "summary": Schemas.prose,
          "reporter": Schemas.reporter, "persons": Schemas.persons, "facts": UrgentFacts.schema,
          "support_request": Schemas.recordID,
        ], required: ["unit", "kind", "summary"]),
      result: Schemas.header, permission: .role,
      examples: [
        Example(
          "Unclear whether it is a crime: administrative first",
          params: [
            "unit": "st-02", "kind": "unclear", "summary": "A brawl in a restaurant, two slightly injured",
            "reporter": ["name": "王小明", "phone": "13800005678"],
          ],
          result: Examples.header(
            .received, version: 1, more: ["unclear": true, "next_duty": "screen"]))
      ],
      handler: .write { try receiving.run($0, $1, $2) })
  }
}
