import StationKit
import StationRPC
import Synchronization

/// The OpenRPC 1.3 document (spec.open-rpc.org) of everything that is registered.
final class Discovery: Sendable {
  private struct Described {
    let registry: Registry
    let version: String
    var text: [UInt8]?
  }

  private let described = Mutex<Described?>(nil)

  /// The document as it is answered: made when it is first asked for, then kept, since every command of `stationctl`
  /// begins with it.
  var text: [UInt8] {
    described.withLock { described in
      guard let known = described else { return Array("{}".utf8) }
      let text = known.text ?? Self.document(of: known.registry, version: known.version).encoded()
      described?.text = text
      return text
    }
  }

  /// A module's rules, life cycles and events; nil where there is no such module.
  func module(_ name: String) -> JSONValue? {
    described.withLock { $0 }?.registry.modules[name].map(Self.module)
  }

  func describe(_ registry: Registry, version: String) {
    described.withLock { $0 = Described(registry: registry, version: version) }
  }

  static func document(of registry: Registry, version: String) -> JSONValue {
    let methods = registry.methods.values
      .filter { $0.declaration.permission != .modules }
      .sorted { $0.fullName < $1.fullName }
    let modules = registry.modules.values.sorted { $0.name < $1.name }
    return [
      "openrpc": "1.3.2",
      "info": [
        "title": "stationd", "version": .string(version),
        "description": "JSON-RPC 2.0 over a Unix socket. Params are named; `meta` may stand beside them.",
        "license": ["name": "Apache-2.0"],
      ],
      "methods": .array(methods.map(Self.method)),
      "components": [
        "schemas": ["Meta": Meta.schema],
        "errors": .object(Self.errors),
      ],
      "x-modules": .array(
        modules.map {
          [
            "name": .string($0.name), "title": .string($0.declaration.title.en),
            "title_zh": .string($0.declaration.title.zh), "version": .string($0.declaration.version),
            "words_zh": .words($0.declaration.words),
          ]
        }),
      "x-words-zh": .words(SharedWords.words),
    ]
  }

  static func module(_ module: CompiledModule) -> JSONValue {
    [
      "name": .string(module.name), "rules": .array(module.declaration.rules.map(rule)),
      "life_cycles": .array(module.declaration.lifeCycles.map(lifeCycle)),
      "events": .array(module.declaration.events.map { event($0, of: module.name) }),
    ]
  }

  static func method(_ method: CompiledMethod) -> JSONValue {
    let declaration = method.declaration
    let schema = declaration.params
    let required = Set(schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    let properties = schema["properties"]?.objectValue ?? [:]
    let params = method.order.map { name -> JSONValue in
      name == "meta"
        ? [
          "name": "meta", "required": .bool(declaration.disclosesPersonalData),
          "schema": ["$ref": "#/components/schemas/Meta"],
        ]
        : [
          "name": .string(name), "required": .bool(required.contains(name)),
          "schema": properties[name] ?? [:],
        ]
    }
    return [
      "name": .string(method.fullName), "summary": .string(declaration.summary.en),
      "x-summary-zh": .string(declaration.summary.zh),
      "paramStructure": declaration.positional.isEmpty ? "by-name" : "either",
      "params": .array(params),
      "result": ["name": "result", "schema": declaration.result],
      "x-positional": .array(declaration.positional.map(JSONValue.string)),
      "x-module": .string(method.moduleName),
      "x-permission": .string(declaration.permission.rawValue),
      "x-writes": .bool(declaration.handler.writes),
      "x-administers": .bool(declaration.handler.administers),
      "x-discloses": .bool(declaration.disclosesPersonalData),
      "errors": .array(
        errorKinds(declaration).map { ["$ref": .string("#/components/errors/\($0.rawValue)")] }),
      "examples": .array(
        declaration.examples.map { example($0, discloses: declaration.disclosesPersonalData) }),
    ]
  }

  private static func rule(_ rule: Rule) -> JSONValue {
    [
      "id": .string(rule.id), "version": .string(rule.version), "effective": .string(rule.effective),
      "source": .string(rule.source), "summary": .string(rule.summary.en),
      "summary_zh": .string(rule.summary.zh),
    ]
  }

  private static func lifeCycle(_ cycle: DeclaredLifeCycle) -> JSONValue {
    [
      "name": .string(cycle.name), "summary": .string(cycle.summary.en),
      "summary_zh": .string(cycle.summary.zh), "initial": .string(cycle.initial),
      "steps": .array(
        cycle.steps.map {
          [
            "from": .string($0.from), "action": .string($0.action),
            "to": $0.to.map(JSONValue.string) ?? .null,
          ]
        }),
    ]
  }

  private static func event(_ event: EventKind, of module: String) -> JSONValue {
    [
      "kind": .string("\(module).\(event.name)"), "summary": .string(event.summary.en),
      "summary_zh": .string(event.summary.zh), "payload": event.payload,
    ]
  }

  /// What a method may answer of its own. What any call may meet, such as `queue_full`, is not told with each.
  private static func errorKinds(_ method: Method) -> [ErrorKind] {
    var kinds: [ErrorKind] = [.invalidParams, .denied, .notFound, .refusedByRule, .wrongState, .unavailable]
    if method.handler.writes { kinds += [.conflict, .alreadyExists, .idempotencyMismatch, .storageFull] }
    if method.disclosesPersonalData { kinds.append(.purposeRequired) }
    return kinds
  }

  /// A call as it may be sent: with why, where the method discloses personal data.
  private static func example(_ example: Example, discloses: Bool) -> JSONValue {
    var given = example.params.objectValue ?? [:]
    if discloses {
      given["meta"] = ["purpose": .string(example.purpose ?? "handling"), "reason": "duty shift"]
    }
    let params = given.map { name, value -> JSONValue in ["name": .string(name), "value": value] }
    return [
      "name": .string(example.name), "params": .array(params),
      "result": ["name": "result", "value": example.result],
    ]
  }

  /// The table of error kinds, by its stable words.
  private static var errors: JSONObject {
    var object: JSONObject = [:]
    for kind in ErrorKind.allCases {
      object[kind.rawValue] = [
        "code": .int(kind.code), "message": .string(kind.message.en),
        "data": ["kind": .string(kind.rawValue), "message_zh": .string(kind.message.zh)],
      ]
    }
    return object
  }
}
