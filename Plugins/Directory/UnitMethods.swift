import StationKit

/// `directory.unit.*`.
enum UnitMethods {
  private static let name: JSONValue = ["en": "Riverside Station", "zh": "滨河派出所"]
  private static let example: JSONValue = [
    "id": "st-01", "kind": "station", "name": name, "active": true, "parent": "bureau", "version": 1,
  ]

  /// Of a station that the organisation of the examples has not.
  private static let added: JSONValue = [
    "id": "st-13", "kind": "station", "name": name, "active": true, "parent": "bureau", "version": 1,
  ]

  static let get = Method(
    "unit.get", Text("Show a unit", zh: "查看单位"),
    params: Schemas.object(["id": Schemas.id], required: ["id"]), positional: ["id"],
    result: Schemas.unit, permission: .role, isSteady: true,
    examples: [Example("A station", params: ["id": "st-01"], result: example)],
    handler: .read { params, _, tx in
      let id = try params.string("id")
      guard let record = try tx.get("unit", id) else { throw RPCError.notFound("unit", id, pointer: "/id") }
      return answer(record)
    })

  static let list = Method(
    "unit.list", Text("List units", zh: "列出单位"),
    params: Schemas.object([
      "kind": Schemas.kind, "parent": Schemas.id, "active": Shapes.flag,
      "order": ["type": "string", "enum": ["asc", "desc"]],
      "limit": ["type": "integer", "minimum": 1, "maximum": 500],
      "cursor": ["type": "string", "maxLength": 512],
    ]),
    result: Schemas.object(
      ["items": Shapes.list(Schemas.unit), "next": ["type": "string"]], required: ["items"]),
    permission: .role,
    examples: [
      Example("All stations", params: ["kind": "station"], result: ["items": [example]])
    ],
    handler: .read { params, _, tx in
      var query = Query("unit")
      query.takePage(params, size: 100)
      let kind = params["kind"]?.stringValue
      if let parent = params["parent"]?.stringValue {
        query.index = "by_parent"
        query.equals = [.text(parent)]
        if let kind { query.equals.append(.text(kind)) }
      } else if let kind {
        query.index = "by_kind"
        query.equals = [.text(kind)]
      }
      let active = params["active"]?.boolValue
      // A filter on `active` can leave a page short; `next` alone says whether there is more.
      return .object(
        try tx.query(query).answer { record -> JSONValue? in
          guard active == nil || record["active"]?.boolValue == active else { return .none }
          return answer(record)
        })
    })

  static let put = Method(
    "unit.put",
    Text(
      "Create a unit, or with `version` change it (which brings a retired one back)",
      zh: "建立单位；带 version 时变更单位（已撤销的恢复）"),
    params: Schemas.object(
      {
        var members = Schemas.settable
        members["version"] = Shapes.version
        return members
      }(), required: ["id", "kind", "name"]),
    result: Schemas.unit, permission: .role,
    examples: [
      Example(
        "A new station", params: ["id": "st-13", "kind": "station", "name": name, "parent": "bureau"],
        result: added)
    ],
    handler: .write { params, context, tx in
      guard let unit = Unit(params.object) else {
        throw RPCError.invalid(Text("Not a unit", zh: "不是有效的单位"), pointer: "")
      }
      try context.principal.require(unit.id, unit.parent)
      let store = UnitStore(tx: tx)
      guard let version = params["version"]?.intValue else { return answer(try store.create(unit)) }
      guard let old = try tx.get("unit", unit.id).flatMap({ Unit($0.body) }) else {
        throw RPCError.notFound("unit", unit.id, pointer: "/id")
      }
      try context.principal.require(old.id, old.parent)
      return answer(try store.change(unit, version: version, replacing: old))
    })

  static let retire = Method(
    "unit.retire", Text("Take a unit out of use; what refers to it stays", zh: "撤销单位（历史数据保留）"),
    params: Schemas.object(["id": Schemas.id, "version": Shapes.version], required: ["id", "version"]),
    result: Schemas.unit, permission: .role,
    examples: [
      Example(
        "A station that closed", params: ["id": "st-13", "version": 1],
        result: [
          "id": "st-13", "kind": "station", "name": name, "active": false, "parent": "bureau", "version": 2,
        ])
    ],
    handler: .write { params, context, tx in
      let id = try params.string("id")
      let (record, unit) = try tx.find("unit", id, pointer: "/id", as: { Unit($0) })
      try context.principal.require(unit.id, unit.parent)
      return answer(try UnitStore(tx: tx).retire(record, version: try params.int("version"), unit))
    })

  static func answer(_ record: Record) -> JSONValue {
    var unit = record.body
    unit["version"] = .int(record.version)
    return .object(unit)
  }
}
