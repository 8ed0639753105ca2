import StationKit

/// Reads and writes units through a transaction.
struct UnitStore {
  let tx: any Transaction

  /// What a write did. The raw values are members of an import's result.
  enum Outcome: String { case created, changed, unchanged }

  var rules: UnitRules {
    UnitRules(
      find: { id in try tx.get("unit", id).flatMap { Unit($0.body) } },
      zones: { bureau in
        try UnitStore.children(of: bureau, kind: .zone, in: tx).filter(\.active)
      })
  }

  static func children(of parent: String, kind: UnitKind? = nil, in tx: any ReadTransaction) throws -> [Unit]
  {
    var equals: [IndexValue] = [.text(parent)]
    if let kind { equals.append(.text(kind.rawValue)) }
    let query = Query("unit", index: "by_parent", equals: equals, limit: 1000)
    return try tx.all(query).compactMap { Unit($0.body) }
  }

  /// Stores a unit that is new, with a station's teams and room.
  func create(_ unit: Unit) throws -> Record {
    try rules.check(unit, replacing: nil)
    let record = try tx.create("unit", id: unit.id, unit.body)
    try emit(unit)
    for part in unit.standardParts {
      _ = try tx.create("unit", id: part.id, part.body)
      try emit(part)
    }
    return record
  }

  /// Replaces a unit; a station that is brought back brings its teams and room with it.
  func change(_ unit: Unit, version: Int, replacing old: Unit) throws -> Record {
    try rules.check(unit, replacing: old)
    let record = try tx.put("unit", unit.id, version: version, unit.body)
    try emit(unit)
    if unit.kind == .station, !old.active { try setParts(of: unit.id, active: true) }
    return record
  }

  /// Takes a unit out of use; a station's teams and room go with it.
  func retire(_ record: Record, version: Int, _ unit: Unit) throws -> Record {
    if unit.kind == .team || unit.kind == .room {
      throw RPCError.refused(
        rule: DirectoryRules.parts, Text("Retire the station instead", zh: "请撤销其派出所"), pointer: "/id")
    }
    for child in try UnitStore.children(of: unit.id, in: tx) where child.active {
      guard unit.kind == .station else {
        throw RPCError.refused(
          rule: DirectoryRules.children,
          Text("'\(child.id)' still stands under it", zh: "“\(child.id)”仍隶属于该单位"), pointer: "/id")
      }
    }
    if let bureau = unit.parent, unit.kind == .station || unit.kind == .department {
      for zone in try rules.zones(bureau) where zone.stations.contains(unit.id) || zone.branch == unit.id {
        throw RPCError.refused(
          rule: DirectoryRules.zoneMember,
          Text("Zone '\(zone.id)' still names it", zh: "防区“\(zone.id)”仍包含该单位"), pointer: "/id")
      }
    }
    if unit.kind == .station { try setParts(of: unit.id, active: false) }
    var retired = unit
    retired.active = false
    let changed = try tx.put("unit", unit.id, version: version, retired.body)
    try emit(retired)
    return changed
  }

  /// A station's teams and room are made, retired and brought back with it, and in no other way.
  private func setParts(of station: String, active: Bool) throws {
    for var part in try UnitStore.children(of: station, in: tx) where part.active != active {
      guard let stored = try tx.get("unit", part.id) else { continue }
      part.active = active
      _ = try tx.put("unit", part.id, version: stored.version, part.body)
      try emit(part)
    }
  }

  private func emit(_ unit: Unit) throws {
    try tx.emit(
      "unit_changed",
      ["unit": .string(unit.id), "kind": .string(unit.kind.rawValue), "active": .bool(unit.active)])
  }
}
