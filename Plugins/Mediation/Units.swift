import StationKit

/// What a dispute asks of the directory.
enum Units {
  /// - Throws: `not_found` or `refused_by_rule` unless it is an active police station.
  static func requireStation(_ id: String, _ tx: any ReadTransaction) throws {
    guard try DirectoryUnit.find(id, pointer: "/station", tx).isActive("station") else {
      throw RPCError.refused(
        rule: RuleID.station, Text("'\(id)' is not an active police station", zh: "“\(id)”不是在用的派出所"),
        pointer: "/station")
    }
  }

  /// - Throws: `not_found` or `refused_by_rule` unless it is an active unit that can own a dispute, or take a call.
  static func requireOwner(
    _ id: String, rule: String = RuleID.handOver, pointer: String, _ tx: any ReadTransaction
  ) throws {
    guard try DirectoryUnit.find(id, pointer: pointer, tx).isActive("station", "department", "desk") else {
      throw RPCError.refused(
        rule: rule,
        Text("'\(id)' is not an active station, department or desk", zh: "“\(id)”不是在用的派出所或部门（含专班、办公室）"),
        pointer: pointer)
    }
  }
}
