import StationJSON

/// Schema fragments that modules share.
public enum Shapes {
  /// An object with these members and no others; all required unless `required` says which.
  public static func object(_ properties: JSONObject, required: [String]? = nil) -> JSONValue {
    [
      "type": "object", "properties": .object(properties),
      "required": .array((required ?? properties.keys).map(JSONValue.string)),
      "additionalProperties": false,
    ]
  }

  /// A closed list of words from an enumeration.
  public static func words<Word: LifeCycleCode>(_ type: Word.Type) -> JSONValue {
    ["type": "string", "enum": .array(type.allCases.map { .string($0.rawValue) })]
  }

  /// A word of an enumeration of which a record may have one that is no longer in it.
  public static func word(max: Int) -> JSONValue {
    ["type": "string", "minLength": 1, "maxLength": .int(max), "x-words": true]
  }

  /// This, or null: what takes a member away.
  public static func nullable(_ schema: JSONValue) -> JSONValue { ["anyOf": [schema, ["type": "null"]]] }

  public static func list(_ items: JSONValue, max: Int? = nil) -> JSONValue {
    var schema: JSONObject = ["type": "array", "items": items]
    if let max { schema["maxItems"] = .int(max) }
    return .object(schema)
  }

  /// A text of at least one character that is not blank.
  public static func text(max: Int) -> JSONValue {
    ["type": "string", "minLength": 1, "maxLength": .int(max), "format": "text"]
  }

  /// One line of it: a name, a number, a title. That is asked of what comes in; what is kept, told by an event or
  /// answered is checked as a text, so that what came in before stays readable.
  public static func line(max: Int) -> JSONValue {
    ["type": "string", "minLength": 1, "maxLength": .int(max), "format": "line"]
  }

  /// A schema for what was taken in under it: where that is asked to be one line, this is a text of any lines. So a
  /// record of before a line was asked for, or of when a line could hold more, can still be read and written.
  static func kept(_ schema: JSONValue) -> JSONValue {
    switch schema {
    case .object(let object):
      .object(
        object.reduce(into: [:]) { kept, member in
          let isLine = member.key == "format" && member.value == "line"
          kept[member.key] = isLine ? "text" : Self.kept(member.value)
        })
    case .array(let items): .array(items.map(kept))
    default: schema
    }
  }

  /// Either where it is personal data: shown masked to roles without full sight. What is masked whole is a text of
  /// any lines.
  public static func personal(_ mask: Mask, max: Int) -> JSONValue {
    [
      "type": "string", "minLength": 1, "maxLength": .int(max), "format": mask == .text ? "text" : "line",
      "x-personal": .string(mask.rawValue),
    ]
  }

  public static let nothing: JSONValue = object([:])
  public static let anyObject: JSONValue = ["type": "object"]
  public static let count: JSONValue = ["type": "integer", "minimum": 0]
  public static let version: JSONValue = ["type": "integer", "minimum": 1]
  public static let seq: JSONValue = [
    "type": "integer", "minimum": 0, "description": "Number of a record, from 0",
  ]
  public static let text: JSONValue = ["type": "string"]
  public static let flag: JSONValue = ["type": "boolean"]
  /// The id of a unit of the directory.
  public static let unit: JSONValue = ["type": "string", "format": "id"]
  public static let instant: JSONValue = ["type": "string", "format": "date-time"]
  public static let date: JSONValue = ["type": "string", "format": "date"]
  /// UTC milliseconds, as records keep instants.
  public static let milliseconds: JSONValue = ["type": "integer"]
  public static let base64: JSONValue = ["type": "string", "format": "base64"]
  public static let hashes: JSONValue = list(base64)
  public static let methodName: JSONValue = text(max: 64)
  public static let requestID: JSONValue = ["type": ["string", "number", "integer", "null"]]
  public static let order: JSONValue = ["type": "string", "enum": ["asc", "desc"]]
  public static let limit: JSONValue = ["type": "integer", "minimum": 1, "maximum": 500]
  public static let cursor: JSONValue = text(max: 512)
}
