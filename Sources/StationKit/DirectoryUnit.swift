import StationJSON

/// A unit as a module asks the directory for it; `calls` of the module names ``method``.
public struct DirectoryUnit: Sendable {
  public static let method = "directory.unit.get"

  /// `station`, `department` and so on, as the directory calls them.
  public let kind: String
  /// Whether it is in use: a unit that was retired stays in the directory.
  private let isActive: Bool

  /// Whether it is in use, and of one of these kinds.
  public func isActive(_ kinds: [String]) -> Bool { isActive && kinds.contains(kind) }
  public func isActive(_ kinds: String...) -> Bool { isActive(kinds) }

  /// - Throws: `not_found` with the pointer.
  public static func find(
    _ id: String, pointer: String?, _ tx: any ReadTransaction
  ) throws -> DirectoryUnit {
    guard let unit = try find(id, tx) else { throw RPCError.notFound("unit", id, pointer: pointer) }
    return unit
  }

  /// The same without an error: nil for a unit that there never was.
  public static func find(_ id: String, _ tx: any ReadTransaction) throws -> DirectoryUnit? {
    do {
      let unit = try tx.call(method, ["id": .string(id)])
      return DirectoryUnit(
        kind: unit["kind"]?.stringValue ?? "", isActive: unit["active"]?.boolValue ?? false)
    } catch let error as RPCError where error.kind == .notFound {
      return nil
    }
  }
}
