import StationKit

extension PluginManifest {
  /// The manifest of a module in Swift.
  /// - Parameter listens: full names of events that it wants to hear of.
  package static func json(_ module: Module, listens: [String] = []) -> JSONValue {
    [
      "protocol": .int(PluginProtocol.version), "name": .string(module.name), "title": json(module.title),
      "version": .string(module.version), "collections": .array(module.collections.map(collection)),
      "methods": .array(module.methods.map(method)),
      "deadlines": .array(
        module.deadlines.map { ["name": .string($0.name), "summary": json($0.summary)] }),
      "events": .array(
        module.events.map {
          ["name": .string($0.name), "summary": json($0.summary), "payload": $0.payload]
        }),
      "calls": .array(module.calls.map(JSONValue.string)), "listens": .array(listens.map(JSONValue.string)),
      "rules": .array(
        module.rules.map {
          [
            "id": .string($0.id), "version": .string($0.version), "effective": .string($0.effective),
            "source": .string($0.source), "summary": json($0.summary),
          ]
        }),
      "life_cycles": .array(module.lifeCycles.map(lifeCycle)), "words_zh": .words(module.words),
    ]
  }

  private static func json(_ text: Text) -> JSONValue { ["en": .string(text.en), "zh": .string(text.zh)] }

  private static func collection(_ collection: Collection) -> JSONValue {
    var object: JSONObject = [
      "name": .string(collection.name), "summary": json(collection.summary), "schema": collection.schema,
      "fields": .array(
        collection.fields.map { ["name": .string($0.name), "type": .string($0.type.rawValue)] }),
      "indexes": .array(
        collection.indexes.map {
          [
            "name": .string($0.name), "fields": .array($0.fields.map(JSONValue.string)),
            "holding": .array($0.holding.map(JSONValue.string)),
            "unique": .bool($0.unique),
          ]
        }),
      "personal": .array(collection.personal.map(JSONValue.string)), "cached": .bool(collection.cached),
      "openable": .bool(collection.openable),
    ]
    switch collection.subject {
    case .own: object["subject"] = "own"
    case .member(let name): object["subject"] = ["member": .string(name)]
    }
    switch collection.retention {
    case .forever: object["retention"] = "forever"
    case .years(let years, let after): object["retention"] = ["years": .int(years), "after": .string(after)]
    }
    return .object(object)
  }

  private static func method(_ method: Method) -> JSONValue {
    [
      "name": .string(method.name), "summary": json(method.summary),
      "kind": .string(method.handler.writes ? "write" : "read"), "params": method.params,
      "positional": .array(method.positional.map(JSONValue.string)), "result": method.result,
      "permission": .string(method.permission.rawValue), "discloses": .bool(method.disclosesPersonalData),
      "examples": .array(
        method.examples.map { example in
          var object: JSONObject = [
            "name": .string(example.name), "params": example.params, "result": example.result,
          ]
          if let purpose = example.purpose { object["purpose"] = .string(purpose) }
          return .object(object)
        }),
    ]
  }

  private static func lifeCycle(_ cycle: DeclaredLifeCycle) -> JSONValue {
    [
      "name": .string(cycle.name), "summary": json(cycle.summary), "initial": .string(cycle.initial),
      "steps": .array(
        cycle.steps.map { step in
          [
            "from": .string(step.from), "action": .string(step.action),
            "to": step.to.map(JSONValue.string) ?? .null,
          ]
        }),
    ]
  }
}
