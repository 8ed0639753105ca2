import CaseTransfer
import ModuleTesting
import StationKit
import Testing

@Suite("CaseTransfer")
struct ModuleTests {
  let module: Module

  init() throws { module = try CaseTransfer.module(configuration: Fixture.rules) }

  @Test("only get and history disclose personal data, and no other result has a personal member")
  func disclosure() {
    #expect(Set(module.methods.filter(\.disclosesPersonalData).map(\.name)) == ["get", "history"])
    for method in module.methods {
      let isPersonal = method.result.encodedString.contains("x-personal")
      #expect(isPersonal == method.disclosesPersonalData, "\(method.name)")
    }
    for event in module.events { #expect(!event.payload.encodedString.contains("x-personal")) }
  }

  @Test("personal members are declared wherever a stored schema marks them, under the case's key")
  func personal() {
    for collection in module.collections {
      let marked = (collection.schema["properties"]?.objectValue ?? [:])
        .filter { $0.value.encodedString.contains("x-personal") }.map { "/\($0.key)" }
      #expect(Set(marked) == Set(collection.personal), "\(collection.name)")
      if collection.name != "case", !collection.personal.isEmpty {
        #expect(collection.subject == .member("case"), "\(collection.name)")
      }
      if collection.personal.isEmpty { #expect(collection.retention == .forever, "\(collection.name)") }
    }
  }

  @Test("no method or state refuses a case")
  func noRefusal() {
    let words = Action.allCases.map(\.rawValue) + State.allCases.map(\.rawValue) + module.methods.map(\.name)
    #expect(!words.contains { $0.contains("reject") || $0.contains("refus") || $0.contains("declin") })
  }

  @Test("local numbers say so")
  func rules() throws {
    for rule in Fixture.rules["rules"]?.arrayValue ?? [] where rule["values"] != nil {
      #expect((rule["local"] == true) == (rule["source"] == "local configuration"), "\(rule)")
    }
  }

  @Test("the units that the rules name are in the organisation that is shipped")
  func units() throws {
    let fixture = try Fixture()
    let units = module.units
    #expect(units == ["legal-department", "coordination-desk", "criminal-brigade"])
    for unit in units {
      #expect(throws: Never.self) {
        try fixture.store.call("directory.unit.get", ["id": .string(unit)])
      }
    }
  }

  /// By name, because the values are long.
  static let broken: [(name: String, message: String)] = [
    ("no hours", "transfer.criminal.limit: 'values.hours' must be a whole number"),
    ("no time at all", "'values.hours' must be 1 to 720"),
    ("more than a month", "'values.hours' must be 1 to 720"),
    ("more items than a call bears", "'values.items' must be 1 to 500"),
    ("an unknown number", "'values.hours' is not known"),
    ("no rules", "'rules' must be a list"),
    ("no units", "'units.legal' must be the id of a unit"),
    ("an unknown member", "'extra' is not known"),
    ("a unit that is no id", "'units.legal' must be the id of a unit"),
  ]

  private static func configuration(_ name: String) -> JSONValue {
    switch name {
    case "no hours": Fixture.rules("transfer.criminal.limit", "hours", .null)
    case "no time at all": Fixture.rules("transfer.criminal.limit", "hours", 0)
    case "more than a month": Fixture.rules("transfer.accept.limit", "hours", 721)
    case "more items than a call bears": Fixture.rules("transfer.evidence.limit", "items", 501)
    case "an unknown number": Fixture.rules("transfer.warning", "hours", 3)
    case "no rules": with("rules", nil)
    case "no units": with("units", nil)
    case "an unknown member": with("extra", 1)
    default: with("units", ["legal": "Legal Dept"])
    }
  }

  @Test("a configuration that cannot work is refused when the module is made", arguments: broken)
  func configuration(_ name: String, _ message: String) {
    do {
      _ = try CaseTransfer.module(configuration: Self.configuration(name))
      Issue.record("\(name) is accepted")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
    }
  }

  @Test("no warning at all is a number too")
  func noWarning() throws {
    let fixture = try Fixture(Fixture.rules("transfer.warning", "minutes", 0))
    let id = try fixture.receive()
    try fixture.screen(id)
    try fixture.minutes(24 * 60 - 1)
    #expect(fixture.events("alarm").isEmpty)
  }

  private static func with(_ name: String, _ value: JSONValue?) -> JSONValue {
    var object = Fixture.rules.objectValue ?? [:]
    object[name] = value
    return .object(object)
  }
}
