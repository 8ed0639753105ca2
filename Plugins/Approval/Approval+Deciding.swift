import StationKit

/// `approval.approve` and `approval.reject`.
extension Approval {
  static func decide(_ name: String, _ state: String) -> Method {
    Method(
      name,
      name == "approve"
        ? Text("Approve what another person asked for", zh: "批准") : Text("Reject it", zh: "驳回"),
      params: Shapes.object(
        [
          "id": Shapes.text, "version": ["type": "integer", "minimum": 1],
          "note": Shapes.text(max: 500),
        ], required: ["id", "version"]),
      positional: ["id", "version"], result: headerSchema, permission: .role,
      examples: [
        Example(
          "As a second person", params: ["id": "0197a0c0-0000-7000-8000-000000000001", "version": 1],
          result: exampleDecided(state))
      ],
      handler: .write { params, context, tx in
        let id = try params.string("id")
        let record = try find(id, tx)
        try requireReach(record, context.principal)
        try requirePending(record, context)
        try requireSecondPerson(record, context.principal)
        try screen(note: params["note"])
        var body = record.body
        body["state"] = .string(state)
        body["decided_by"] = .string(context.principal.person)
        body["decided_at"] = context.now.text(context.zone)
        if let note = params["note"] { body["note"] = note }
        let changed = try tx.put("request", id, version: try params.int("version"), body)
        if state == "rejected" { try tx.cancel("expiry", subject: id) }
        try announce("decided", changed, tx)
        return shown(changed)
      })
  }

  private static func requirePending(_ record: Record, _ context: CallContext) throws {
    guard record["state"] == "pending" else {
      throw RPCError.wrongState(record["state"]?.stringValue ?? "", allowed: ["pending"])
    }
    try requireCurrent(record, context)
  }

  private static func requireSecondPerson(_ record: Record, _ principal: Principal) throws(RPCError) {
    let excluded = (record["not_by"]?.arrayValue ?? []) + [record["requested_by"] ?? .null]
    guard !excluded.compactMap(\.stringValue).contains(where: principal.isSame) else {
      throw .refused(
        rule: secondPerson,
        Text("Who asks does not decide, nor whom the request excludes", zh: "申请人及申请所列回避人员不得审批"),
        pointer: "/id")
    }
  }

  /// A note outlives what it is about, unless the request is erased with that.
  private static func screen(note: JSONValue?) throws(RPCError) {
    guard let finding = note?.stringValue.flatMap(FreeText.finding) else { return }
    throw .refused(
      rule: noteText,
      Text("A note must not hold \(finding.name.en)", zh: "审批意见中不得包含\(finding.name.zh)"), pointer: "/note")
  }

  /// The deadline that marks it expired may not have fired yet.
  static func requireCurrent(_ record: Record, _ context: CallContext) throws {
    let expires = record["expires_at"]?.stringValue.flatMap { Instant(rfc3339: $0) }
    guard let expires, context.now < expires else { throw RPCError(.expired) }
  }
}
