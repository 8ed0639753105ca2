import StationKit

/// Schema fragments that the directory's methods and collections share.
enum Schemas {
  static let id: JSONValue = ["type": "string", "format": "id"]
  static let version: JSONValue = ["type": "integer", "minimum": 1]
  static let instant: JSONValue = ["type": "string", "format": "date-time"]
  static let title: JSONValue = ["type": "string", "minLength": 1, "maxLength": 64]
  static let kind: JSONValue = [
    "type": "string", "enum": .array(UnitKind.allCases.map { .string($0.rawValue) }),
  ]
  static let name: JSONValue = object(
    [
      "en": ["type": "string", "minLength": 1, "maxLength": 128],
      "zh": ["type": "string", "minLength": 1, "maxLength": 128],
    ],
    required: ["en", "zh"])

  /// An object that allows the named members and no other.
  static func object(_ properties: JSONObject, required: [String] = []) -> JSONValue {
    var schema: JSONObject = [
      "type": "object", "properties": .object(properties), "additionalProperties": false,
    ]
    if !required.isEmpty { schema["required"] = .array(required.map(JSONValue.string)) }
    return .object(schema)
  }

  /// Members of a unit that a caller may set.
  static let settable: JSONObject = [
    "id": id, "kind": kind, "name": name, "parent": id, "duty_leader": title, "city": ["type": "boolean"],
    "stations": ["type": "array", "items": id, "maxItems": 64, "uniqueItems": true],
    "leader": title, "branch": id, "lead_station": id,
  ]

  static let unitBody: JSONValue = {
    var members = settable
    members["active"] = ["type": "boolean"]
    return object(members, required: ["id", "kind", "name", "active"])
  }()

  static let unit: JSONValue = {
    var members = settable
    members["active"] = ["type": "boolean"]
    members["version"] = version
    return object(members, required: ["id", "kind", "name", "active", "version"])
  }()

  static let dutyBody: JSONValue = object(
    [
      "unit": id, "holder": title, "role": title, "starts": ["type": "integer"], "ends": ["type": "integer"],
    ],
    required: ["unit", "holder", "starts", "ends"])

  static let duty: JSONValue = object(
    ["unit": id, "holder": title, "role": title, "from": instant, "to": instant, "version": version],
    required: ["unit", "holder", "from", "to", "version"])
}
