import StationKit

/// The facts that a request may state, each with its type: a closed list, so that no rule reads what nobody
/// can write. None identifies a person.
package enum Facts {
  static let count: JSONValue = ["type": "integer", "minimum": 0, "maximum": 1_000_000]
  static let flag: JSONValue = ["type": "boolean"]

  static let counts = [
    "officers_available", "persons_involved", "missing_age", "deaths", "injured", "officers_requested",
  ]
  static let flags = ["seems_victim", "hostages", "specialists_needed", "secondment"]
  static let words: [String: [String]] = ["missing_sex": ["female", "male"]]

  static let schema: JSONValue = {
    var members: JSONObject = [:]
    for name in counts { members[name] = count }
    for name in flags { members[name] = flag }
    for name in words.keys.sorted() {
      members[name] = ["type": "string", "enum": .array((words[name] ?? []).map(JSONValue.string))]
    }
    return Schemas.object(members)
  }()
}
