import StationKit

extension CaseTransfer {
  /// Evidence: entered, moved, and counted by both sides.
  static func evidenceMethods(_ policy: Policy) -> [Method] {
    let make = MethodMaker(policy)
    let counting = Counting(policy: policy)
    let officers: JSONObject = ["handler": Schemas.officer, "custodian": Schemas.officer]
    return [
      make.step(
        "evidence.add", Text("Enter an item of evidence", zh: "登记证据物品"), .addEvidence, by: [.owner],
        [
          "kind": Shapes.words(ItemKind.self), "description": Schemas.prose, "quantity": Schemas.quantity,
          "condition": Schemas.condition, "handler": Schemas.officer, "custodian": Schemas.officer,
        ], optional: ["sha256": Schemas.digest], extra: ["item": Schemas.item],
        example: [
          "kind": "digital", "description": "Recording of the camera at the entrance", "quantity": 1,
          "condition": "intact", "sha256": .string(Examples.digest), "handler": "officer-0211",
          "custodian": "keeper-02",
        ], result: Examples.header(.received, version: 2, more: ["item": 1]), change: Steps.addEvidence),
      Method(
        "evidence.move", Text("Add a link to an item's chain of custody", zh: "证据流转登记"),
        params: MethodMaker.params(
          [
            "item": Schemas.item,
            "link": ["type": "string", "enum": .array(LinkKind.moves.map { .string($0.rawValue) })],
          ],
          {
            var optional = officers
            optional["condition"] = Schemas.condition
            optional["quantity"] = Schemas.quantity
            optional["sha256"] = Schemas.digest
            optional["document"] = Schemas.document
            optional["text"] = Schemas.prose
            return optional
          }()), positional: ["id"],
        result: Schemas.answer(["item": Schemas.item, "link": Schemas.recordID]), permission: .role,
        examples: [
          Example(
            "To the keeper of the county store",
            params: Examples.step(["item": 1, "link": "moved", "custodian": "keeper-09"]),
            result: Examples.header(
              .received, version: 3, more: ["item": 1, "link": "CT-2026-000001.i1.l2"]))
        ],
        handler: .write { params, context, tx in
          // The unit that lost the case cannot hand its evidence out any more: the legal department does.
          let isHandOut = params["link"]?.stringValue == LinkKind.handedOut.rawValue
          return try make.steps.run(
            Steps.chooseMove, by: [isHandOut ? .legal : .owner], params, context, tx,
            change: Steps.moveEvidence)
        }),
      Method(
        "count",
        Text("Sign one side's count of the evidence; the other side signs its own", zh: "清点证据并签字（双方各签一次）"),
        params: MethodMaker.params(
          [
            "side": Shapes.words(TransferCase.Side.self),
            "items": Shapes.list(StoredSchemas.counted, max: Limits.items),
          ], ["note": Schemas.prose]), positional: ["id", "side"],
        result: Schemas.answer(countAnswer), permission: .role,
        examples: [
          Example(
            "The second signature, and both agree",
            params: Examples.step([
              "side": "receiving",
              "items": [
                [
                  "item": 1, "quantity": 1, "condition": "intact", "sha256": .string(Examples.digest),
                ]
              ],
            ]),
            result: Examples.header(
              .counted, version: 10,
              more: [
                "round": 1, "result": "clean", "record": "CT-2026-000001.r1.receiving", "differences": [],
              ]))
        ],
        handler: .write { try counting.run($0, $1, $2) }),
    ]
  }

  private static let countAnswer: JSONObject = [
    "round": Shapes.version, "result": Shapes.words(CountResult.self), "record": Schemas.recordID,
    "differences": Shapes.list(
      Shapes.object(["item": Schemas.item, "codes": StoredSchemas.differences])),
  ]
}
