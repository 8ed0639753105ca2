import StationJSON

extension CompiledCollection {
  /// What is declared as personal must be possible to encrypt, to find and to erase.
  func checkPersonal(
    _ types: [String: Collection.FieldType], _ schema: JSONValue
  ) throws(RegistryError) {
    let personal = try personalMembers(schema)
    for (name, type) in types.sorted(by: { $0.key < $1.key }) {
      switch (type, personal.contains(name)) {
      case (.blind, true):
        guard Self.allows(schema["properties"]?[name], "string") else {
          throw RegistryError("\(fullName): blind field '\(name)' must be a text")
        }
      case (.blind, false):
        throw RegistryError("\(fullName): blind field '\(name)' is not in 'personal'")
      case (_, true):
        throw RegistryError(
          "\(fullName): field '\(name)' is personal, and would stand in clear: make it blind")
      case (_, false): break
      }
    }
    for index in declaration.indexes where index.unique {
      for field in index.fields where types[field] == .blind {
        throw RegistryError("\(fullName): unique index '\(index.name)' is over the blind field '\(field)'")
      }
    }
    guard personal.isEmpty || !declaration.cached else {
      throw RegistryError("\(fullName): a collection with personal members cannot be cached")
    }
    guard personal.isEmpty || !declaration.openable else {
      throw RegistryError("\(fullName): a collection with personal members cannot be openable")
    }
    guard case .member(let subject) = declaration.subject else { return }
    let required = schema["required"]?.arrayValue ?? []
    guard schema["properties"]?[subject]?["type"] == "string",
      required.contains(.string(subject)),
      !personal.contains(subject), types[subject] ?? .text == .text, Names.isWord(subject)
    else {
      throw RegistryError(
        "\(fullName): the subject '\(subject)' must be a required text of the schema that is not personal")
    }
  }

  private func personalMembers(_ schema: JSONValue) throws(RegistryError) -> Set<String> {
    var members: Set<String> = []
    for pointer in declaration.personal {
      let name = String(pointer.dropFirst())
      guard pointer.hasPrefix("/"), !name.isEmpty, name.utf8.count <= 255, !name.contains("/"),
        !name.contains("~"), schema["properties"]?[name] != nil
      else {
        throw RegistryError("\(fullName): personal '\(pointer)' is not a top-level member of the schema")
      }
      guard members.insert(name).inserted else {
        throw RegistryError("\(fullName): personal '\(pointer)' is declared twice")
      }
    }
    return members
  }

  func checkRetention(_ schema: JSONValue) throws(RegistryError) {
    guard case .years(let years, let member) = declaration.retention else { return }
    guard (1...100).contains(years) else {
      throw RegistryError("\(fullName): kept for \(years) years; 1 to 100 are possible")
    }
    guard let start = schema["properties"]?[member],
      Self.allows(start, "integer") || Self.allows(start, "string"),
      !declaration.personal.contains("/\(member)")
    else {
      throw RegistryError(
        "\(fullName): '\(member)', from which the years count, must be an instant of the schema, not personal"
      )
    }
  }

  /// A column holds texts or integers; a flag is 0 or 1 in it.
  func checkFields(_ schema: JSONValue) throws(RegistryError) {
    for field in declaration.fields {
      let member = schema["properties"]?[field.name]
      let isFit =
        switch field.type {
        case .text: Self.allows(member, "string")
        case .integer: ["integer", "number", "boolean"].contains { Self.allows(member, $0) }
        // With what else is asked of it.
        case .blind: true
        }
      guard isFit else {
        throw RegistryError(
          "\(fullName): field '\(field.name)' is declared as \(field.type.rawValue),"
            + " which the schema does not allow")
      }
    }
  }

  /// Whether a member's schema allows values of a type, as far as it says so.
  private static func allows(_ schema: JSONValue?, _ type: String) -> Bool {
    guard let schema = schema?.objectValue else { return true }
    if let types = schema["type"] {
      return types == .string(type) || types.arrayValue?.contains(.string(type)) ?? false
    }
    if let values = schema["enum"]?.arrayValue ?? schema["const"].map({ [$0] }) {
      return values.contains { value in
        switch value {
        case .string: type == "string"
        case .bool: type == "boolean"
        case .number: type == "integer" && value.intValue != nil
        default: false
        }
      }
    }
    let choices = schema["anyOf"]?.arrayValue ?? schema["oneOf"]?.arrayValue
    return choices?.contains { allows($0, type) } ?? true
  }
}
