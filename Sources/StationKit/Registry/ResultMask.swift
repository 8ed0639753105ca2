import StationJSON

/// The marked members of a method's result (`x-personal`), worked out once from its schema.
///
/// Masking does not rest on the result fitting the schema: what stands where a marked member could be and has
/// another shape is hidden whole.
package struct ResultMask: Sendable {
  /// The schema's keyword.
  static let keyword = "x-personal"
  /// What stands for a value that is hidden whole.
  package static let hidden: JSONValue = "***"

  /// One place of the schema. What another one says of the same value is among `also`.
  struct Node: Sendable {
    var mask: Mask?
    var properties: [String: Int] = [:]
    /// Of members that are not in `properties`; nil where the schema does not say.
    var others: Int?
    var isClosed = false
    var items: Int?
    var also: [Int] = []
    /// The types that the schema allows here, where it says; empty where it does not.
    var types: Set<String> = []
    /// Whether there is a mark here or further down.
    var isMarked = false
  }

  private let nodes: [Node]

  /// nil where the schema marks nothing.
  /// - Throws: ``RegistryError`` for a mask that there is none of.
  init?(_ schema: JSONValue, of method: String) throws(RegistryError) {
    var builder = ResultMaskBuilder(root: schema, method: method)
    _ = try builder.node(schema)
    builder.spreadMarks()
    guard builder.nodes[0].isMarked else { return nil }
    nodes = builder.nodes
  }

  /// The result as a role sees it that may not see personal data in full.
  package func apply(to value: JSONValue) -> JSONValue { masked(value, [0]) }

  private func masked(_ value: JSONValue, _ places: [Int]) -> JSONValue {
    let here = expanded(places)
    guard here.contains(where: { nodes[$0].isMarked }) else { return value }
    if let mask = here.lazy.compactMap({ nodes[$0].mask }).first {
      switch value {
      case .null: return .null
      case .string(let text): return .string(mask.apply(text))
      default: return Self.hidden
      }
    }
    switch value {
    case .null: return .null
    case .object(let object): return self.object(object, here)
    case .array(let elements):
      let items = here.compactMap { nodes[$0].items }
      guard !items.isEmpty else { return Self.hidden }
      return .array(elements.map { masked($0, items) })
    case .string: return allows("string", here) ? value : Self.hidden
    case .bool: return allows("boolean", here) ? value : Self.hidden
    case .number: return allows("number", here) || allows("integer", here) ? value : Self.hidden
    }
  }

  private func object(_ object: JSONObject, _ here: [Int]) -> JSONValue {
    guard here.contains(where: { !nodes[$0].properties.isEmpty || nodes[$0].others != nil }) else {
      return Self.hidden
    }
    var shown = JSONObject()
    shown.reserveCapacity(object.count)
    for (name, value) in object {
      let children = here.compactMap { nodes[$0].properties[name] ?? nodes[$0].others }
      // No schema knows the member, and one of them forbids it: it is not what was meant to be here.
      let isForeign = children.isEmpty && here.contains { nodes[$0].isClosed }
      shown[name] = isForeign ? Self.hidden : masked(value, children)
    }
    return .object(shown)
  }

  private func allows(_ type: String, _ here: [Int]) -> Bool {
    here.contains { nodes[$0].types.contains(type) }
  }

  /// The places with all that say more of the same value.
  private func expanded(_ places: [Int]) -> [Int] {
    var all: [Int] = []
    var rest = places
    while let next = rest.popLast() {
      guard !all.contains(next) else { continue }
      all.append(next)
      rest += nodes[next].also
    }
    return all
  }
}

/// Walks a result schema.
struct ResultMaskBuilder {
  let root: JSONValue
  let method: String
  private(set) var nodes: [ResultMask.Node] = []
  /// Places of definitions, so that one that refers to itself ends.
  private var definitions: [String: Int] = [:]

  init(root: JSONValue, method: String) {
    self.root = root
    self.method = method
  }

  mutating func node(_ schema: JSONValue) throws(RegistryError) -> Int {
    let place = nodes.count
    nodes.append(ResultMask.Node())
    guard let schema = schema.objectValue else { return place }
    var node = ResultMask.Node()
    if let mark = schema[ResultMask.keyword] {
      guard let mask = mark.stringValue.flatMap(Mask.init(rawValue:)) else {
        let known = Mask.allCases.map(\.rawValue).joined(separator: ", ")
        throw RegistryError("'\(method)' result: \(ResultMask.keyword) must be one of \(known)")
      }
      node.mask = mask
    }
    if let type = schema["type"]?.stringValue { node.types = [type] }
    if let types = schema["type"]?.arrayValue { node.types = Set(types.compactMap(\.stringValue)) }
    for (name, child) in schema["properties"]?.objectValue ?? [:] {
      node.properties[name] = try self.node(child)
    }
    switch schema["additionalProperties"] {
    case .bool(false)?: node.isClosed = true
    case nil, .bool?: break
    case let others?: node.others = try self.node(others)
    }
    if let items = schema["items"] { node.items = try self.node(items) }
    for word in ["allOf", "anyOf", "oneOf"] {
      for child in schema[word]?.arrayValue ?? [] { node.also.append(try self.node(child)) }
    }
    if let name = schema["$ref"]?.stringValue { node.also.append(try definition(name)) }
    nodes[place] = node
    return place
  }

  private mutating func definition(_ reference: String) throws(RegistryError) -> Int {
    if let place = definitions[reference] { return place }
    let name = String(reference.dropFirst("#/$defs/".count))
    guard let schema = root["$defs"]?[name] else {
      throw RegistryError("'\(method)' result: there is no '\(reference)'")
    }
    definitions[reference] = nodes.count
    return try node(schema)
  }

  /// Marks every place from which a mark can be reached.
  mutating func spreadMarks() {
    var changed = true
    while changed {
      changed = false
      for place in nodes.indices where !nodes[place].isMarked {
        let node = nodes[place]
        let below = node.also + node.properties.values + [node.others, node.items].compactMap { $0 }
        guard node.mask != nil || below.contains(where: { nodes[$0].isMarked }) else { continue }
        nodes[place].isMarked = true
        changed = true
      }
    }
  }
}
