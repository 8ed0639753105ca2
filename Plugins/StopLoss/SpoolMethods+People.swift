import StationKit

extension SpoolMethods {
  static func forPeople(_ policy: Policy) -> [Method] { [list(policy), retry(policy)] }

  private static let digest = String(repeating: "0a", count: 32)

  /// Messages in one state, or files that were set aside. A station sees the messages of its own stops; files
  /// that were set aside belong to nobody yet, and are the desk's.
  private static func list(_ policy: Policy) -> Method {
    Method(
      "spool.list", Text("Messages to banks, and bank files that were set aside", zh: "银行报文及被搁置文件清单"),
      params: Shapes.object(
        [
          "state": SpoolSchemas.listState, "station": Shapes.unit, "order": Shapes.order,
          "limit": Shapes.limit,
          "cursor": Shapes.cursor,
        ], required: ["state"]), positional: ["state"],
      result: Shapes.object(
        ["items": Shapes.list(SpoolSchemas.item), "next": Shapes.cursor], required: ["items"]),
      permission: .role,
      examples: [
        Example(
          "Set aside", params: ["state": "set_aside"],
          result: [
            "items": [
              [
                "id": .string(digest), "version": 1, "state": "set_aside", "name": "camt.029_7.xml",
                "reason": SpoolReason.truncated.shown, "at": "2026-11-22T09:50:35.000+08:00", "times": 1,
              ]
            ]
          ])
      ],
      handler: .read { params, context, tx in
        let state = try params.string("state")
        let isMessage = SpoolState(rawValue: state) != nil
        var query = Query(isMessage ? "message" : "spool_refusal", index: "by_state", equals: [.text(state)])
        if let station = params["station"]?.stringValue {
          guard isMessage else {
            throw RPCError.invalid(
              Text("Files that were set aside belong to no station", zh: "被搁置文件不属于任何派出所"), pointer: "/station"
            )
          }
          try context.principal.require(station, policy.desk)
          query.index = "by_station"
          query.equals = [.text(station), .text(state)]
        } else {
          try context.principal.require(policy.desk)
        }
        query.takePage(params, size: 100)
        let page = try tx.query(query).answer { record in
          isMessage
            ? SpoolMessage(record.body)?.shown(id: record.id, version: record.version, zone: context.zone)
            : SpoolRefusal(record.body)?.shown(id: record.id, version: record.version, zone: context.zone)
        }
        return .object(page)
      })
  }

  private static func retry(_ policy: Policy) -> Method {
    Method(
      "spool.retry", Text("Have a file that was set aside tried again", zh: "重试被搁置文件"),
      params: Shapes.object(["id": SpoolSchemas.fileID, "version": Shapes.version], required: ["id"]),
      positional: ["id"],
      result: Shapes.object([
        "id": SpoolSchemas.fileID, "version": Shapes.version, "state": Shapes.words(RefusalState.self),
      ]), permission: .role,
      examples: [
        Example(
          "A file", params: ["id": .string(digest), "version": 1],
          result: ["id": .string(digest), "version": 2, "state": "retry"])
      ],
      handler: .write { params, context, tx in
        try context.principal.require(policy.desk)
        let id = try params.string("id")
        let (record, stored) = try tx.find("spool_refusal", id, pointer: "/id", as: SpoolRefusal.init)
        var refusal = stored
        try record.requireVersion(params["version"])
        refusal.state = try SpoolLife.refusal.next(refusal.state, .retry)
        guard refusal.name != nil else {
          // Its name was not kept, so that it cannot be found again: it has to come anew, under another.
          throw RPCError.refused(
            rule: Spool.naming,
            Text(
              "The file has a name that is not kept: leave it again under another", zh: "该文件名未保存：请改名后重新放入"),
            pointer: "/id")
        }
        let changed = try tx.put("spool_refusal", id, version: record.version, refusal.body)
        try tx.emit("spool_retry", ["file": .string(id)])
        return [
          "id": .string(id), "version": .int(changed.version), "state": .string(refusal.state.rawValue),
        ]
      })
  }
}
