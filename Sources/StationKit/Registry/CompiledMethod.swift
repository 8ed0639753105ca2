import StationJSON

/// A method with its schemas compiled, under its full name.
package final class CompiledMethod: Sendable {
  package let fullName: String
  package let moduleName: String
  package let declaration: Method
  package let params: JSONSchema
  package let result: JSONSchema
  /// Every param in the order in which they are told and may be given by position: those that are required, then the
  /// others, in each half those with a declared place first. `meta` ends the half that it belongs to: it is required
  /// where the method discloses personal data.
  package let order: [String]
  /// What of the result is personal; nil where the schema marks nothing.
  package let mask: ResultMask?

  init(_ method: Method, module: String) throws(RegistryError) {
    fullName = "\(module).\(method.name)"
    moduleName = module
    declaration = method
    guard Names.isMethod(method.name) else {
      throw RegistryError("'\(fullName)' is not a method name (a-z, 0-9, _ and .)")
    }
    guard !method.summary.en.isEmpty, !method.summary.zh.isEmpty else {
      throw RegistryError("'\(fullName)' needs a summary in English and Chinese")
    }
    guard !method.examples.isEmpty else { throw RegistryError("'\(fullName)' has no example") }
    let (asked, answered) = (method.params, method.result)
    guard asked["additionalProperties"] == .bool(false) else {
      throw RegistryError("'\(fullName)': the params schema must not allow additional properties")
    }
    guard asked["properties"]?["meta"] == nil else {
      throw RegistryError("'\(fullName)': 'meta' is reserved in params")
    }
    let members = asked["properties"]?.objectValue ?? [:]
    // `stationctl` makes options of them.
    for name in members.keys where !Names.isWord(name) {
      throw RegistryError("'\(fullName)': param '\(name)' is not a name (a-z, 0-9 and _, a letter first)")
    }
    for name in method.positional where asked["properties"]?[name] == nil {
      throw RegistryError("'\(fullName)': positional param '\(name)' is not in the params schema")
    }
    order = Self.order(of: method, asked)
    params = try Self.compile(asked, "\(fullName) params")
    result = try Self.compile(answered, "\(fullName) result")
    try Self.checkDefaults(asked, of: fullName)
    mask = try ResultMask(answered, of: fullName)
    if mask != nil, !method.disclosesPersonalData, method.permission != .modules {
      throw RegistryError(
        "'\(fullName)' gives back personal data (\(ResultMask.keyword)) and does not say that it discloses it"
      )
    }
    guard !method.answersPeopleOnly || method.permission != .modules else {
      throw RegistryError("'\(fullName)' is for modules, and says that it answers people only")
    }
    guard !method.isSteady || !method.handler.writes && !method.disclosesPersonalData else {
      throw RegistryError("'\(fullName)' is not steady: it writes, or discloses personal data")
    }
    for example in method.examples {
      if let violation = params.validate(example.params) {
        throw RegistryError("'\(fullName)' example '\(example.name)' params: \(violation)")
      }
      if let violation = result.validate(example.result) {
        throw RegistryError("'\(fullName)' example '\(example.name)' result: \(violation)")
      }
    }
  }

  private static func order(of method: Method, _ params: JSONValue) -> [String] {
    let required = Set(params["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    let names = params["properties"]?.objectValue.map { Array($0.keys) } ?? []
    let all = method.positional + names.filter { !method.positional.contains($0) }
    let (needed, others) = (all.filter(required.contains), all.filter { !required.contains($0) })
    return method.disclosesPersonalData ? needed + ["meta"] + others : needed + others + ["meta"]
  }

  /// A default is told to whoever asks how to call the method: it has to be possible.
  private static func checkDefaults(_ params: JSONValue, of method: String) throws(RegistryError) {
    for (name, schema) in params["properties"]?.objectValue ?? [:] {
      guard let value = schema["default"], var alone = schema.objectValue else { continue }
      if let shared = params["$defs"] { alone["$defs"] = shared }
      let compiled = try compile(.object(alone), "\(method) param '\(name)'")
      if let violation = compiled.validate(value) {
        throw RegistryError("'\(method)' default of param '\(name)': \(violation)")
      }
    }
  }

  static func compile(_ schema: JSONValue, _ what: String) throws(RegistryError) -> JSONSchema {
    do {
      return try JSONSchema(schema)
    } catch {
      throw RegistryError("\(what): \(error)")
    }
  }

  /// - Throws: `invalid_params` with the pointer of the offender.
  package func check(_ value: JSONObject) throws(RPCError) {
    guard let violation = params.validate(.object(value)) else { return }
    throw RPCError(
      .invalidParams,
      Text(
        "Invalid params: \(violation.message)", zh: "参数无效：\(violation.pointer) \(violation.chinese)"),
      pointer: violation.pointer.description)
  }
}

/// The character sets of declared names.
package enum Names {
  /// `request`, `unit.get`: lower case letters, digits and `_`, parts joined by `.`.
  package static func isMethod(_ name: String) -> Bool {
    name.utf8.count <= 64 && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isWord)
  }

  /// A word that may stand in SQL as a name without being mistaken for anything else.
  package static func isWord<S: StringProtocol>(_ word: S) -> Bool {
    guard let first = word.utf8.first, (0x61...0x7A).contains(first), word.utf8.count <= 40 else {
      return false
    }
    return word.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
    }
  }
}
