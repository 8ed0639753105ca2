import Foundation
import StationDaemon
import StationKit
import Testing

/// What every module that ships must have, whoever wrote it.
@Suite struct ModuleContractTests {
  private static let modules: [Module] = {
    let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    guard var configuration = try? DaemonConfiguration.development(directory: NSTemporaryDirectory()) else {
      return []
    }
    for module in BuiltInModule.allCases {
      configuration.modules[module] = root.appending(path: "etc/\(module.defaultFile)").path
    }
    return (try? Daemon.modules(for: configuration)) ?? []
  }()

  private static let methods: [(name: String, method: Method)] = modules.flatMap { module in
    module.methods.map { ("\(module.name).\($0.name)", $0) }
  }

  private static func isTwoLanguages(_ text: Text) -> Bool {
    text.en.utf8.contains { (0x61...0x7A).contains($0) }
      && text.zh.unicodeScalars.contains { $0.value > 0x2E80 }
  }

  @Test func `all modules are there, and fit together`() throws {
    let names = Set(Self.modules.map(\.name))
    #expect(
      names.isSuperset(of: [
        "rpc", "system", "audit", "events", "approval", "directory", "dev", "support", "stoploss",
        "mediation", "keyperson", "transfer",
      ]))
    #expect(throws: Never.self) { try Registry(Self.modules) }
  }

  @Test(arguments: methods.map(\.name))
  func `a method has schemas, a description in both languages and an example that works`(name: String) throws
  {
    let method = try #require(Self.methods.first { $0.name == name }?.method)
    #expect(Self.isTwoLanguages(method.summary))
    #expect(method.params["additionalProperties"] == .bool(false))
    #expect(method.params["type"] == "object")
    let params = try JSONSchema(method.params)
    let result = try JSONSchema(method.result)
    #expect(method.result["type"] != nil, "anything would fit the result")
    #expect(!method.examples.isEmpty)
    for example in method.examples {
      #expect(!example.name.isEmpty)
      #expect(params.validate(example.params) == nil && result.validate(example.result) == nil)
    }
    let required = method.params["required"]?.arrayValue?.compactMap(\.stringValue) ?? []
    let properties = method.params["properties"]?.objectValue ?? [:]
    for key in required { #expect(properties[key] != nil, "\(key) is required, but not described") }
    for key in method.positional {
      #expect(properties[key] != nil, "\(key) is positional, but not described")
    }
    for (key, schema) in properties where schema["type"]?.stringValue == "string" {
      // What comes from outside has a bound of its own, a form or a list.
      let isBounded = ["maxLength", "enum", "pattern", "format"].contains { schema[$0] != nil }
      #expect(isBounded || schema == ["type": "string"], "\(key)")
    }
  }

  @Test func `only what tells nothing of anybody is open to everyone`() {
    let open = Self.methods.filter { $0.method.permission == .everyone }.map(\.name).sorted()
    #expect(
      open == [
        "events.unsubscribe", "rpc.cancel", "rpc.check", "rpc.discover", "rpc.module", "system.health",
        "system.info", "system.ping",
      ])
  }

  @Test(arguments: modules.map(\.name))
  func `a module describes itself in both languages`(name: String) throws {
    let module = try #require(Self.modules.first { $0.name == name })
    #expect(Self.isTwoLanguages(module.title) && !module.version.isEmpty)
    for collection in module.collections {
      #expect(Self.isTwoLanguages(collection.summary), "\(collection.name)")
      let schema = collection.schema["properties"]?.objectValue ?? [:]
      for pointer in collection.personal {
        let member = pointer.dropFirst().split(separator: "/").first.map(String.init) ?? ""
        #expect(pointer.hasPrefix("/") && schema[member] != nil, "\(collection.name): \(pointer)")
        #expect(
          !collection.fields.contains { $0.name == member && $0.type != .blind },
          "\(pointer) would be a column in clear text")
      }
    }
    for deadline in module.deadlines { #expect(Self.isTwoLanguages(deadline.summary), "\(deadline.name)") }
    for event in module.events {
      #expect(Self.isTwoLanguages(event.summary), "\(event.name)")
      #expect(event.payload["additionalProperties"] == .bool(false), "\(event.name): its payload is open")
      let personal = Set(module.collections.flatMap(\.personal).map { String($0.dropFirst()) })
      for key in event.payload["properties"]?.objectValue?.keys ?? [] {
        #expect(!personal.contains(key), "\(event.name): '\(key)' is personal data")
      }
    }
    for rule in module.rules {
      #expect(
        rule.id.hasPrefix("\(name).") && Self.isTwoLanguages(rule.summary) && !rule.source.isEmpty,
        "\(rule.id)")
      #expect(CivilDate(rule.effective) != nil, "\(rule.id)")
    }
    #expect(Set(module.rules.map(\.id)).count == module.rules.count)
  }

  /// Names of members, at any depth, that can hold any text: no list, no form.
  private static func freeTexts(_ schema: JSONValue) -> Set<String> {
    var names: Set<String> = []
    for (name, member) in schema["properties"]?.objectValue ?? [:] {
      if member["type"] == "string", member["enum"] == nil, member["format"] == nil { names.insert(name) }
      names.formUnion(freeTexts(member))
    }
    if let items = schema["items"] { names.formUnion(freeTexts(items)) }
    return names
  }

  /// Texts by their member's name, with how narrow each is: any text, one that is not blank, one line.
  private static func texts(_ schema: JSONValue, _ name: String = "") -> [(name: String, narrowness: Int)] {
    var all: [(name: String, narrowness: Int)] = []
    let formats: [String?] = [nil, "text", "line"]
    if schema["type"] == "string", schema["enum"] == nil,
      let narrowness = formats.firstIndex(of: schema["format"]?.stringValue)
    {
      all.append((name, narrowness))
    }
    for (name, member) in schema["properties"]?.objectValue ?? [:] { all += texts(member, name) }
    for item in [schema["items"]].compactMap(\.self) + (schema["anyOf"]?.arrayValue ?? []) {
      all += texts(item, name)
    }
    return all
  }

  @Test(arguments: modules.map(\.name))
  func `what was taken in can be kept, told and answered`(name: String) throws {
    let module = try #require(Self.modules.first { $0.name == name })
    let fromOutside = module.methods.filter { $0.permission != .modules }.flatMap { Self.texts($0.params) }
    let widest = Dictionary(fromOutside.map { ($0.name, $0.narrowness) }, uniquingKeysWith: min)
    for method in module.methods {
      for (member, narrowness) in Self.texts(method.result) {
        #expect(narrowness <= widest[member] ?? narrowness, "\(method.name): \(member)")
      }
    }
    // Also what came in before it had to be a line.
    let schemas =
      module.methods.map(\.result) + module.collections.map(\.schema) + module.events.map(\.payload)
    for schema in schemas { #expect(!schema.encodedString.contains("\"format\":\"line\"")) }
  }

  @Test func `a method that gives back what a collection marks as personal says that it discloses`() {
    for module in Self.modules {
      let personal = Set(module.collections.flatMap(\.personal).map { String($0.dropFirst()) })
      // An explanation's and a figure's `text` is the daemon's own sentence.
      for method in module.methods
      where method.permission != .modules && !method.disclosesPersonalData && method.name != "explain"
        && method.name != "figures"
      {
        let told = Self.freeTexts(method.result)
        #expect(personal.isDisjoint(with: told), "\(module.name).\(method.name)")
      }
    }
  }
}
