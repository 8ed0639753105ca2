import StationKit

extension PluginManifest {
  private static let compiled = Result { try JSONSchema(ManifestSchema.manifest) }

  /// - Throws: ``ManifestError`` with the pointer of what is wrong.
  package init(_ value: JSONValue) throws(ManifestError) {
    guard case .success(let schema) = Self.compiled else {
      throw ManifestError("the manifest's schema is broken")
    }
    // First, so that another version hears that and not what it lacks.
    if let version = value["protocol"]?.intValue, version != PluginProtocol.version {
      throw ManifestError("speaks protocol \(version), not \(PluginProtocol.version)")
    }
    if let violation = schema.validate(value) {
      throw ManifestError("manifest: \(violation.pointer): \(violation.message)")
    }
    if let place = Self.unprintable(value, JSONPointer()) {
      throw ManifestError("manifest: \(place): a control character")
    }
    for (place, call) in Self.list(value["calls"]).enumerated() {
      for field in Self.list(call["fields"]) where field.stringValue?.hasPrefix("/") != true {
        throw ManifestError("manifest: /calls/\(place)/fields: a pointer begins with '/'")
      }
    }
    source = value
    name = value["name"]?.stringValue ?? ""
    title = Self.text(value["title"])
    version = value["version"]?.stringValue ?? ""
    collections = Self.list(value["collections"]).map(Self.collection)
    methods = Self.list(value["methods"]).map(Self.method)
    deadlines = Self.list(value["deadlines"]).map { (Self.string($0["name"]), Self.text($0["summary"])) }
    events = Self.list(value["events"]).map {
      EventKind(Self.string($0["name"]), Self.text($0["summary"]), payload: $0["payload"] ?? [:])
    }
    calls = Self.list(value["calls"]).map {
      Call(
        method: $0.stringValue ?? Self.string($0["method"]),
        fields: $0["fields"]?.arrayValue?.compactMap(\.stringValue))
    }
    listens = Self.list(value["listens"]).compactMap(\.stringValue)
    rules = Self.list(value["rules"]).map {
      Rule(
        id: Self.string($0["id"]), version: Self.string($0["version"]),
        effective: Self.string($0["effective"]),
        source: Self.string($0["source"]), summary: Self.text($0["summary"]))
    }
    lifeCycles = Self.list(value["life_cycles"]).map { item in
      DeclaredLifeCycle(
        name: Self.string(item["name"]), summary: Self.text(item["summary"]),
        initial: Self.string(item["initial"]),
        steps: Self.list(item["steps"]).map {
          .init(from: Self.string($0["from"]), action: Self.string($0["action"]), to: $0["to"]?.stringValue)
        })
    }
    words = (value["words_zh"]?.objectValue ?? [:]).reduce(into: [:]) { $0[$1.key] = Self.string($1.value) }
  }

  /// The first place whose text or name cannot go onto a terminal or into a page as it is; nil where there is none.
  /// What examples give and get may have several lines.
  private static func unprintable(
    _ value: JSONValue, _ place: JSONPointer, isExample: Bool = false
  ) -> JSONPointer? {
    switch value {
    case .string(let text): return isPrintable(text, hasLines: isExample) ? nil : place
    case .array(let items):
      for (number, item) in items.enumerated() {
        if let found = unprintable(item, place.appending(number), isExample: isExample) { return found }
      }
      return nil
    case .object(let object):
      let tokens = place.tokens
      let isExample = isExample || tokens.count == 4 && tokens[0] == "methods" && tokens[2] == "examples"
      for (name, member) in object {
        guard isPrintable(name, hasLines: false) else { return place }
        if let found = unprintable(member, place.appending(name), isExample: isExample) { return found }
      }
      return nil
    default: return nil
    }
  }

  /// Whether it holds none of what the format `line` refuses, and no mark of direction.
  private static func isPrintable(_ text: String, hasLines: Bool) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0x09, 0x0A: hasLines
      case 0..<0x20, 0x7F..<0xA0, 0xFFFE...0xFFFF: false
      case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: false
      default: true
      }
    }
  }

  // The schema has said that what is read here is there.

  private static func list(_ value: JSONValue?) -> [JSONValue] { value?.arrayValue ?? [] }
  private static func string(_ value: JSONValue?) -> String { value?.stringValue ?? "" }
  private static func text(_ value: JSONValue?) -> Text {
    Text(string(value?["en"]), zh: string(value?["zh"]))
  }
  private static func names(_ value: JSONValue?) -> [String] { list(value).compactMap(\.stringValue) }

  private static func collection(_ value: JSONValue) -> Collection {
    let subject: Collection.Subject = value["subject"]?["member"]?.stringValue.map { .member($0) } ?? .own
    let retention: Collection.Retention
    if let years = value["retention"]?["years"]?.intValue {
      retention = .years(years, after: string(value["retention"]?["after"]))
    } else {
      retention = .forever
    }
    return Collection(
      name: string(value["name"]), summary: text(value["summary"]), schema: value["schema"] ?? [:],
      fields: list(value["fields"]).map {
        .init(string($0["name"]), Collection.FieldType(rawValue: string($0["type"])) ?? .text)
      },
      indexes: list(value["indexes"]).map {
        .init(
          string($0["name"]), on: names($0["fields"]), holding: names($0["holding"]),
          unique: $0["unique"]?.boolValue ?? false)
      },
      personal: names(value["personal"]), subject: subject, retention: retention,
      cached: value["cached"]?.boolValue ?? false, openable: value["openable"]?.boolValue ?? false)
  }

  private static func method(_ value: JSONValue) -> MethodHead {
    MethodHead(
      name: string(value["name"]), summary: text(value["summary"]), writes: value["kind"] == "write",
      params: value["params"] ?? [:], positional: names(value["positional"]), result: value["result"] ?? [:],
      permission: Permission(rawValue: string(value["permission"])) ?? .role,
      disclosesPersonalData: value["discloses"]?.boolValue ?? false,
      examples: list(value["examples"]).map {
        Example(
          string($0["name"]), params: $0["params"] ?? [:], result: $0["result"] ?? [:],
          purpose: $0["purpose"]?.stringValue)
      })
  }
}
