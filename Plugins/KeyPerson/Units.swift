import StationKit

/// What the module asks of the directory.
enum Units {
  static let get = "directory.unit.get"

  /// - Throws: `not_found` or `refused_by_rule` unless it is an active unit of one of these kinds.
  static func require(
    _ id: String, _ kinds: [String], rule: String, pointer: String, _ tx: any ReadTransaction
  ) throws {
    let unit: JSONValue
    do {
      unit = try tx.call(get, ["id": .string(id)])
    } catch let error as RPCError where error.kind == .notFound {
      throw RPCError.notFound("unit", id, pointer: pointer)
    }
    guard unit["active"]?.boolValue == true, kinds.contains(unit["kind"]?.stringValue ?? "") else {
      let words = kinds.joined(separator: ", ")
      throw RPCError.refused(
        rule: rule, Text("'\(id)' is not an active unit of kind: \(words)", zh: "“\(id)”不是相应类别的现存单位"),
        pointer: pointer)
    }
  }
}
