import StationKit

/// The spool's methods: those of the daemon's spooler, which no client can call, and those for people.
package enum SpoolMethods {
  package static func all(_ steps: StopSteps) -> [Method] {
    [status, waiting(steps.policy), prepared(steps.policy), sent, receive(steps), setAside(steps.policy)]
      + forPeople(steps.policy)
  }

  private static let digest = String(repeating: "0a", count: 32)
  private static let retriesAtOnce = 1000
  private static let example = "370202-BM-2026-000001"

  private static let status = Method(
    "spool.status", Text("Whether anything waits to be moved", zh: "是否有待处理的文件"), params: Shapes.nothing,
    result: Shapes.object(["outgoing": Shapes.count, "retries": Shapes.count]), permission: .modules,
    examples: [Example("One message", params: [:], result: ["outgoing": 1, "retries": 0])],
    handler: .read { _, _, tx in
      var outgoing = 0
      for state in [SpoolState.waiting, .prepared] {
        outgoing += try tx.count(Query("message", index: "by_state", equals: [.text(state.rawValue)]))
      }
      let retries = try tx.count(
        Query("spool_refusal", index: "by_state", equals: [.text(RefusalState.retry.rawValue)]))
      return ["outgoing": .int(outgoing), "retries": .int(retries)]
    })

  /// Prepared ones first: their files are made already, and `digest` says how. `text` is missing where the message is
  /// already prepared; it and `name` are where it will be dropped.
  private static func waiting(_ policy: Policy) -> Method {
    let message = Shapes.object(
      [
        "id": SpoolSchemas.messageID, "state": Shapes.words(SpoolState.self), "name": SpoolSchemas.name,
        "digest": SpoolSchemas.digest,
        "text": Shapes.personal(.text, max: 4_000_000),
      ], required: ["id", "state"])
    let file = Shapes.object(
      ["digest": SpoolSchemas.digest, "name": SpoolSchemas.name], required: ["digest"])
    return Method(
      "spool.waiting", Text("What is to be moved, with its content", zh: "待处理文件及内容"),
      params: Shapes.object(["limit": ["type": "integer", "minimum": 1, "maximum": 16]]),
      result: Shapes.object(["messages": Shapes.list(message), "retries": Shapes.list(file)]),
      permission: .modules, disclosesPersonalData: true,
      examples: [
        Example(
          "One message", params: ["limit": 16],
          result: [
            "messages": [
              [
                "id": .string(example), "state": "waiting",
                "name": "camt.056.001.08_370202-BM-2026-000001.xml",
                "text": "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n…",
              ]
            ], "retries": [],
          ])
      ],
      handler: .read { params, context, tx in
        let limit = try params.int("limit")
        var messages: [JSONValue] = []
        for state in [SpoolState.prepared, .waiting] {
          let query = Query("message", index: "by_state", equals: [.text(state.rawValue)], limit: limit)
          for record in try tx.query(query).records where messages.count < limit {
            messages.append(try item(record, policy, context, tx))
          }
        }
        // Without content they are small; and those that have to wait longer must not hide the others.
        let query = Query(
          "spool_refusal", index: "by_state", equals: [.text(RefusalState.retry.rawValue)],
          limit: retriesAtOnce)
        let retries = try tx.query(query).records.map { record -> JSONValue in
          var file: JSONObject = ["digest": record["digest"] ?? .string(record.id)]
          if let name = record["name"] { file["name"] = name }
          return .object(file)
        }
        return ["messages": .array(messages), "retries": .array(retries)]
      })
  }

  private static func item(
    _ record: Record, _ policy: Policy, _ context: CallContext, _ tx: any ReadTransaction
  ) throws -> JSONValue {
    var item: JSONObject = ["id": .string(record.id), "state": record["state"] ?? .null]
    guard let message = SpoolMessage(record.body) else { throw RPCError(.internalError) }
    if message.state == .prepared {
      item["name"] = .string(message.file ?? "")
      if let digest = message.digest { item["digest"] = .string(digest) }
      return .object(item)
    }
    do {
      let draft = try SpoolDraft(record.id, message, policy, tx)
      item["text"] = .string(try draft.file(zone: context.zone))
      item["name"] = .string(draft.name)
    } catch is SpoolReason {}
    return .object(item)
  }

  /// A message whose stop no longer asks is dropped here: its file has not left.
  private static func prepared(_ policy: Policy) -> Method {
    Method(
      "spool.prepared", Text("The file of a message is complete and on the disk", zh: "报文文件已写入磁盘"),
      params: Shapes.object(
        ["id": SpoolSchemas.messageID, "digest": SpoolSchemas.digest, "name": SpoolSchemas.name],
        required: ["id"]),
      positional: ["id"], result: header, permission: .modules,
      examples: [
        Example(
          "A file",
          params: [
            "id": .string(example), "digest": .string(digest),
            "name": "camt.056.001.08_370202-BM-2026-000001.xml",
          ],
          result: ["id": .string(example), "state": "prepared"])
      ],
      handler: .write { params, context, tx in
        try change(params, tx) { id, message in
          if message.state == .prepared { return }
          do {
            _ = try SpoolDraft(id, message, policy, tx).file(zone: context.zone)
          } catch let reason as SpoolReason {
            message.state = try SpoolLife.message.next(message.state, .drop)
            message.reason = reason
            return try Spool.tellDropped(id, message, policy, tx)
          }
          message.state = try SpoolLife.message.next(message.state, .prepare)
          message.digest = try params.string("digest")
          message.file = try params.string("name")
          message.prepared = context.now
        }
      })
  }

  private static let sent = Method(
    "spool.sent", Text("The file of a message is in the outgoing folder", zh: "报文文件已移入发送目录"),
    params: Shapes.object(["id": SpoolSchemas.messageID]), positional: ["id"], result: header,
    permission: .modules,
    examples: [
      Example("A file", params: ["id": .string(example)], result: ["id": .string(example), "state": "sent"])
    ],
    handler: .write { params, context, tx in
      try change(params, tx) { _, message in
        message.state = try SpoolLife.message.next(message.state, .send)
        if message.sent == nil { message.sent = context.now }
      }
    })

  private static func receive(_ steps: StopSteps) -> Method {
    let receiver = SpoolReceiver(steps: steps)
    return Method(
      "spool.receive", Text("A file of a bank", zh: "受理银行文件"),
      params: Shapes.object(
        [
          "name": SpoolSchemas.name, "digest": SpoolSchemas.digest,
          "text": ["type": "string", "maxLength": 262_144],
        ]),
      result: received, permission: .modules,
      examples: [
        Example(
          "Cut short",
          params: ["name": "camt.029_7.xml", "digest": .string(digest), "text": "<Document"],
          result: ["outcome": "refused", "reason": SpoolReason.truncated.shown])
      ],
      handler: .write { try receiver.receive($0, $1, $2) })
  }

  /// For what the spooler refuses by itself, and for what the stop refused.
  private static func setAside(_ policy: Policy) -> Method {
    Method(
      "spool.set_aside", Text("A file is set aside", zh: "搁置文件"),
      params: Shapes.object(
        [
          "name": SpoolSchemas.name, "digest": SpoolSchemas.digest, "reason": SpoolSchemas.reasonCode,
          "rule": Shapes.text(max: 64),
        ], required: ["digest", "reason"]),
      result: received, permission: .modules,
      examples: [
        Example(
          "A folder", params: ["name": "new", "digest": .string(digest), "reason": "not_regular"],
          result: ["outcome": "refused", "reason": SpoolReason.notRegular.shown])
      ],
      handler: .write { params, context, tx in
        let reason = SpoolReason(rawValue: try params.string("reason")) ?? .notApplied
        return try SpoolRefusals(desk: policy.desk).refuse(
          reason, rule: params["rule"]?.stringValue, params, context, tx)
      })
  }

  private static let header = Shapes.object([
    "id": SpoolSchemas.messageID, "state": Shapes.words(SpoolState.self),
  ])
  private static let received = Shapes.object(
    ["outcome": Shapes.words(SpoolReceiver.Outcome.self), "reason": SpoolSchemas.reason],
    required: ["outcome"])

  private static func change(
    _ params: Params, _ tx: any Transaction, _ body: (String, inout SpoolMessage) throws -> Void
  ) throws -> JSONValue {
    let id = try params.string("id")
    let (record, stored) = try tx.find("message", id, pointer: "/id", as: SpoolMessage.init)
    var message = stored
    let before = message
    try body(id, &message)
    if message != before { _ = try tx.put("message", id, version: record.version, message.body) }
    return ["id": .string(id), "state": .string(message.state.rawValue)]
  }
}
