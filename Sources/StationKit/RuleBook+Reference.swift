import StationCalendar
import StationJSON

extension RuleBook.Entry {
  /// The rule's id, with this version.
  public var reference: RuleRef { RuleRef(id: rule.id, version: rule.version) }
}

extension RuleRef {
  /// As answers name it.
  public var json: JSONValue { ["id": .string(id), "version": .string(version)] }
}

extension ComputedTerm {
  /// How the end came about, step by step, as `explain` methods answer it.
  public var steps: [JSONValue] {
    let english = explain(.english)
    let chinese = explain(.chinese)
    return explanation.enumerated().map { place, step in
      var fields: JSONObject = [:]
      for field in step.fields(zone: zone) { fields[field.name] = .string(field.value) }
      return [
        "code": .string(step.code), "fields": .object(fields), "en": .string(english[place]),
        "zh": .string(chinese[place]),
      ]
    }
  }
}
