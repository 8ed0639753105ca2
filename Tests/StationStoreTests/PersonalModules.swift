import StationKit

/// A module with personal data for the tests: `people`, whose methods run scripts as those of `test` do.
enum PersonalModules {
  static func all(_ scripts: Scripts) -> [Module] {
    [TestModules.test(scripts, collections: [person, visit, letter, note]), TestModules.other]
  }

  /// As it was declared before the store encrypted anything.
  static func former(_ scripts: Scripts) -> [Module] {
    [
      TestModules.test(
        scripts, collections: [person(fields: [.init("unit", .text)], indexes: []), visit, note]),
      TestModules.other,
    ]
  }

  static let person = person(
    fields: [.init("unit", .text), .init("id_number", .blind)],
    indexes: [.init("by_id_number", on: ["id_number"]), .init("by_both", on: ["unit", "id_number"])])

  /// Its own subject. Kept for five years after it was closed.
  static func person(
    fields: [Collection.Field], indexes: [Collection.Index], subject: Collection.Subject = .own
  ) -> Collection {
    Collection(
      name: "person", summary: Text("A person", zh: "人"),
      schema: [
        "type": "object",
        "properties": [
          "name": ["type": "string"], "id_number": ["type": ["string", "null"]],
          "facts": ["type": "object"], "unit": ["type": "string"],
          "closed": ["type": ["integer", "string", "null"]],
        ], "required": ["name", "unit"], "additionalProperties": false,
      ], fields: fields, indexes: indexes + [.init("by_unit", on: ["unit"])],
      personal: ["/name", "/id_number", "/facts"], subject: subject, retention: .years(5, after: "closed"))
  }

  static let visit = words("visit", Text("A visit", zh: "走访"))
  static let letter = words("letter", Text("A letter", zh: "来信"))

  /// Of a person, by a member that has no index of the module's own.
  private static func words(_ name: String, _ summary: Text) -> Collection {
    Collection(
      name: name, summary: summary,
      schema: [
        "type": "object", "properties": ["person": ["type": "string"], "said": ["type": "string"]],
        "required": ["person", "said"], "additionalProperties": false,
      ], personal: ["/said"], subject: .member("person"), retention: .forever)
  }

  /// Nothing personal: what stays of a person.
  static let note = Collection(
    name: "note", summary: Text("A note", zh: "记录"),
    schema: ["type": "object", "properties": ["of": ["type": "string"]]], retention: .forever)
}
