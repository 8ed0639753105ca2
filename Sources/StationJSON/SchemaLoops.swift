/// Finds definitions that lead back to themselves without going into the value: checking would never end.
/// A loop through `properties` or `items` is fine, as it ends with the value.
struct SchemaLoops {
  private enum Mark { case new, open, closed }

  private let definitions: [SchemaNode]

  init(_ definitions: [SchemaNode]) { self.definitions = definitions }

  /// Throws for the first definition found on a loop; `place` is that of the definitions.
  func check(at place: JSONPointer, names: [String]) throws(JSONSchemaError) {
    var marks = Array(repeating: Mark.new, count: definitions.count)
    for number in definitions.indices where !visit(number, &marks) {
      throw JSONSchemaError(pointer: place.appending(names[number]), reason: "refers to itself without end")
    }
  }

  /// False if a loop was found.
  private func visit(_ number: Int, _ marks: inout [Mark]) -> Bool {
    switch marks[number] {
    case .closed: return true
    case .open: return false
    case .new: marks[number] = .open
    }
    guard visit(definitions[number], &marks) else { return false }
    marks[number] = .closed
    return true
  }

  private func visit(_ node: SchemaNode, _ marks: inout [Mark]) -> Bool {
    if let reference = node.rules.reference { return visit(reference, &marks) }
    for list in [node.rules.allOf, node.rules.anyOf, node.rules.oneOf] {
      for child in list where !visit(child, &marks) { return false }
    }
    return true
  }
}
