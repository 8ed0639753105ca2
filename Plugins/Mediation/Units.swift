import StationKit

/// What a dispute asks of the directory.
enum Units {
  static let get = "directory.unit.get"

  /// - Throws: `not_found` or `refused_by_rule` unless it is an active police station.
  static func requireStation(_ id: String, _ tx: any ReadTransaction) throws {
    let unit = try find(id, pointer: "/station", tx)
    guard unit["kind"]?.stringValue == "station", unit["active"]?.boolValue == true else {
      throw RPCError.refused(
        rule: RuleID.station, Text("'\(id)' is not an active police station", zh: "“\(id)”不是现存派出所"),
        pointer: "/station")
    }
  }

  /// - Throws: `not_found` or `refused_by_rule` unless it is an active unit that can own a dispute, or take a call.
  static func requireOwner(
    _ id: String, rule: String = RuleID.handOver, pointer: String, _ tx: any ReadTransaction
  ) throws {
    let unit = try find(id, pointer: pointer, tx)
    let kind = unit["kind"]?.stringValue ?? ""
    guard ["station", "department", "desk"].contains(kind), unit["active"]?.boolValue == true else {
      throw RPCError.refused(
        rule: rule,
        Text("'\(id)' is not an active station, department or desk", zh: "“\(id)”不是现存派出所或部门"),
        pointer: pointer)
    }
  }

  private static func find(_ id: String, pointer: String, _ tx: any ReadTransaction) throws -> JSONValue {
    do {
      return try tx.call(get, ["id": .string(id)])
    } catch let error as RPCError where error.kind == .notFound {
      throw RPCError.notFound("unit", id, pointer: pointer)
    }
  }
}
