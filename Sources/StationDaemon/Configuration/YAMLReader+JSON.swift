import StationKit
import Yams

extension YAMLReader {
  /// Whatever stands under a key, as JSON: for what is not the daemon's own to read.
  func json(_ name: String) throws -> JSONValue? {
    try value(name, takes: "anything").map {
      try Self.json($0) { self.wrong(name, $0, "made of texts, numbers, lists and mappings") }
    }
  }

  private static func json(_ node: Node, _ wrong: (Node) -> ConfigurationError) throws -> JSONValue {
    if let mapping = node.mapping {
      var object: JSONObject = [:]
      for (key, value) in mapping {
        guard let name = key.string else { throw wrong(key) }
        object[name] = try json(value, wrong)
      }
      return .object(object)
    }
    if let items = node.sequence { return .array(try items.map { try json($0, wrong) }) }
    guard let scalar = node.scalar else { throw wrong(node) }
    // Quoted text is text; a plain one is a number, a truth value or null where it reads like one.
    guard scalar.style == .any || scalar.style == .plain else { return .string(scalar.string) }
    if let number = JSONNumber(literal: scalar.string) { return .number(number) }
    switch scalar.string {
    case "true": return true
    case "false": return false
    case "null", "~", "": return .null
    default: return .string(scalar.string)
    }
  }
}
