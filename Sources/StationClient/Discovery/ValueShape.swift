import StationJSON

/// What a parameter's schema lets a person type, as far as a command line can tell.
package indirect enum ValueShape: Sendable, Equatable {
  case integer(minimum: Int?, maximum: Int?)
  case boolean
  /// Any text, or one of the words where there are any.
  case string(oneOf: [String])
  case array(of: ValueShape)
  /// Members by name; `open` if others are allowed too.
  case object(members: [Member], open: Bool)
  /// JSON where it is valid JSON, else text.
  case any

  package struct Member: Sendable, Equatable {
    package let name: String
    package let shape: ValueShape
    package let required: Bool
    package let about: String
  }

  /// The shape of a schema. `root` is what references like `#/components/schemas/x` are looked up in.
  package init(schema: JSONValue, root: JSONValue) {
    self.init(schema: schema, root: root, depth: 0)
  }

  private init(schema: JSONValue, root: JSONValue, depth: Int) {
    // References may go in circles; no command line needs more.
    guard depth < 8 else {
      self = .any
      return
    }
    if let reference = schema["$ref"]?.stringValue {
      let target = ValueShape.resolve(reference, in: root)
      self = target.map { ValueShape(schema: $0, root: root, depth: depth + 1) } ?? .any
      return
    }
    if let words = schema["enum"]?.arrayValue {
      let texts = words.compactMap(\.stringValue)
      self =
        texts.isEmpty || texts.count + words.count(where: \.isNull) < words.count
        ? .any : .string(oneOf: texts)
      return
    }
    if case .string(let word)? = schema["const"] {
      self = .string(oneOf: [word])
      return
    }
    switch ValueShape.typeName(schema["type"]) {
    case "integer":
      self = .integer(minimum: schema["minimum"]?.intValue, maximum: schema["maximum"]?.intValue)
    case "boolean":
      self = .boolean
    case "string":
      self = .string(oneOf: [])
    case "array":
      let element = schema["items"].map { ValueShape(schema: $0, root: root, depth: depth + 1) } ?? .any
      self = .array(of: element)
    case "object":
      let required = schema["required"]?.arrayValue ?? []
      let members = (schema["properties"]?.objectValue ?? [:]).map { name, member in
        Member(
          name: name, shape: ValueShape(schema: member, root: root, depth: depth + 1),
          required: required.contains(.string(name)), about: member["description"]?.stringValue ?? "")
      }
      self = .object(members: members, open: schema["additionalProperties"]?.boolValue != false)
    default:
      self = .any
    }
  }

  /// The only type that is not null; nil if there are several or none.
  private static func typeName(_ type: JSONValue?) -> String? {
    if let name = type?.stringValue { return name }
    let names = type?.arrayValue?.compactMap(\.stringValue).filter { $0 != "null" } ?? []
    return names.count == 1 ? names[0] : nil
  }

  private static func resolve(_ reference: String, in root: JSONValue) -> JSONValue? {
    guard reference.utf8.starts(with: "#/".utf8) else { return nil }
    var value = root
    for part in reference.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false) {
      // RFC 6901 section 4; names with a tilde or a slash do not occur in these documents.
      guard let next = value[String(part)] else { return nil }
      value = next
    }
    return value
  }
}

extension ValueShape {
  /// What to write after the option in a line of help: `N`, `TEXT`, `a|b|c`, `JSON`; empty for a flag.
  package var placeholder: String {
    switch self {
    case .integer: "N"
    case .boolean: ""
    case .string(let words) where words.isEmpty: "TEXT"
    case .string(let words): words.count <= 6 ? words.joined(separator: "|") : "WORD"
    case .array(let element): element.placeholder.isEmpty ? "true|false" : element.placeholder
    case .object, .any: "JSON"
    }
  }

  /// The words of an enumeration, also of a list of them; empty for what is none.
  var words: [String] {
    switch self {
    case .string(let words): words
    case .array(let element): element.words
    case .boolean, .integer, .object, .any: []
    }
  }

  /// The words that complete a value; empty if anything goes.
  package var candidates: [String] {
    switch self {
    case .array(let element): element.candidates
    case .boolean: ["true", "false"]
    case .string, .integer, .object, .any: words
    }
  }
}
