/// Turns the JSON form of a schema into nodes, and refuses what it does not understand.
struct SchemaCompiler {
  private var names: [KeyBytes: Int] = [:]

  /// The root and the definitions that its references count.
  mutating func compile(
    root: JSONValue
  ) throws(JSONSchemaError) -> (root: SchemaNode, definitions: [SchemaNode]) {
    let place = JSONPointer().appending("$defs")
    var definitions: [SchemaNode] = []
    if let value = root["$defs"] {
      guard let object = value.objectValue else { throw error(place, "must be an object") }
      for (number, member) in object.enumerated() { names[KeyBytes(member.key)] = number }
      for (name, schema) in object {
        definitions.append(try compile(schema, place.appending(name)))
      }
    }
    let node = try compile(root, JSONPointer())
    try SchemaLoops(definitions).check(at: place, names: root["$defs"]?.objectValue?.keys ?? [])
    return (node, definitions)
  }

  private func compile(_ value: JSONValue, _ place: JSONPointer) throws(JSONSchemaError) -> SchemaNode {
    var rules = SchemaRules()
    if let bool = value.boolValue {
      rules.refusesAll = !bool
      return SchemaNode(rules)
    }
    guard let object = value.objectValue else { throw error(place, "a schema is an object or a boolean") }
    if let reference = object["$ref"] {
      for (key, annotation) in object where key != "$ref" {
        guard try isAnnotation(key, annotation, place) else {
          throw error(place.appending(key), "only annotations may stand besides $ref")
        }
      }
      rules.reference = try definition(reference, place.appending("$ref"))
      return SchemaNode(rules)
    }
    for (key, argument) in object {
      if try isAnnotation(key, argument, place) { continue }
      try apply(key, argument, place.appending(key), &rules)
    }
    rules.properties = try properties(object, place)
    try checkSense(rules, place)
    return SchemaNode(rules)
  }

  private func apply(
    _ key: String, _ value: JSONValue, _ place: JSONPointer, _ rules: inout SchemaRules
  ) throws(JSONSchemaError) {
    switch key {
    case "type": rules.types = try types(value, place)
    case "enum": rules.choices = try choices(value, place)
    case "const": rules.constant = value
    case "minimum": rules.minimum = try integer(value, place)
    case "maximum": rules.maximum = try integer(value, place)
    case "minLength": rules.minLength = try count(value, place)
    case "maxLength": rules.maxLength = try count(value, place)
    case "minItems": rules.minItems = try count(value, place)
    case "maxItems": rules.maxItems = try count(value, place)
    case "minProperties": rules.minProperties = try count(value, place)
    case "maxProperties": rules.maxProperties = try count(value, place)
    case "uniqueItems":
      guard let unique = value.boolValue else { throw error(place, "must be true or false") }
      rules.uniqueItems = unique
    case "format":
      guard let name = value.stringValue, let format = JSONSchemaFormat(rawValue: name) else {
        throw error(place, "is not a known format")
      }
      rules.format = format
    case "items": rules.items = try compile(value, place)
    case "allOf": rules.allOf = try list(value, place)
    case "anyOf": rules.anyOf = try list(value, place)
    case "oneOf": rules.oneOf = try list(value, place)
    // Read together, see `properties`.
    case "properties", "required", "additionalProperties": break
    default: throw error(place, "is not a known keyword")
    }
  }

  private func properties(
    _ schema: JSONObject, _ place: JSONPointer
  ) throws(JSONSchemaError) -> SchemaProperties {
    var nodes: [(name: String, node: SchemaNode)] = []
    if let value = schema["properties"] {
      let here = place.appending("properties")
      guard let object = value.objectValue else { throw error(here, "must be an object") }
      for (name, schema) in object { nodes.append((name, try compile(schema, here.appending(name)))) }
    }
    var additional: SchemaNode?
    if let value = schema["additionalProperties"], value.boolValue != true {
      additional = try compile(value, place.appending("additionalProperties"))
    }
    var required: [String] = []
    if let value = schema["required"] {
      let here = place.appending("required")
      guard let list = value.arrayValue else { throw error(here, "must be a list of names") }
      for (index, element) in list.enumerated() {
        let here = here.appending(index)
        guard let name = element.stringValue else { throw error(here, "must be a name") }
        guard !list[..<index].contains(element) else { throw error(here, "is listed twice") }
        if additional?.rules.refusesAll == true, schema["properties"]?[name] == nil {
          throw error(here, "is required but not allowed")
        }
        required.append(name)
      }
    }
    return SchemaProperties(nodes: nodes, required: required, additional: additional)
  }

