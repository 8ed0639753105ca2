import StationKit

/// `directory.import`: a whole organisation in one call.
enum ImportMethod {
  private static let counts: JSONValue = ["type": "integer", "minimum": 0]

  static let method = Method(
    "import",
    Text(
      "Import an organisation: create what is missing, change what differs, leave retired units alone",
      zh: "导入组织机构：补建缺失、更新差异，已撤销的不变"),
    params: Schemas.object(
      [
        "units": [
          "type": "array", "minItems": 1, "maxItems": 1000,
          "items": Schemas.object(Schemas.settable, required: ["id", "kind", "name"]),
        ]
      ], required: ["units"]),
    result: Schemas.object(
      ["created": counts, "changed": counts, "unchanged": counts],
      required: ["created", "changed", "unchanged"]),
    permission: .role,
    examples: [
      Example(
        "A bureau",
        params: ["units": [["id": "bureau", "kind": "bureau", "name": ["en": "Bureau", "zh": "县公安局"]]]],
        result: ["created": 1, "changed": 0, "unchanged": 0])
    ],
    handler: .write { params, context, tx in
      guard context.principal.scope == .all else {
        throw RPCError.denied(Text("An import reaches all units", zh: "导入涉及全部单位"))
      }
      var outcome: [UnitStore.Outcome: Int] = [:]
      try forEachUnit(params.object) { outcome[try store($0, UnitStore(tx: tx)), default: 0] += 1 }
      return [
        "created": .int(outcome[.created] ?? 0), "changed": .int(outcome[.changed] ?? 0),
        "unchanged": .int(outcome[.unchanged] ?? 0),
      ]
    })

  /// Runs the rules of an import over units that are nowhere but here.
  static func rehearse(_ params: JSONObject) throws {
    var units: [String: Unit] = [:]
    try forEachUnit(params) { unit in
      let there = units
      let rules = UnitRules(
        find: { there[$0] },
        zones: { bureau in there.values.filter { $0.kind == .zone && $0.parent == bureau } })
      try rules.check(unit, replacing: there[unit.id])
      units[unit.id] = unit
      for part in unit.standardParts { units[part.id] = part }
    }
  }

  /// Parents first: a bureau may stand anywhere in the file's order. An error's pointer begins at the params.
  private static func forEachUnit(_ params: JSONObject, _ body: (Unit) throws -> Void) throws {
    var units: [(place: Int, unit: Unit)] = []
    var ids: Set<String> = []
    for (place, value) in (params["units"]?.arrayValue ?? []).enumerated() {
      guard let object = value.objectValue, let unit = Unit(object) else {
        throw RPCError.invalid(Text("Not a unit", zh: "不是有效的单位"), pointer: "/units/\(place)")
      }
      guard ids.insert(unit.id).inserted else {
        throw RPCError.invalid(
          Text("'\(unit.id)' is there twice", zh: "“\(unit.id)”重复"), pointer: "/units/\(place)/id")
      }
      units.append((place, unit))
    }
    units.sort { ($0.unit.kind.rank, $0.place) < ($1.unit.kind.rank, $1.place) }
    for (place, unit) in units {
      do {
        try body(unit)
      } catch var error as RPCError {
        error.pointer = "/units/\(place)\(error.pointer ?? "")"
        throw error
      }
    }
  }

  private static func store(_ unit: Unit, _ store: UnitStore) throws -> UnitStore.Outcome {
    guard let record = try store.tx.get("unit", unit.id), let old = Unit(record.body) else {
      _ = try store.create(unit)
      return .created
    }
    guard old.active, old != unit else { return .unchanged }
    _ = try store.change(unit, version: record.version, replacing: old)
    return .changed
  }
}
