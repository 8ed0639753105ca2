import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite("StopLoss")
struct ModuleTests {
  let module: Module

  init() throws { module = try StopLoss.module(configuration: Fixture.configuration) }

  @Test("only methods that show a person's particulars disclose personal data")
  func disclosure() {
    let own = module.methods.filter { !$0.name.hasPrefix("spool") }
    #expect(own.filter(\.disclosesPersonalData).map(\.name) == ["get", "account", "trace"])
    for method in own where !method.disclosesPersonalData {
      #expect(!method.result.encodedString.contains("x-personal"), "\(method.name)")
    }
  }

  @Test("a person's particulars are declared personal, and found by exact value only")
  func personal() {
    let personal = Dictionary(uniqueKeysWithValues: module.collections.map { ($0.name, $0.personal) })
    #expect(personal["report"] == ["/victim", "/corrections", "/summary", "/digest"])
    #expect(personal["account"] == ["/number", "/holders", "/credit_code"])
    #expect(personal["stop"] == [])
    let account = module.collections.first { $0.name == "account" }
    #expect(account?.fields.first { $0.name == "number" }?.type == .blind)
  }

  @Test("events and what is not personal in records hold no name, number or phone")
  func leaks() throws {
    let fixture = try Fixture()
    let id = try fixture.frozen()
    try fixture.call("unrelated", id)
    try fixture.call("release", id, ["reason": "unrelated"])
    try fixture.call(
      "correct", try #require(fixture.stop(id)).report, ["victim": ["name": "张珊"], "document": "ID of 张珊"])
    var texts = fixture.store.contents.events.filter { $0.name.hasPrefix("stoploss.") }.map {
      JSONValue.object($0.payload).encodedString
    }
    for collection in module.collections {
      for row in (fixture.store.contents.rows["stoploss.\(collection.name)"] ?? [:]).values {
        var body = row.record.body
        for pointer in collection.personal { body[String(pointer.dropFirst())] = nil }
        texts.append(JSONValue.object(body).encodedString)
      }
    }
    #expect(texts.count > 5)
    for text in texts {
      for secret in [
        "张三", "张珊", "户主2", "11010519491231002X", "13800001234", Fixture.card(1), Fixture.card(2),
      ] {
        #expect(!text.contains(secret), "\(text)")
      }
    }
  }

  @Test("few indexes on what an intake writes")
  func indexes() {
    #expect(module.collections.first { $0.name == "report" }?.indexes.count == 3)
    #expect(module.collections.first { $0.name == "account" }?.indexes.count == 3)
  }

  @Test("local numbers are marked")
  func rules() {
    for rule in Fixture.configuration["rules"]?.arrayValue ?? [] where rule["source"] == "local configuration"
    {
      #expect(rule["local"] == true, "\(rule["id"]?.stringValue ?? "")")
    }
  }

  @Test("the units that the rules name are in the organisation that is shipped")
  func units() throws {
    let fixture = try Fixture()
    let units = try StopLoss.module(configuration: Fixture.configuration).units
    #expect(units == ["anti-fraud", "command-centre", "coordination-desk"])
    for unit in units {
      #expect(throws: Never.self) { try fixture.store.call("directory.unit.get", ["id": .string(unit)]) }
    }
  }

  static let broken: [(String, JSONValue)] = [
    ("desk", .null), ("lapse_to", [1]), ("fraud_types", []), ("fraud_types", [["code": "a", "en": "b"]]),
    (
      "fraud_types",
      [["code": "a", "en": "b", "zh": "c"], ["code": "a", "en": "b", "zh": "c"]]
    ),
    ("rules", []), ("rules", .null),
  ]

  @Test("a configuration that cannot be used is refused", arguments: broken)
  func refusedConfiguration(_ member: String, _ value: JSONValue) {
    var configuration = Fixture.configuration.objectValue ?? [:]
    configuration[member] = value
    #expect(throws: (any Error).self) { try StopLoss.module(configuration: .object(configuration)) }
  }

  static let numbers: [(String, String, JSONValue)] = [
    ("stoploss.stop.term", "hours", 0), ("stoploss.stop.alarms", "hours", ["1", "4"]),
    ("stoploss.stop.alarms", "hours", []), ("stoploss.stop.alarms", "hours", ["x"]),
    ("stoploss.figures.age_bands", "from", ["18", "30"]), ("stoploss.freeze.term", "months", "6"),
  ]

  @Test("a rule's numbers that cannot be worked with are refused", arguments: numbers)
  func refusedNumbers(_ id: String, _ name: String, _ value: JSONValue) {
    let changed = Fixture.configuration(changing: id, name, value)
    #expect(throws: (any Error).self) { try StopLoss.module(configuration: changed) }
  }
}

extension Fixture {
  /// The shipped configuration with one number of one rule changed.
  static func configuration(changing id: String, _ name: String, _ value: JSONValue) -> JSONValue {
    var whole = configuration.objectValue ?? [:]
    whole["rules"] = .array(
      (whole["rules"]?.arrayValue ?? []).map { rule in
        guard rule["id"]?.stringValue == id, var changed = rule.objectValue else { return rule }
        var values = changed["values"]?.objectValue ?? [:]
        values[name] = value
        changed["values"] = .object(values)
        return .object(changed)
      })
    return .object(whole)
  }
}
