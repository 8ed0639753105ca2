import StationKit
import Testing

/// What a declaration says of personal data must be possible to keep.
@Suite struct PersonalRegistryTests {
  private static func collection(
    schema: JSONObject = [:], required: JSONValue = ["of"], fields: [Collection.Field] = [],
    indexes: [Collection.Index] = [], personal: [String] = ["/name"], subject: Collection.Subject = .own,
    retention: Collection.Retention = .forever, cached: Bool = false, openable: Bool = false
  ) -> Collection {
    var properties: JSONObject = [
      "name": ["type": "string"], "age": ["type": "integer"], "of": ["type": "string"],
      "ends": ["type": ["string", "null"]],
    ]
    for (name, value) in schema { properties[name] = value }
    return Collection(
      name: "person", summary: Text("P", zh: "人"),
      schema: ["type": "object", "properties": .object(properties), "required": required], fields: fields,
      indexes: indexes, personal: personal, subject: subject, retention: retention, cached: cached,
      openable: openable)
  }

  private static func module(_ collection: Collection) -> Module {
    Module(name: "t", title: Text("T", zh: "测"), version: "1", collections: [collection], methods: [])
  }

  @Test func `what can be kept is accepted`() throws {
    for collection in [
      Self.collection(), Self.collection(personal: []), Self.collection(personal: [], openable: true),
      Self.collection(subject: .member("of")),
      Self.collection(fields: [.init("name", .blind)], indexes: [.init("by_name", on: ["name"])]),
      Self.collection(fields: [.init("of", .text)], subject: .member("of")),
      Self.collection(retention: .years(3, after: "ends")), Self.collection(personal: ["/name", "/age"]),
    ] { #expect(throws: Never.self) { try Registry([Self.module(collection)]) } }
  }

  struct Refused: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let collection: Collection
    let says: String

    init(_ what: String, _ collection: Collection, _ says: String) {
      (testDescription, self.collection, self.says) = (what, collection, says)
    }
  }

  static let refused = [
    Refused("a pointer further down", collection(personal: ["/name/first"]), "top-level"),
    Refused("no pointer", collection(personal: ["name"]), "top-level"),
    Refused("a member that there is not", collection(personal: ["/nobody"]), "top-level"),
    Refused("the same twice", collection(personal: ["/name", "/name"]), "twice"),
    Refused("a personal field in clear", collection(fields: [.init("name", .text)]), "make it blind"),
    Refused(
      "a personal number in clear", collection(fields: [.init("age", .integer)], personal: ["/age"]),
      "make it blind"),
    Refused("a blind field that is not personal", collection(fields: [.init("of", .blind)]), "'personal'"),
    Refused("a blind number", collection(fields: [.init("age", .blind)], personal: ["/age"]), "a text"),
    Refused(
      "a unique index over a blind field",
      collection(fields: [.init("name", .blind)], indexes: [.init("i", on: ["name"], unique: true)]), "unique"
    ),
    Refused("cached", collection(cached: true), "cached"),
    Refused("openable", collection(openable: true), "openable"),
    Refused("a personal subject", collection(required: ["name"], subject: .member("name")), "subject"),
    Refused("a subject that may be absent", collection(required: [], subject: .member("of")), "subject"),
    Refused("a subject that is no text", collection(required: ["age"], subject: .member("age")), "subject"),
    Refused("a subject that there is not", collection(subject: .member("nobody")), "subject"),
    Refused("kept for no years", collection(retention: .years(0, after: "ends")), "0 years"),
    Refused("counted from what there is not", collection(retention: .years(1, after: "x")), "'x'"),
    Refused("counted from what is personal", collection(retention: .years(1, after: "name")), "'name'"),
  ]

  @Test(arguments: refused)
  func `what cannot be kept is refused, and said why`(refused: Refused) {
    let error = #expect(throws: RegistryError.self) { try Registry([Self.module(refused.collection)]) }
    #expect(error?.description.contains(refused.says) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("t.person") == true)
  }

  private static func method(
    _ result: JSONValue, discloses: Bool = false, permission: Permission = .role
  ) -> Module {
    Module(
      name: "t", title: Text("T", zh: "测"), version: "1",
      methods: [
        Method(
          "get", Text("Get", zh: "取"), params: ["type": "object", "additionalProperties": false],
          result: result, permission: permission, disclosesPersonalData: discloses,
          examples: [Example("One", params: [:], result: [:])], handler: .read { _, _, _ in [:] })
      ])
  }

  static let marked: [JSONValue] = [
    ["properties": ["name": ["type": "string", "x-personal": "name"]]],
    ["properties": ["list": ["items": ["properties": ["name": ["x-personal": "text"]]]]]],
    ["anyOf": [["$ref": "#/$defs/a"], [:]], "$defs": ["a": ["properties": ["n": ["x-personal": "phone"]]]]],
    ["additionalProperties": ["x-personal": "number"]],
  ]

  @Test(arguments: marked)
  func `a method that gives back what is marked must say that it discloses`(result: JSONValue) throws {
    #expect(throws: RegistryError.self) { try Registry([Self.method(result)]) }
    #expect(throws: Never.self) { try Registry([Self.method(result, discloses: true)]) }
    #expect(throws: Never.self) { try Registry([Self.method(result, permission: .modules)]) }
    // Marked or not, what is not marked needs nothing.
    #expect(try Registry([Self.method(["properties": ["name": [:]]])]).methods["t.get"]?.mask == nil)
  }

  @Test func `a mask that there is none of is refused`() {
    for mask: JSONValue in ["face", 1, true, ["a": 1]] {
      let error = #expect(throws: RegistryError.self) {
        try Registry([Self.method(["properties": ["n": ["x-personal": mask]]], discloses: true)])
      }
      #expect(error?.description.contains("name, number, phone, text") == true)
    }
  }
}
