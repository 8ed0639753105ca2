import StationKit

/// Schema fragments of the daemon's own modules.
enum Shapes {
  static func object(_ properties: JSONObject, required: [String]? = nil) -> JSONValue {
    [
      "type": "object", "properties": .object(properties),
      "required": .array((required ?? properties.keys).map(JSONValue.string)),
      "additionalProperties": false,
    ]
  }

  static let nothing: JSONValue = object([:])
  static let anyObject: JSONValue = ["type": "object"]
  static let count: JSONValue = ["type": "integer", "minimum": 0]
  static let seq: JSONValue = ["type": "integer", "minimum": 0, "description": "Number of a record, from 0"]
  static let text: JSONValue = ["type": "string"]
  static let flag: JSONValue = ["type": "boolean"]
  static let instant: JSONValue = ["type": "string", "format": "date-time"]
  static let base64: JSONValue = ["type": "string", "format": "base64"]
  static let hashes: JSONValue = ["type": "array", "items": base64]
  static let methodName: JSONValue = ["type": "string", "minLength": 1, "maxLength": 64]
  static let requestID: JSONValue = ["type": ["string", "number", "integer", "null"]]
}
