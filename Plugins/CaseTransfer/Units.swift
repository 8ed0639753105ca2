import StationKit

/// What a transfer asks of the directory.
enum Units {
  /// - Throws: `not_found`, or `refused_by_rule` unless it is an active unit that can own a case.
  static func require(_ id: String, pointer: String, _ tx: any ReadTransaction) throws {
    guard canOwn(try DirectoryUnit.find(id, pointer: pointer, tx)) else {
      throw RPCError.refused(
        rule: RuleID.unit,
        Text("'\(id)' is not an active station, department or desk", zh: "“\(id)”不是在用的派出所或部门（含专班、办公室）"),
        pointer: pointer)
    }
  }

  /// The kind of a unit that can own a case; nil for any other, for one that is retired, or unknown.
  static func kind(_ id: String, _ tx: any ReadTransaction) throws -> String? {
    try DirectoryUnit.find(id, tx).flatMap { canOwn($0) ? $0.kind : nil }
  }

  private static func canOwn(_ unit: DirectoryUnit) -> Bool {
    unit.isActive("station", "department", "desk")
  }
}
