import StationKit

extension CaseTransfer {
  /// The methods that change nothing.
  static func readMethods(_ policy: Policy) -> [Method] {
    let reads = Reads(policy: policy)
    let lists = ListQuery(policy: policy)
    let figures = FiguresQuery(policy: policy)
    return [
      Method(
        "get", Text("Show one case, with personal data", zh: "查看案件（含个人信息）"),
        params: Shapes.object(["id": Schemas.caseID]), positional: ["id"], result: ReadSchemas.whole,
        permission: .role, disclosesPersonalData: true,
        examples: [Example("A case", params: ["id": Examples.id], result: Examples.get)],
        handler: .read { try reads.get($0, $1, $2) }),
      Method(
        "history", Text("The steps of a case, with what was said of them", zh: "查看办理过程（含个人信息）"),
        params: paged(["id": Schemas.caseID]), positional: ["id"],
        result: ReadSchemas.list(ReadSchemas.step), permission: .role, disclosesPersonalData: true,
        examples: [Example("A case", params: ["id": Examples.id], result: Examples.history)],
        handler: .read { try reads.history($0, $1, $2) }),
      Method(
        "list", Text("List cases, in the order of their receipt", zh: "列出移交案件"),
        params: paged(
          [:],
          [
            "unit": Shapes.unit, "receiver": Shapes.unit, "origin": Shapes.unit, "state": Schemas.state,
            "kind": Schemas.kind, "urgent": Shapes.flag,
          ]),
        result: ReadSchemas.list(Schemas.header), permission: .role,
        examples: [
          Example(
            "What is on its way to a unit", params: ["receiver": "public-security-brigade"],
            result: ["items": [Examples.header(.sent, version: 8)]])
        ],
        handler: .read { try lists.run($0, $1, $2) }),
      Method(
        "ownership", Text("Who owned a case from when to when", zh: "查询责任单位台账"),
        params: paged(["id": Schemas.caseID], ["at": Shapes.instant]), positional: ["id", "at"],
        result: ReadSchemas.ownership, permission: .role,
        examples: [
          Example(
            "Who owned it at ten",
            params: ["id": Examples.id, "at": "2026-03-02T10:00:00+08:00"], result: Examples.ownership)
        ],
        handler: .read { try reads.ownership($0, $1, $2) }),
      Method(
        "custody",
        Text("An item's chain of custody, each link with its record", zh: "导出证据保管链"),
        params: paged(["id": Schemas.caseID, "item": Schemas.item]), positional: ["id", "item"],
        result: ReadSchemas.custody, permission: .role,
        examples: [Example("An item", params: ["id": Examples.id, "item": 1], result: Examples.custody)],
        handler: .read { try reads.custody($0, $1, $2) }),
      Method(
        "explain", Text("How the ends of a case's duties came about", zh: "说明时限计算过程"),
        params: Shapes.object(["id": Schemas.caseID]), positional: ["id"], result: ReadSchemas.explanation,
        permission: .role,
        examples: [Example("A case", params: ["id": Examples.id], result: Examples.explain)],
        handler: .read { try reads.explain($0, $1, $2) }),
      Method(
        "figures",
        Text("Transfers within the limit, disputes and their length, discrepancies", zh: "统计：按时率、争议时长、清点差异"),
        params: Shapes.object(
          [
            "from": Shapes.date, "to": Shapes.date, "by": Shapes.words(FiguresQuery.Group.self),
            "sender": Shapes.unit, "receiver": Shapes.unit, "kind": Schemas.kind,
            "target": ["type": "integer", "minimum": 0, "maximum": 100],
          ], required: []),
        result: ReadSchemas.figures, permission: .role,
        examples: [
          Example("A month", params: ["from": "2026-03-01", "to": "2026-03-31"], result: Examples.figures)
        ],
        handler: .read { try figures.run($0, $1, $2) }),
    ]
  }

  private static func paged(_ required: JSONObject, _ optional: JSONObject = [:]) -> JSONValue {
    var members = required
    members.merge(optional)
    members["limit"] = ["type": "integer", "minimum": 1, "maximum": .int(Limits.page)]
    members["cursor"] = Shapes.cursor
    members["order"] = Shapes.order
    return Shapes.object(members, required: required.keys)
  }
}
