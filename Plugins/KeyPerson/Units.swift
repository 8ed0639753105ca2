import StationKit

/// What the module asks of the directory.
enum Units {
  private static let chinese = ["station": "派出所", "department": "部门", "desk": "专班（办公室）"]

  /// - Throws: `not_found` or `refused_by_rule` unless it is an active unit of one of these kinds.
  static func require(
    _ id: String, _ kinds: [String], rule: String, pointer: String, _ tx: any ReadTransaction
  ) throws {
    guard try DirectoryUnit.find(id, pointer: pointer, tx).isActive(kinds) else {
      let words = kinds.joined(separator: ", ")
      let chinese = kinds.compactMap { Self.chinese[$0] }.joined(separator: "、")
      throw RPCError.refused(
        rule: rule, Text("'\(id)' is not an active unit of kind: \(words)", zh: "“\(id)”不是在用的\(chinese)"),
        pointer: pointer)
    }
  }
}