  /// Whether the keyword says nothing about values; throws if its argument is of the wrong kind.
  private func isAnnotation(
    _ key: String, _ value: JSONValue, _ place: JSONPointer
  ) throws(JSONSchemaError) -> Bool {
    let isFit: Bool
    switch key {
    case "title", "description", "$comment": isFit = value.stringValue != nil
    case "deprecated": isFit = value.boolValue != nil
    case "examples": isFit = value.arrayValue != nil
    case "default": isFit = true
    case "$schema":
      isFit =
        value == "https://json-schema.org/draft/2020-12/schema"
        || value == "http://json-schema.org/draft-07/schema#"
    case "$defs":
      // Read at the root; anywhere else references could not reach them.
      guard place.tokens.isEmpty else { throw error(place.appending(key), "is allowed at the root only") }
      isFit = true
    default: return key.utf8.starts(with: "x-".utf8)
    }
    guard isFit else { throw error(place.appending(key), "has an argument that is not understood") }
    return true
  }

  private func definition(_ value: JSONValue, _ place: JSONPointer) throws(JSONSchemaError) -> Int {
    // A fragment may be percent-encoded (RFC 6901 section 6); names that would need it are not understood.
    guard let text = value.stringValue, text.utf8.first == UInt8(ascii: "#"),
      !text.utf8.contains(UInt8(ascii: "%")), let pointer = JSONPointer(String(text.dropFirst())),
      pointer.tokens.count == 2,
      sameBytes(pointer.tokens[0], "$defs"), let number = names[KeyBytes(pointer.tokens[1])]
    else { throw error(place, "must be #/$defs/ and the name of a definition at the root") }
    return number
  }

  private func list(_ value: JSONValue, _ place: JSONPointer) throws(JSONSchemaError) -> [SchemaNode] {
    guard let elements = value.arrayValue, !elements.isEmpty else {
      throw error(place, "must be a list of schemas")
    }
    var nodes: [SchemaNode] = []
    for (index, element) in elements.enumerated() {
      nodes.append(try compile(element, place.appending(index)))
    }
    return nodes
  }

  private func types(_ value: JSONValue, _ place: JSONPointer) throws(JSONSchemaError) -> SchemaTypes {
    let elements: [JSONValue]
    switch value {
    case .string: elements = [value]
    case .array(let list) where !list.isEmpty: elements = list
    default: throw error(place, "must be a type or a list of types")
    }
    var types: SchemaTypes = []
    for element in elements {
      guard let entry = SchemaTypes.names.first(where: { .string($0.name) == element }) else {
        throw error(place, "is not a known type")
      }
      guard types.insert(entry.type).inserted else { throw error(place, "lists a type twice") }
    }
    return types
  }

  private func choices(_ value: JSONValue, _ place: JSONPointer) throws(JSONSchemaError) -> [JSONValue] {
    guard let elements = value.arrayValue, !elements.isEmpty else {
      throw error(place, "must be a list of values")
    }
    guard Set(elements).count == elements.count else { throw error(place, "lists a value twice") }
    return elements
  }

  private func integer(_ value: JSONValue, _ place: JSONPointer) throws(JSONSchemaError) -> Int {
    guard let number = value.intValue else { throw error(place, "must be an integer") }
    return number
  }

  private func count(_ value: JSONValue, _ place: JSONPointer) throws(JSONSchemaError) -> Int {
    guard let number = value.intValue, number >= 0 else { throw error(place, "must be a count") }
    return number
  }

  /// A keyword that no value of the named types could ever meet, or limits that exclude each other, are
  /// mistakes even where the standard ignores them.
  private func checkSense(_ rules: SchemaRules, _ place: JSONPointer) throws(JSONSchemaError) {
    let applies: [(has: Bool, types: SchemaTypes, what: String)] = [
      (rules.checksNumbers, [.integer, .number], "numbers"),
      (rules.checksStrings, .string, "strings"),
      (rules.checksArrays, .array, "arrays"),
      (rules.checksObjects, .object, "objects"),
    ]
    for entry in applies where entry.has && !rules.types.isEmpty {
      guard !rules.types.isDisjoint(with: entry.types) else {
        throw error(place, "has a keyword for \(entry.what), which its type excludes")
      }
    }
    let limits = [
      (rules.minimum, rules.maximum), (rules.minLength, rules.maxLength),
      (rules.minItems, rules.maxItems), (rules.minProperties, rules.maxProperties),
    ]
    for case (let low?, let high?) in limits {
      guard low <= high else { throw error(place, "has a minimum above its maximum") }
    }
  }

  private func error(_ place: JSONPointer, _ reason: String) -> JSONSchemaError {
    JSONSchemaError(pointer: place, reason: reason)
  }
}
