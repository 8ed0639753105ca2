import StationKit

/// Schema fragments that the directory's methods and collections share.
enum Schemas {
  static let id = Shapes.unit
  static let title = Shapes.text(max: 64)
  static let kind = Shapes.words(UnitKind.self)
  static let nameAtMost = 128
  static let name: JSONValue = object(
    ["en": Shapes.text(max: nameAtMost), "zh": Shapes.text(max: nameAtMost)], required: ["en", "zh"])

  /// As records keep them: those of before may be blank.
  private static let keptTitle: JSONValue = ["type": "string", "minLength": 1, "maxLength": 64]
  private static let keptName: JSONValue = {
    let text: JSONValue = ["type": "string", "minLength": 1, "maxLength": .int(nameAtMost)]
    return object(["en": text, "zh": text], required: ["en", "zh"])
  }()

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
    "id": id, "kind": kind, "name": name, "parent": id, "duty_leader": title, "city": Shapes.flag,
    "stations": ["type": "array", "items": id, "maxItems": 64, "uniqueItems": true],
    "leader": title, "branch": id, "lead_station": id,
  ]

  private static let kept: JSONObject = {
    var members = settable
    members["name"] = keptName
    members["duty_leader"] = keptTitle
    members["leader"] = keptTitle
    members["active"] = Shapes.flag
    return members
  }()

  static let unitBody = object(kept, required: ["id", "kind", "name", "active"])

  static let unit: JSONValue = {
    var members = kept
    members["version"] = Shapes.version
    return object(members, required: ["id", "kind", "name", "active", "version"])
  }()

  static let dutyBody: JSONValue = object(
    [
      "unit": id, "holder": keptTitle, "role": keptTitle, "starts": ["type": "integer"],
      "ends": ["type": "integer"],
    ],
    required: ["unit", "holder", "starts", "ends"])

  static let duty: JSONValue = object(
    [
      "unit": id, "holder": keptTitle, "role": keptTitle, "from": Shapes.instant, "to": Shapes.instant,
      "version": Shapes.version,
    ],
    required: ["unit", "holder", "from", "to", "version"])
}
