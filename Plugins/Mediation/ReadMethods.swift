import StationKit

extension Mediation {
  /// The methods that change nothing.
  static func readMethods(_ rules: Rules) -> [Method] {
    let reads = Reads(rules: rules)
    let explanation = Explanation(rules: rules)
    let list = ListQuery()
    let find = FindQuery(rules: rules)
    let repeats = RepeatsQuery(rules: rules)
    let figures = FiguresQuery(rules: rules)
    let id = Shapes.object(["id": Schemas.id])
    let items = Shapes.object(
      ["items": Shapes.list(Schemas.header), "next": Shapes.cursor], required: ["items"])
    let period: JSONObject = ["from": Shapes.date, "to": Shapes.date, "owner": Shapes.unit]
    let page: JSONObject = ["limit": Shapes.limit, "cursor": Shapes.cursor, "order": Shapes.order]
    return [
      Method(
        "get", Text("Show one dispute, with personal data", zh: "查看纠纷（含个人信息）"), params: id,
        positional: ["id"], result: Whole.schema, permission: .role, disclosesPersonalData: true,
        examples: [Example("A dispute", params: ["id": Examples.id], result: Examples.whole)],
        handler: .read { try reads.get($0, $1, $2) }),
      Method(
        "find",
        Text("Find a person's disputes by exact ID number, or by name and phone", zh: "按公民身份号码或姓名电话查询纠纷"),
        params: Shapes.object(
          [
            "id_number": Party.members["id_number"] ?? [:], "name": Schemas.name,
            "phone": Party.members["phone"] ?? [:], "limit": Shapes.limit,
          ], required: []),
        result: Shapes.object(["items": Shapes.list(Schemas.header)]), permission: .role,
        disclosesPersonalData: true,
        examples: [
          Example(
            "By ID number", params: ["id_number": "110101199003070011"],
            result: ["items": [Examples.header(.consent, 3)]])
        ], handler: .read { try find.run($0, $1, $2) }),
      Method(
        "list", Text("List disputes, what is due next first", zh: "列出纠纷（先到期在前）"),
        params: Shapes.object(
          page.merging([
            "owner": Shapes.unit, "state": Schemas.state, "kind": Schemas.kind, "open": Shapes.flag,
            "overdue": Shapes.flag, "proposed_to": Shapes.unit,
          ]), required: []),
        result: items, permission: .role,
        examples: [
          Example(
            "A station's", params: ["owner": "st-02"],
            result: ["items": [Examples.header(.consent, 3)]]),
          Example(
            "What a unit is asked to take over", params: ["proposed_to": "st-03"],
            result: ["items": [Examples.proposed]]),
        ], handler: .read { try list.run($0, $1, $2) }),
      Method(
        "explain", Text("How a dispute's limits came about, and who owned it when", zh: "说明期限计算与承办过程"),
        params: id, positional: ["id"], result: Whole.explanation, permission: .role,
        examples: [Example("A dispute", params: ["id": Examples.id], result: Examples.explanation)],
        handler: .read { try explanation.run($0, $1, $2) }),
      Method(
        "repeats", Text("Disputes with repeated calls in a period, by dispute", zh: "重复警情（按纠纷统计）"),
        params: Shapes.object(
          page.merging(period).merging(["at_least": ["type": "integer", "minimum": 1]]), required: []),
        result: Shapes.object(
          [
            "from": Shapes.date, "to": Shapes.date, "items": Shapes.list(RepeatsQuery.item),
            "next": Shapes.cursor,
          ], required: ["from", "to", "items"]),
        permission: .role,
        examples: [
          Example(
            "A month", params: ["from": "2026-03-01", "to": "2026-03-31"],
            result: ["from": "2026-03-01", "to": "2026-03-31", "items": [Examples.repeated]])
        ], handler: .read { try repeats.run($0, $1, $2) }),
      Method(
        "figures",
        Text("Success, withdrawals, return visits and repeats of a period", zh: "统计：调解成功率、撤回、回访、重复警情"),
        params: Shapes.object(
          period.merging([
            "by": Shapes.words(FiguresQuery.Group.self), "kind": Schemas.kind, "mode": Schemas.mode,
          ]), required: []),
        result: FiguresQuery.result, permission: .role,
        examples: [
          Example(
            "A month", params: ["from": "2026-03-01", "to": "2026-03-31"],
            result: ["from": "2026-03-01", "to": "2026-03-31"])
        ], handler: .read { try figures.run($0, $1, $2) }),
    ]
  }
}
