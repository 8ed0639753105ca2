import StationKit

/// The parts of a result that a plugin sees: those under one of its pointers, and nothing else.
///
/// A pointer is one of RFC 6901 in which `*` stands for every element of a list. It begins with a slash: the empty one,
/// which is the whole, is none here.
package struct FieldFilter: Sendable {
  private indirect enum Node: Sendable {
    case whole
    case parts([String: Node])
  }
  private let root: Node

  package init(_ pointers: [String]) {
    var root = Node.parts([:])
    for pointer in pointers where pointer.hasPrefix("/") {
      root = Self.adding(Self.words(pointer)[...], to: root)
    }
    self.root = root
  }

  package func apply(_ value: JSONValue) -> JSONValue { Self.keep(value, root) ?? .null }

  /// Whether all that `field` shows is under `granted`.
  package static func covers(_ granted: String, _ field: String) -> Bool {
    guard granted.hasPrefix("/"), field.hasPrefix("/") else { return false }
    let granted = words(granted)
    let field = words(field)
    return granted.count <= field.count && zip(granted, field).allSatisfy { $0 == $1 }
  }

  private static func words(_ pointer: String) -> [String] {
    pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
      String($0).replacing("~1", with: "/").replacing("~0", with: "~")
    }
  }

  private static func adding(_ words: ArraySlice<String>, to node: Node) -> Node {
    guard case .parts(var parts) = node, let first = words.first else { return .whole }
    parts[first] = adding(words.dropFirst(), to: parts[first] ?? .parts([:]))
    return .parts(parts)
  }

  private static func keep(_ value: JSONValue, _ node: Node) -> JSONValue? {
    guard case .parts(let parts) = node else { return value }
    switch value {
    case .object(let object):
      var kept: JSONObject = [:]
      for key in object.keys {
        guard let part = parts[key], let member = object[key], let inner = keep(member, part) else {
          continue
        }
        kept[key] = inner
      }
      return .object(kept)
    case .array(let items):
      guard let part = parts["*"] else { return .array([]) }
      return .array(items.compactMap { keep($0, part) })
    default: return nil
    }
  }
}
