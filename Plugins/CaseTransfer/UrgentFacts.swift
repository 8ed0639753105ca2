import StationKit

/// What makes a case go to the criminal brigade at once. None of it identifies a person.
package struct UrgentFacts: Sendable, Hashable {
  package var missingAge: Int?
  package var isFemale: Bool?
  package var seemsVictim: Bool?

  package init(missingAge: Int? = nil, isFemale: Bool? = nil, seemsVictim: Bool? = nil) {
    self.missingAge = missingAge
    self.isFemale = isFemale
    self.seemsVictim = seemsVictim
  }

  init(_ json: JSONValue?) {
    missingAge = json?["missing_age"]?.intValue
    isFemale = (json?["missing_sex"]?.stringValue).map { $0 == "female" }
    seemsVictim = json?["seems_victim"]?.boolValue
  }

  /// A missing child, a missing girl, or anyone who seems to be a victim.
  package func isUrgent(childBelow: Int, girlFrom: Int, girlBelow: Int) -> Bool {
    if seemsVictim == true { return true }
    guard let missingAge else { return false }
    if missingAge < childBelow { return true }
    return isFemale == true && missingAge >= girlFrom && missingAge < girlBelow
  }

  func isUrgent(_ rule: RuleBook.Entry) -> Bool {
    isUrgent(
      childBelow: rule.int("child_below"), girlFrom: rule.int("girl_from"), girlBelow: rule.int("girl_below"))
  }

  static let schema = Shapes.object(
    [
      "missing_age": ["type": "integer", "minimum": 0, "maximum": 150],
      "missing_sex": ["type": "string", "enum": ["female", "male"]], "seems_victim": Shapes.flag,
    ], required: [])
}
