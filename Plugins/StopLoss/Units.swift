import StationKit

/// What a report asks of the directory.
enum Units {
  /// - Throws: `not_found` or `refused_by_rule` unless it is an active police station.
  static func requireStation(_ id: String, pointer: String, _ tx: any ReadTransaction) throws {
    guard try DirectoryUnit.find(id, pointer: pointer, tx).isActive("station") else {
      throw RPCError.refused(
        rule: RuleID.station, Text("'\(id)' is not an active police station", zh: "“\(id)”不是在用的派出所"),
        pointer: pointer)
    }
  }
}
