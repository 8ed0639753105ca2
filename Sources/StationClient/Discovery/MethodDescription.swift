import StationJSON

/// One method as the daemon describes it (OpenRPC 1.3, Method Object).
package struct MethodDescription: Sendable {
  /// `directory.unit.get`
  package let name: String
  package let summary: String
  package let parameters: [Parameter]
  /// Whether the result holds personal data, so that a purpose and a reason are required.
  package let disclosesPersonalData: Bool
  /// Who may call it; empty if the daemon does not say.
  package let permission: String
  package let examples: [Example]
  /// The members of the result, wherever in it they are, that are amounts of money in fen.
  package let amounts: Set<String>
  /// What its members and their codes are called.
  package let vocabulary: Vocabulary

  package struct Parameter: Sendable {
    package let name: String
    package let required: Bool
    package let shape: ValueShape
    package let about: String
    /// Place among the positional params, from 0.
    package let position: Int?

    /// Whether it may be given more than once.
    package var isList: Bool {
      if case .array = shape { return true }
      return false
    }
  }

  package struct Example: Sendable {
    package let name: String
    package let params: JSONObject
  }

  /// `directory`
  package var module: String { String(name.prefix { $0 != "." }) }

  /// `unit.get`
  package var verb: String { String(name.drop { $0 != "." }.dropFirst()) }

  /// The parameter of that name, with `-` for `_` too.
  package func parameter(named name: String) -> Parameter? {
    if let exact = parameters.first(where: { $0.name == name }) { return exact }
    let snake = MethodDescription.snake(name)
    return parameters.first { $0.name == snake }
  }

  /// The parameters that may be given without a name, in order.
  package var positional: [Parameter] {
    parameters.filter { $0.position != nil }.sorted { ($0.position ?? 0) < ($1.position ?? 0) }
  }

  /// The parameter that takes a result's `next` to get the next page; nil if the result is no list of pages.
  package var cursor: Parameter? {
    let names = ["cursor", "before", "from"]
    guard parameters.contains(where: { $0.name == "limit" }) else { return nil }
    return names.lazy.compactMap { name in parameters.first { $0.name == name } }.first
  }

  static func snake(_ name: String) -> String {
    String(decoding: name.utf8.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
  }

  static func kebab(_ name: String) -> String {
    String(decoding: name.utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 }, as: UTF8.self)
  }
}

extension MethodDescription {
  /// Reads a Method Object; nil without a name.
  /// - Parameter words: those of each module.
  init?(_ json: JSONValue, root: JSONValue, words: [String: [String: String]], language: Language) {
    guard let name = json["name"]?.stringValue else { return nil }
    self.name = name
    let result = json["result"]?["schema"] ?? .null
    let module = String(name.prefix { $0 != "." })
    let vocabulary = Vocabulary(
      words[module] ?? [:], verb: String(name.dropFirst(module.count + 1)), result: result)
    self.vocabulary = vocabulary
    let english = json["summary"]?.stringValue ?? ""
    summary = language.pick(english, zh: json["x-summary-zh"]?.stringValue ?? english)
    disclosesPersonalData = json["x-discloses"]?.boolValue ?? false
    amounts = result.properties { $0["x-unit"] == "fen" }
    permission = json["x-permission"]?.stringValue ?? ""

    let order = json["x-positional"]?.arrayValue?.compactMap(\.stringValue) ?? []
    parameters = (json["params"]?.arrayValue ?? []).compactMap { param in
      // What every call may carry has options of its own.
      guard let name = param["name"]?.stringValue, name != "meta" else { return nil }
      let schema = param["schema"] ?? .object([:])
      let about = param["summary"] ?? param["description"] ?? schema["description"] ?? schema["title"]
      let aboutZh = param["x-summary-zh"] ?? schema["x-description-zh"]
      return Parameter(
        name: name, required: param["required"]?.boolValue ?? false,
        shape: ValueShape(schema: schema, root: root),
        about: language.pick(
          about?.stringValue ?? "", zh: (aboutZh ?? about)?.stringValue ?? vocabulary.about(name)),
        position: param["x-positional"]?.intValue ?? order.firstIndex(of: name))
    }
    examples = (json["examples"]?.arrayValue ?? []).map { example in
      var params = JSONObject()
      for param in example["params"]?.arrayValue ?? [] {
        if let name = param["name"]?.stringValue, let value = param["value"] { params[name] = value }
      }
      return Example(name: example["name"]?.stringValue ?? "", params: params)
    }
  }
}
