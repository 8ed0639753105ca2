import StationKit

/// The JSON Schema of a manifest; the specification shows it as it stands here.
package enum ManifestSchema {
  package static let manifest = Shapes.object(
    [
      "protocol": ["type": "integer", "minimum": 1, "description": "1"],
      "name": Shapes.line(max: 40), "title": text, "version": Shapes.line(max: 40),
      "collections": Shapes.list(collection, max: 50), "methods": Shapes.list(method, max: 200),
      "deadlines": Shapes.list(Shapes.object(["name": name, "summary": text]), max: 50),
      "events": Shapes.list(Shapes.object(["name": name, "summary": text, "payload": schema]), max: 100),
      "calls": Shapes.list(["anyOf": [fullName, call]], max: 100),
      "listens": Shapes.list(fullName, max: 100), "rules": Shapes.list(rule, max: 200),
      "life_cycles": Shapes.list(lifeCycle, max: 50),
      "words_zh": ["type": "object", "maxProperties": 1000, "additionalProperties": Shapes.line(max: 40)],
    ], required: ["protocol", "name", "title", "version", "methods"])

  private static let name: JSONValue = ["type": "string", "minLength": 1, "maxLength": 64]
  private static let fullName: JSONValue = ["type": "string", "minLength": 3, "maxLength": 105]
  private static let schema: JSONValue = ["type": "object"]
  private static let words = Shapes.list(name, max: 50)
  private static let text = Shapes.object(["en": Shapes.line(max: 500), "zh": Shapes.line(max: 500)])

  private static let collection = Shapes.object(
    [
      "name": name, "summary": text, "schema": schema,
      "fields": Shapes.list(
        Shapes.object(["name": name, "type": ["type": "string", "enum": ["text", "integer", "blind"]]]),
        max: 50),
      "indexes": Shapes.list(
        Shapes.object(
          ["name": name, "fields": words, "holding": words, "unique": Shapes.flag],
          required: ["name", "fields"]),
        max: 50),
      "personal": Shapes.list(Shapes.line(max: 80), max: 50),
      "subject": ["anyOf": [["type": "string", "enum": ["own"]], Shapes.object(["member": name])]],
      "retention": [
        "anyOf": [
          ["type": "string", "enum": ["forever"]],
          Shapes.object(["years": ["type": "integer", "minimum": 1, "maximum": 100], "after": name]),
        ]
      ],
      "cached": Shapes.flag, "openable": Shapes.flag,
    ], required: ["name", "summary", "schema", "retention"])

  private static let method = Shapes.object(
    [
      "name": name, "summary": text, "kind": ["type": "string", "enum": ["read", "write"]], "params": schema,
      "positional": words, "result": schema,
      "permission": ["type": "string", "enum": ["role", "everyone", "modules"]], "discloses": Shapes.flag,
      "examples": Shapes.list(
        Shapes.object(
          [
            "name": Shapes.line(max: 200), "params": Shapes.anyObject, "result": [:],
            "purpose": Shapes.line(max: 40),
          ], required: ["name", "params", "result"]), max: 50),
    ], required: ["name", "summary", "kind", "params", "result", "examples"])

  private static let call = Shapes.object(
    ["method": fullName, "fields": Shapes.list(Shapes.line(max: 200), max: 100)], required: ["method"])

  private static let rule = Shapes.object([
    "id": Shapes.line(max: 100), "version": Shapes.line(max: 20), "effective": Shapes.date,
    "source": Shapes.line(max: 500), "summary": text,
  ])

  private static let lifeCycle = Shapes.object([
    "name": name, "summary": text, "initial": name,
    "steps": Shapes.list(
      Shapes.object(["from": name, "action": name, "to": ["type": ["string", "null"]]]), max: 500),
  ])
}
