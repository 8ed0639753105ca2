import StationKit

/// What a request asks of the directory.
enum Units {
  /// - Throws: `not_found` or `refused_by_rule` unless it is an active police station.
  static func requireStation(_ id: String, pointer: String?, _ tx: any ReadTransaction) throws {
    guard try DirectoryUnit.find(id, pointer: pointer, tx).isActive("station") else {
      throw RPCError.refused(
        rule: SupportRules.station,
        Text("'\(id)' is not an active police station", zh: "“\(id)”不是在用的派出所"), pointer: pointer)
    }
  }

  /// - Throws: `not_found` or `refused_by_rule` unless it is an active department or desk.
  static func requireDepartment(
    _ id: String, rule: String, pointer: String, _ tx: any ReadTransaction
  ) throws {
    guard isDepartment(try DirectoryUnit.find(id, pointer: pointer, tx)) else {
      throw RPCError.refused(
        rule: rule, Text("'\(id)' is not an active department or desk", zh: "“\(id)”不是在用的部门（含专班、办公室）"),
        pointer: pointer
      )
    }
  }

  /// Whether there is an active department or desk of that id.
  static func isDepartment(_ id: String, _ tx: any ReadTransaction) throws -> Bool {
    try DirectoryUnit.find(id, tx).map(isDepartment) ?? false
  }

  private static func isDepartment(_ unit: DirectoryUnit) -> Bool { unit.isActive("department", "desk") }
}
