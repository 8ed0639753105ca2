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
      var units: [(place: Int, unit: Unit)] = []
      for (place, value) in (params["units"]?.arrayValue ?? []).enumerated() {
        guard let object = value.objectValue, let unit = Unit(object) else {
          throw RPCError.invalid(Text("Not a unit", zh: "不是有效的单位"), pointer: "/units/\(place)")
        }
        units.append((place, unit))
      }
      // Parents first; a bureau may stand nowhere in the file's order.
      units.sort { ($0.unit.kind.rank, $0.place) < ($1.unit.kind.rank, $1.place) }
      var outcome: [UnitStore.Outcome: Int] = [:]
      for (place, unit) in units {
        do {
          outcome[try store(unit, UnitStore(tx: tx)), default: 0] += 1
        } catch var error as RPCError {
          error.pointer = "/units/\(place)\(error.pointer ?? "")"
          throw error
        }
      }
      return [
        "created": .int(outcome[.created] ?? 0), "changed": .int(outcome[.changed] ?? 0),
        "unchanged": .int(outcome[.unchanged] ?? 0),
      ]
    })

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
