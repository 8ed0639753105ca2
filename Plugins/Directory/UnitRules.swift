import StationKit

/// What must hold before a unit is stored, checked against the units that are there.
struct UnitRules {
  /// The unit of that id, nil if there is none.
  let find: (String) throws -> Unit?
  /// The active zones of a bureau.
  let zones: (String) throws -> [Unit]

  /// - Throws: `refused_by_rule`, naming the rule, or `invalid_params` for a member that the kind excludes.
  func check(_ unit: Unit, replacing old: Unit?) throws {
    if let old, old.kind != unit.kind {
      throw RPCError.refused(
        rule: DirectoryRules.kind,
        Text("'\(unit.id)' is a \(old.kind.rawValue)", zh: "“\(unit.id)”是\(old.kind.chinese)，类别不得变更"),
        pointer: "/kind")
    }
    try checkMembers(unit)
    try checkParent(unit)
    switch unit.kind {
    case .team, .room:
      guard let old else {
        throw RPCError.refused(
          rule: DirectoryRules.parts,
          Text("Teams and rooms are made with their station", zh: "队、室随派出所设立"), pointer: "/kind")
      }
      guard unit.parent == old.parent else {
        throw RPCError.refused(
          rule: DirectoryRules.parts,
          Text("A team or room stays with its station", zh: "队、室不得改隶"), pointer: "/parent")
      }
    case .zone: try checkZone(unit)
    case .station:
      try checkParts(unit, replacing: old)
      if let old { try checkMove(unit, from: old) }
      if unit.city { try checkCity(unit) }
    case .department: if let old { try checkMove(unit, from: old) }
    default: break
    }
  }

  private func checkMembers(_ unit: Unit) throws(RPCError) {
    func only(_ kinds: [UnitKind], _ isGiven: Bool, _ member: String) throws(RPCError) {
      guard isGiven, !kinds.contains(unit.kind) else { return }
      throw .invalid(
        Text("'\(member)' is not for a \(unit.kind.rawValue)", zh: "\(unit.kind.chinese)不适用“\(member)”"),
        pointer: "/\(member)")
    }
    try only([.zone], !unit.stations.isEmpty, "stations")
    try only([.zone], unit.leader != nil, "leader")
    try only([.zone], unit.branch != nil, "branch")
    try only([.zone], unit.leadStation != nil, "lead_station")
    try only([.station], unit.city, "city")
    try only([.department, .desk], unit.dutyLeader != nil, "duty_leader")
  }

  private func checkParent(_ unit: Unit) throws {
    func refuse(_ message: Text) -> RPCError {
      .refused(rule: DirectoryRules.parent, message, pointer: "/parent")
    }
    guard let id = unit.parent else {
      if unit.kind.parents.isEmpty { return }
      throw refuse(Text("A \(unit.kind.rawValue) needs a parent", zh: "\(unit.kind.chinese)须指明上级单位"))
    }
    guard let parent = try find(id), parent.active else {
      throw refuse(Text("There is no active unit '\(id)'", zh: "没有在用单位“\(id)”"))
    }
    guard unit.kind.parents.contains(parent.kind) else {
      throw refuse(
        Text(
          "A \(unit.kind.rawValue) does not stand under a \(parent.kind.rawValue)",
          zh: "\(unit.kind.chinese)不得隶属于\(parent.kind.chinese)"))
    }
  }

  /// A station's teams and room are named after it, so that its own id and name leave room for theirs.
  private func checkParts(_ unit: Unit, replacing old: Unit?) throws {
    func longest(_ value: (Unit) -> String?) -> Int {
      unit.standardParts.compactMap { value($0)?.unicodeScalars.count }.max() ?? 0
    }
    func check(_ pointer: String, _ limit: Int, _ value: (Unit) -> String?) throws(RPCError) {
      let excess = longest(value) - limit
      guard excess > 0 else { return }
      let most = (value(unit)?.unicodeScalars.count ?? 0) - excess
      throw .invalid(
        Text(
          "Its teams and room are named after it: at most \(most) characters", zh: "所属队、室随其命名，最多 \(most) 个字符"),
        pointer: pointer)
    }
    if old == nil {
      try check("/id", 64) { $0.id }
      for part in unit.standardParts where try find(part.id) != nil {
        throw RPCError(
          .alreadyExists,
          Text("'\(part.id)', which it would bring along, exists already", zh: "随其设立的“\(part.id)”已存在"),
          pointer: "/id")
      }
    }
    guard old?.name != unit.name else { return }
    for language in ["en", "zh"] {
      try check("/name/\(language)", Schemas.nameAtMost) { $0.name[language]?.stringValue }
    }
  }

  private func checkZone(_ unit: Unit) throws {
    guard let bureau = unit.parent else { return }
    guard unit.leader != nil, let branch = unit.branch, let lead = unit.leadStation,
      unit.stations.contains(lead), let department = try find(branch), department.active,
      department.kind == .department, department.parent == bureau
    else {
      throw RPCError.refused(
        rule: DirectoryRules.zoneBinding,
        Text(
          "A zone needs a leader, a branch that is a department of its bureau, and a lead station among its members",
          zh: "防区须有局领导、本局责任警种以及成员中的牵头所"), pointer: "/lead_station")
    }
    for id in unit.stations {
      guard let station = try find(id), station.active, station.kind == .station, station.parent == bureau
      else {
        throw RPCError.refused(
          rule: DirectoryRules.zoneMember,
          Text("'\(id)' is not an active station of the bureau", zh: "“\(id)”不是本局在用的派出所"),
          pointer: "/stations")
      }
      if station.city, unit.stations.count > 1 { throw cityNotAlone(id, pointer: "/stations") }
    }
    let others = try zones(bureau).filter { $0.id != unit.id }
    guard others.count < DirectoryRules.zonesAtMost else {
      throw RPCError.refused(
        rule: DirectoryRules.zoneCount,
        Text("'\(bureau)' has five zones already", zh: "“\(bureau)”已有五个防区"), pointer: "/parent")
    }
    for other in others where other.stations.contains(where: unit.stations.contains) {
      for id in other.stations where unit.stations.contains(id) {
        guard try find(id)?.city == true else { continue }
        throw cityNotAlone(id, pointer: "/stations")
      }
    }
  }

  /// A zone's members are stations of its bureau and its branch is a department of it, so that they go to no other.
  private func checkMove(_ unit: Unit, from old: Unit) throws {
    guard let bureau = old.parent, bureau != unit.parent else { return }
    for zone in try zones(bureau) where zone.binds(unit.id) {
      throw RPCError.refused(
        rule: DirectoryRules.zoneMember,
        Text("Zone '\(zone.id)' still names it", zh: "防区“\(zone.id)”仍包含该单位"), pointer: "/parent")
    }
  }

  private func checkCity(_ unit: Unit) throws {
    guard let bureau = unit.parent else { return }
    let member = try zones(bureau).filter { $0.stations.contains(unit.id) }
    if member.count > 1 || member.contains(where: { $0.stations.count > 1 }) {
      throw cityNotAlone(unit.id, pointer: "/city")
    }
  }

  private func cityNotAlone(_ id: String, pointer: String) -> RPCError {
    .refused(
      rule: DirectoryRules.zoneCity,
      Text("City station '\(id)' is a zone of its own", zh: "城区派出所“\(id)”应单独设防区"), pointer: pointer)
  }
}
