import StationKit

/// What a caller can see: their own requests, and those that they could decide.
extension Approval {
  static let get = Method(
    "get", Text("Read a request with what is to be approved", zh: "查看审批申请及内容"),
    params: Shapes.object(["id": Shapes.text]), positional: ["id"],
    result: [
      "type": "object", "properties": ["payload": ["x-personal": "text"], "note": ["x-personal": "text"]],
    ],
    permission: .role, disclosesPersonalData: true,
    examples: [
      Example(
        "By id", params: ["id": "0197a0c0-0000-7000-8000-000000000001"],
        result: ["state": "pending", "payload": [:]])
    ],
    handler: .read { params, context, tx in
      let record = try find(try params.string("id"), tx)
      try requireReach(record, context.principal)
      var object = record.body
      // For erasure only: where the module names its record, nobody else learns which.
      object["about"] = nil
      object["id"] = .string(record.id)
      object["version"] = .int(record.version)
      return .object(object)
    })

  static let list = Method(
    "list",
    Text(
      "List the requests that the caller can see, by state (else those that wait), without their content",
      zh: "按状态（默认待审批）列出可见的审批申请"),
    params: Shapes.object(
      [
        "state": ["type": "string", "enum": .array(states), "default": "pending"],
        "limit": ["type": "integer", "minimum": 1, "maximum": 500], "cursor": Shapes.text,
        "order": ["type": "string", "enum": ["asc", "desc"]],
      ], required: []),
    result: Shapes.object(
      ["items": ["type": "array", "items": headerSchema], "next": Shapes.text], required: ["items"]),
    permission: .role,
    examples: [
      Example("What waits", params: ["state": "pending"], result: ["items": [exampleHeader]])
    ],
    handler: .read { params, context, tx in
      let state = params["state"]?.stringValue ?? "pending"
      var query = Query("request", index: "by_state", equals: [.text(state)])
      query.takePage(params, size: 50)
      // What is out of reach leaves the page shorter.
      return .object(
        try tx.query(query).answer { record -> JSONValue? in
          guard reaches(record, context.principal) else { return .none }
          return shown(record)
        })
    })

  static func find(_ id: String, _ tx: any ReadTransaction) throws -> Record {
    guard let record = try tx.get("request", id) else {
      throw RPCError.notFound("approval request", id, pointer: "/id")
    }
    return record
  }

  /// Whether it is the caller's own, or for an action and a unit that the caller may decide on.
  private static func reaches(_ record: Record, _ principal: Principal) -> Bool {
    if record["requested_by"] == .string(principal.person) { return true }
    guard principal.mayApprove(record["action"]?.stringValue ?? "") else { return false }
    return record["unit"]?.stringValue.map { principal.mayReach($0) } ?? true
  }

  static func requireReach(_ record: Record, _ principal: Principal) throws(RPCError) {
    guard !reaches(record, principal) else { return }
    throw .denied(
      Text("Your roles decide neither on this action nor for this unit", zh: "您的角色无权审批此类事项或该单位事项"))
  }
}
