import StationKit

/// What a transfer asks of the directory.
enum Units {
  static let get = "directory.unit.get"

  /// Kinds of units that can own a case.
  private static let owners: Set = ["station", "department", "desk"]

  /// - Returns: its kind.
  /// - Throws: `not_found`, or `refused_by_rule` unless it is an active station, department or desk.
  @discardableResult
  static func require(_ id: String, pointer: String, _ tx: any ReadTransaction) throws -> String {
    let unit: JSONValue
    do {
      unit = try tx.call(get, ["id": .string(id)])
    } catch let error as RPCError where error.kind == .notFound {
      throw RPCError.notFound("unit", id, pointer: pointer)
    }
    guard let kind = activeKind(unit) else {
      throw RPCError.refused(
        rule: RuleID.unit,
        Text("'\(id)' is not an active station, department or desk", zh: "“\(id)”不是现存派出所或部门"),
        pointer: pointer)
    }
    return kind
  }

  /// The kind of a unit that can own a case; nil for any other, for one that is retired, or unknown.
  static func kind(_ id: String, _ tx: any ReadTransaction) throws -> String? {
    do {
      return activeKind(try tx.call(get, ["id": .string(id)]))
    } catch let error as RPCError where error.kind == .notFound {
      return nil
    }
  }

  private static func activeKind(_ unit: JSONValue) -> String? {
    guard let kind = unit["kind"]?.stringValue, owners.contains(kind), unit["active"] == true else {
      return nil
    }
    return kind
  }
}
