import KeyPerson
import ModuleTesting
import StationKit
import Testing

/// The forbidden, attempted.
@Suite("KeyPerson refuses")
struct ForbiddenCallTests {
  let module: Module

  init() throws { module = try KeyPerson.module(configuration: Fixture.rules) }

  @Test(
    "a proposal in another category",
    arguments: [
      "petitioner", "petition", "stability", "religion", "ethnicity", "political", "mental_health",
      "key_person", "ex_offender", "other", "", "Community_corrections",
    ])
  func unknownCategory(_ category: String) throws {
    let fixture = try Fixture()
    let error = #expect(throws: RPCError.self) {
      try fixture.call(
        "propose", Fixture.proposal(.communityCorrections, ["category": .string(category)]))
    }
    #expect(error?.kind == .invalidParams)
    #expect(error?.pointer == "/category")
    #expect(fixture.rows("record").isEmpty)
  }

  static let extras: [(String, JSONValue)] = [
    ("coordinates", ["30.2741", "120.1551"]), ("track", []), ("device", "860000000000000"),
    ("face", "AAAA"), ("plate", "浙A00000"), ("score", 87), ("tag", "watch"), ("tags", []),
    ("religion", "none"), ("ethnicity", "Han"), ("petition", true), ("politics", ""), ("note", "x"),
    ("address", "x"), ("health", "x"), ("risk_level", 3), ("location", [:]), ("relatives", []),
  ]

  @Test("a field that nobody named, in any call", arguments: extras.indices)
  func extraField(_ index: Int) throws {
    let (name, value) = Self.extras[index]
    let fixture = try Fixture()
    let error = #expect(throws: RPCError.self) {
      try fixture.call("propose", Fixture.proposal(.communityCorrections, [name: value]))
    }
    #expect(error?.kind == .invalidParams && error?.pointer == "/\(name)")
    for method in module.methods {
      let schema = try JSONSchema(method.params)
      for example in method.examples {
        var params = example.params.objectValue ?? [:]
        params[name] = value
        #expect(schema.validate(.object(params)) != nil, "\(method.name)")
      }
    }
    for collection in module.collections {
      let schema = try JSONSchema(collection.schema)
      #expect(
        schema.validateAll(.object([name: value])).contains { $0.pointer.description == "/\(name)" },
        "\(collection.name)")
    }
  }

  @Test("a field smuggled into an object", arguments: ["guardian", "instrument", "care_need"])
  func extraInside(_ member: String) throws {
    let fixture = try Fixture()
    var params = Fixture.proposal(.missingVulnerablePerson)
    params["care_need"] = [
      "need": "insulin twice a day",
      "document": ["by": "doctor", "reference": "certificate 3", "date": "2026-02-01"],
    ]
    try fixture.call("propose", params)
    var inner = params[member]?.objectValue ?? [:]
    inner["coordinates"] = "30.2741,120.1551"
    params[member] = .object(inner)
    let error = #expect(throws: RPCError.self) { try fixture.call("propose", params) }
    #expect(error?.pointer == "/\(member)/coordinates")
  }

  @Test(
    "a configuration that says more than numbers",
    arguments: ["categories", "fields", "duties", "tags", "methods", "purposes"])
  func configuration(_ key: String) {
    var configuration = Fixture.rules.objectValue ?? [:]
    configuration[key] = ["stability"]
    #expect(throws: RuleBookError.self) { try KeyPerson.module(configuration: .object(configuration)) }
  }

  @Test("an event that leads to a person, or names a record")
  func events() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    try fixture.call("contact.lost", ["id": .string(id), "urgency": "urgent"])
    try fixture.call("contact.found", ["id": .string(id), "outcome": "found_well"])
    _ = try fixture.delist(id)
    try fixture.advance("2026-06-01T00:00:00+08:00")
    for event in fixture.store.contents.events {
      let text = JSONValue.object(event.payload).encodedString
      for secret in ["王小明", Fixture.number, "138 0000", "0102-31", "Court"] {
        #expect(!text.contains(secret), "\(event.name)")
      }
      // An id of the test store can be part of another.
      #expect(!text.contains("\"\(id)\""), "\(event.name)")
    }
  }
}
