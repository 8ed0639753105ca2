import StationKit
import StationStore

/// `personal.*`: erasing one subject of one module, by two persons. Nothing here lists subjects.
enum PersonalModule {
  static let module = Module(
    name: "personal", title: Text("Personal data", zh: "个人信息"), version: "1.0",
    words: OwnWords.personal, methods: [request, erase],
    calls: ["approval.request", "approval.consume", "approval.forget"])

  private static let action = "personal.erase"
  /// How long an approval may take.
  private static let hours = 72
  private static let names: JSONObject = ["module": Shapes.text(max: 40), "subject": Shapes.text(max: 128)]

  private static let request = Method(
    "request_erasure",
    Text("Ask a second person to approve that a subject is erased", zh: "申请由第二人批准删除某一主体的记录"),
    params: Shapes.object(names), positional: ["module", "subject"],
    result: Shapes.object(["approval": Shapes.text, "expires_at": Shapes.instant]), permission: .role,
    disclosesPersonalData: true,
    examples: [
      Example(
        "Of a request", params: ["module": "support", "subject": "SR-2026-000001"],
        result: [
          "approval": "0197a0c0-0000-7000-8000-000000000001", "expires_at": "2026-11-25T09:50:35.123+08:00",
        ])
    ],
    handler: .write { params, _, tx in
      let subject = JSONValue.string(try requireSubject(params, tx))
      let made = try tx.call(
        "approval.request",
        [
          "action": .string(action), "subject": subject, "payload": .object(params.object),
          "hours": .int(hours), "about": subject,
        ])
      return ["approval": made["id"] ?? .null, "expires_at": made["expires_at"] ?? .null]
    })

  private static let erase = Method(
    "erase",
    Text(
      "Erase a subject's records of one module, once another person has approved it",
      zh: "经他人批准后，删除某一主体在指定模块中的记录"),
    params: Shapes.object(names.adding("approval", Shapes.text(max: 64))),
    positional: ["module", "subject", "approval"], result: Shapes.object(["erased": Shapes.count]),
    permission: .role, disclosesPersonalData: true,
    examples: [
      Example(
        "With its approval",
        params: [
          "module": "support", "subject": "SR-2026-000001",
          "approval": "0197a0c0-0000-7000-8000-000000000001",
        ], result: ["erased": 1])
    ],
    handler: .write { params, _, tx in
      let subject = try requireSubject(params, tx)
      var payload = params.object
      payload["approval"] = nil
      _ = try tx.call(
        "approval.consume",
        [
          "id": .string(try params.string("approval")), "action": .string(action),
          "subject": .string(subject), "payload": .object(payload),
        ])
      let module = try params.string("module")
      let erased = try tx.erase(subject: subject, ofModule: module)
      // What somebody was shown of it, to approve something else.
      let forgotten = try forget(subject, of: module, tx)
      // And what was written to the requests for this, which say nothing else; who approved is in the log.
      _ = try forget(subject, of: "personal", tx)
      return ["erased": .int(erased + forgotten)]
    })

  private static func forget(_ subject: String, of module: String, _ tx: any Transaction) throws -> Int {
    try tx.call("approval.forget", ["module": .string(module), "about": .string(subject)])["erased"]?.intValue
      ?? 0
  }

  /// - Throws: `not_found` where the module has nothing of the subject: erasing it would only seem to have helped.
  private static func requireSubject(_ params: Params, _ tx: any Transaction) throws -> String {
    try requireModule(params, tx)
    let subject = try params.string("subject")
    guard try tx.keeps(subject: subject, ofModule: try params.string("module")) else {
      throw RPCError.notFound("subject", subject, pointer: "/subject")
    }
    return subject
  }

  private static func requireModule(_ params: Params, _ tx: any Transaction) throws {
    let name = try params.string("module")
    guard tx.keepsPersonalData(module: name) else {
      throw RPCError.invalid(
        Text("No module '\(name)' keeps personal data", zh: "没有保存个人信息的模块“\(name)”"), pointer: "/module")
    }
    guard !tx.erasesByItself(module: name) else {
      throw RPCError(
        .wrongState,
        Text(
          "The module erases by itself, once all is done that comes before: \(name).erase",
          zh: "该模块须通过 \(name).erase 删除，并先完成规定步骤"), pointer: "/module")
    }
  }
}

extension JSONObject {
  fileprivate func adding(_ name: String, _ value: JSONValue) -> JSONObject {
    var object = self
    object[name] = value
    return object
  }
}
