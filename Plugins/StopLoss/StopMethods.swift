import StationKit

extension StopLoss {
  /// One method for each step that a caller takes.
  static func stopMethods(_ steps: StopSteps) -> [Method] {
    let policy = steps.policy
    let held: JSONValue = Schemas.amount
    let number = Shapes.personal(.number, max: 64)
    let months = Schemas.months
    return [
      Method(
        "stop.request",
        Text(
          "Ask the bank to stop payment on an account; for what is traced to it, or the amount named",
          zh: "请求紧急止付（默认为追踪金额，可指定金额）"),
        params: Shapes.object(
          [
            "report": Schemas.reportID, "account": Schemas.id, "amount": Schemas.amount, "bank": Schemas.bank,
            "holder": Shapes.personal(.name, max: 128),
          ], required: ["report", "account"]),
        positional: ["report", "account"], result: Stop.headerSchema, permission: .role,
        examples: [
          Example(
            "All that is traced to it", params: ["report": Examples.reportID, "account": Examples.accountID],
            result: Examples.stop(.stopRequested, version: 1))
        ],
        handler: .write { params, context, tx in
          try TextScreen.check(params.object)
          return try steps.request(params, context, tx)
        }),
      step(
        "stop.record", Text("Record the bank's answer to a stop by hand", zh: "登记银行止付结果"),
        [
          "result": [
            "type": "string",
            "enum": .array([StopState.stopped, .refusedMismatch, .noAnswer].map { .string($0.rawValue) }),
          ], "at": Shapes.instant, "held": held, "mismatch": Schemas.mismatch, "reference": Schemas.reference,
        ], required: ["result"],
        example: ["result": "stopped", "at": "2026-03-02T09:25:00+08:00", "held": 5_000_000],
        Examples.stop(.stopped, version: 2)
      ) { try steps.record($0, $1, $2) },
      step(
        "freeze.request",
        Text("Ask the county chief's approval for a freeze, by a second person", zh: "申请冻结（报县级以上公安机关负责人批准）"),
        [
          "name": Shapes.personal(.name, max: 128), "account": number, "amount": Schemas.amount,
          "kind": Shapes.words(Freeze.Kind.self), "months": months,
          "scope": Shapes.words(Freeze.Scope.self), "interest": Shapes.flag,
          "city_approval": Schemas.document,
        ], required: ["name", "account", "amount", "kind", "scope", "interest"],
        example: [
          "name": "李四", "account": "6222020000000000018", "amount": 5_000_000, "kind": "ordinary",
          "scope": "amount", "interest": true,
        ], Examples.stop(.freezeRequested, version: 3)
      ) { try steps.run(.requestFreeze, $0, $1, $2, change: StopSteps.requestFreeze(policy)) },
      step(
        "freeze.order", Text("Take the chief's approval; the order goes to the bank", zh: "批准后出具协助冻结财产通知书"),
        [:],
        example: [:], Examples.stop(.freezeRequested, version: 4)
      ) { try steps.run(.orderFreeze, $0, $1, $2, change: StopSteps.orderFreeze) },
      step(
        "freeze.record",
        Text(
          "Record what the bank made of the order: frozen, queued behind another freeze, refused",
          zh: "登记银行冻结结果"),
        [
          "result": ["type": "string", "enum": ["frozen", "queued", "refused"]], "at": Shapes.instant,
          "amount": Schemas.amount, "reference": Schemas.reference,
        ], required: ["result"], example: ["result": "frozen", "at": "2026-03-03T10:00:00+08:00"],
        Examples.stop(.frozen, version: 5)
      ) { try steps.recordFreeze($0, $1, $2) },
      step(
        "renew.request", Text("Ask approval to renew a freeze before it ends", zh: "申请续冻"),
        ["months": months, "city_approval": Schemas.document], example: ["months": 6],
        Examples.stop(.frozen, version: 6)
      ) { try steps.run(.requestRenewal, $0, $1, $2, change: StopSteps.requestRenewal(policy)) },
      step(
        "renew.order",
        Text("Take the chief's approval of a renewal; the order goes to the bank", zh: "批准后出具继续冻结通知"),
        [:], example: [:], Examples.stop(.frozen, version: 7)
      ) { try steps.run(.orderRenewal, $0, $1, $2, change: StopSteps.orderRenewal) },
      step(
        "renew.record",
        Text(
          "Record that the bank renewed; takes the approval where no order has",
          zh: "登记银行已续冻（尚未出具继续冻结通知的，一并使用批准结果）"),
        ["at": Shapes.instant, "reference": Schemas.reference], example: ["at": "2026-08-20T10:00:00+08:00"],
        Examples.stop(.renewed, version: 7)
      ) { try steps.run(.recordRenewal, $0, $1, $2, change: steps.recordRenewal()) },
      step(
        "unrelated",
        Text(
          "It is known that the money has nothing to do with the case: it is to be released within days",
          zh: "查明与案件无关，须限期解除"),
        ["found_at": Shapes.instant], example: [:], Examples.stop(.frozen, version: 6)
      ) { try steps.run(.findUnrelated, $0, $1, $2, change: steps.findUnrelated()) },
      step(
        "release", Text("Let the money go", zh: "解除止付或冻结"),
        ["reason": Shapes.words(ReleaseReason.self), "at": Shapes.instant, "document": Schemas.document],
        required: ["reason"], example: ["reason": "wrong_account"], Examples.stop(.released, version: 7)
      ) { try steps.run(.release, $0, $1, $2, change: steps.release()) },
      step(
        "return.decide",
        Text(
          "Decide who gets how much of the frozen money back: all whose money is traced to the account, or these with others who paid into it",
          zh: "作出返还决定（按比例；资金可追踪至本账户的不得遗漏）"),
        ["reports": Shapes.list(Schemas.reportID, max: Limits.payersPerReturn)], example: [:],
        Examples.stop(.returnDecided, version: 6)
      ) { try steps.run(.decideReturn, $0, $1, $2, change: StopSteps.decideReturn) },
      step(
        "return.approve",
        Text(
          "Approve a return as the second officer; a shared one is put on notice", zh: "第二名民警复核返还（按比例的予以公告）"),
        [:],
        example: [:], Examples.stop(.notice, version: 7)
      ) { try steps.run(StopSteps.approval, $0, $1, $2, change: steps.approveReturn()) },
      step(
        "return.withdraw",
        Text(
          "Take a return decision back before it is with the bank, or once the freeze has ended", zh: "撤回返还决定"
        ),
        [:], example: [:], Examples.stop(.frozen, version: 8)
      ) { try steps.run(.withdrawReturn, $0, $1, $2, change: StopSteps.withdrawReturn) },
      step(
        "return.execute", Text("Send an approved return to the bank, once its notice is over", zh: "通知银行返还"),
        [:],
        example: [:], Examples.stop(.notice, version: 8)
      ) { try steps.run(.orderReturn, $0, $1, $2, change: steps.orderReturn()) },
      step(
        "return.record",
        Text("Record that the bank has finished; what remains stays frozen", zh: "登记返还完成（余额继续冻结）"),
        ["at": Shapes.instant, "reference": Schemas.reference], example: [:],
        Examples.stop(.executed, version: 9)
      ) { try steps.run(StopSteps.execution, $0, $1, $2, change: steps.recordReturn()) },
    ]
  }

  private static func step(
    _ name: String, _ summary: Text, _ members: JSONObject, required: [String] = [], example: JSONObject,
    _ result: JSONValue,
    run: @escaping @Sendable (Params, CallContext, any Transaction) throws -> JSONValue
  ) -> Method {
    var all: JSONObject = ["id": Schemas.id]
    all.merge(members)
    all["version"] = Shapes.version
    var params = example
    params["id"] = .string(Examples.stopKey)
    return Method(
      name, summary, params: Shapes.object(all, required: ["id"] + required), positional: ["id"],
      result: Stop.headerSchema, permission: .role,
      examples: [Example(summary.en, params: .object(params), result: result)],
      handler: .write { params, context, tx in
        try TextScreen.check(params.object)
        return try run(params, context, tx)
      })
  }
}
