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

  /// Replaces a unit. A station that is brought back brings its teams and room with it, and one that is renamed
  /// renames those that are still named after it.
  func change(_ unit: Unit, version: Int, replacing old: Unit) throws -> Record {
    try rules.check(unit, replacing: old)
    let record = try tx.put("unit", unit.id, version: version, unit.body)
    try emit(unit)
    if unit.kind == .station { try changeParts(of: unit, replacing: old) }
    return record
  }

  /// Takes a unit out of use; a station's teams and room go with it. Nothing happens to one that is retired already.
  func retire(_ record: Record, version: Int, _ unit: Unit) throws -> Record {
    if !unit.active, version == record.version { return record }
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
      for zone in try rules.zones(bureau) where zone.binds(unit.id) {
        throw RPCError.refused(
          rule: DirectoryRules.zoneMember,
          Text("Zone '\(zone.id)' still names it", zh: "防区“\(zone.id)”仍包含该单位"), pointer: "/id")
      }
    }
    var retired = unit
    retired.active = false
    if unit.kind == .station { try changeParts(of: retired, replacing: unit) }
    let changed = try tx.put("unit", unit.id, version: version, retired.body)
    try emit(retired)
    return changed
  }

  /// A station's teams and room are made, retired and brought back with it, and in no other way.
  private func changeParts(of station: Unit, replacing old: Unit) throws {
    guard station.active != old.active || station.name != old.name else { return }
    let names = zip(old.standardParts, station.standardParts).map { (id: $0.id, from: $0.name, to: $1.name) }
    for stored in try UnitStore.children(of: station.id, in: tx) {
      var part = stored
      part.active = station.active
      if let name = names.first(where: { $0.id == part.id && $0.from == part.name }) { part.name = name.to }
      guard part != stored, let record = try tx.get("unit", part.id) else { continue }
      _ = try tx.put("unit", part.id, version: record.version, part.body)
      try emit(part)
    }
  }

  private func emit(_ unit: Unit) throws {
    try tx.emit(
      "unit_changed",
      ["unit": .string(unit.id), "kind": .string(unit.kind.rawValue), "active": .bool(unit.active)])
  }
}
