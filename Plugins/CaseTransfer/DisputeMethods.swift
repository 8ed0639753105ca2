import StationKit

extension CaseTransfer {
  /// Disputes inside the bureau, and the way to another one.
  static func disputeMethods(_ policy: Policy) -> [Method] {
    let make = MethodMaker(policy)
    let brigade = "public-security-brigade"
    return [
      make.step(
        "dispute", Text("Dispute a case after having accepted it", zh: "接收后提出争议"), .dispute, by: [.owner],
        ["ground": Shapes.words(DisputeGround.self), "text": Schemas.prose],
        example: ["ground": "jurisdiction", "text": "It happened on the railway's ground"],
        result: Examples.header(
          .acceptedUnderDispute, version: 12, owner: brigade, more: ["next_duty": "adjudicate"]),
        change: Steps.dispute),
      make.step(
        "adjudicate",
        Text("Rule on a dispute: the case stays, or goes to the unit named", zh: "法制部门裁定争议"), .adjudicate,
        by: [.legal], ["to": Shapes.unit],
        optional: ["document": Schemas.document, "text": Schemas.prose],
        example: ["to": .string(brigade), "document": "清公法裁〔2026〕3号"],
        result: Examples.header(.adjudicated, version: 13, owner: brigade), change: Steps.adjudicate),
      make.step(
        "negotiate", Text("Open negotiations with another bureau", zh: "与外地公安机关协商管辖"), .negotiate,
        by: [.owner], ["bureau": Schemas.bureau], optional: ["text": Schemas.prose],
        example: ["bureau": "临海县公安局"],
        result: Examples.header(
          .negotiating, version: 4, more: ["bureau": "临海县公安局", "next_duty": "designate"]),
        change: Steps.negotiate),
      make.step(
        "designate",
        Text("Record whom the common superior designates", zh: "登记共同上级指定管辖决定"), Steps.chooseDesignate,
        by: [.owner, .legal], ["superior": Schemas.bureau, "number": Schemas.document],
        optional: ["bureau": Schemas.bureau, "keeps": Shapes.flag],
        example: ["superior": "台山市公安局", "number": "台公指〔2026〕7号", "bureau": "临海县公安局"],
        result: Examples.header(.designated, version: 5, more: ["bureau": "临海县公安局"]),
        change: Steps.designate),
      make.step(
        "jurisdiction.end",
        Text("The notice of designation is received: the jurisdiction ends", zh: "收到指定管辖决定书，管辖终止"),
        .endJurisdiction, by: [.owner, .legal], ["number": Schemas.document],
        optional: ["received_at": Shapes.instant], example: ["number": "台公指〔2026〕7号"],
        result: Examples.header(
          .jurisdictionEnded, version: 6, owner: "临海县公安局", more: ["bureau": "临海县公安局"]),
        change: Steps.endJurisdiction),
    ]
  }
}
