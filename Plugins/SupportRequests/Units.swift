import StationKit

/// What a request asks of the directory.
enum Units {
  static let get = "directory.unit.get"

  /// - Throws: `not_found` or `refused_by_rule` unless it is an active police station.
  static func requireStation(_ id: String, pointer: String?, _ tx: any ReadTransaction) throws {
    let unit = try find(id, pointer: pointer, tx)
    guard unit["kind"]?.stringValue == "station", unit["active"]?.boolValue == true else {
      throw RPCError.refused(
        rule: SupportRules.station,
        Text("'\(id)' is not an active police station", zh: "“\(id)”不是现存派出所"), pointer: pointer)
    }
  }

  /// - Throws: `not_found` or `refused_by_rule` unless it is an active department or desk.
  static func requireDepartment(
    _ id: String, rule: String, pointer: String, _ tx: any ReadTransaction
  ) throws {
    guard isDepartment(try find(id, pointer: pointer, tx)) else {
      throw RPCError.refused(
        rule: rule, Text("'\(id)' is not an active department or desk", zh: "“\(id)”不是现存部门"), pointer: pointer
      )
    }
  }

  /// Whether there is an active department or desk of that id.
  static func isDepartment(_ id: String, _ tx: any ReadTransaction) throws -> Bool {
    do {
      return isDepartment(try tx.call(get, ["id": .string(id)]))
    } catch let error as RPCError where error.kind == .notFound {
      return false
    }
  }

  private static func isDepartment(_ unit: JSONValue) -> Bool {
    let kind = unit["kind"]?.stringValue
    return (kind == "department" || kind == "desk") && unit["active"]?.boolValue == true
  }

  static func find(_ id: String, pointer: String?, _ tx: any ReadTransaction) throws -> JSONValue {
    do {
      return try tx.call(get, ["id": .string(id)])
    } catch let error as RPCError where error.kind == .notFound {
      throw RPCError.notFound("unit", id, pointer: pointer)
    }
  }
}
