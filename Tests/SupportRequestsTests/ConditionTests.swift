import ModuleTesting
import StationKit
import SupportRequests
import Testing

@Suite("Condition")
struct ConditionTests {
  static let ratio: [(officers: Int, persons: Int, verdict: Verdict)] = [
    (0, 1, .met), (1, 1, .met), (2, 1, .unmet), (3, 1, .unmet), (5, 3, .met), (6, 3, .unmet), (7, 3, .unmet),
    (1_000_000, 500_000, .unmet), (999_999, 500_000, .met), (0, 1_000_000, .met),
  ]

  @Test("fewer than two officers for each person is an exact ratio", arguments: ratio)
  func exactRatio(_ officers: Int, _ persons: Int, _ verdict: Verdict) throws {
    let fixture = try Fixture()
    let id = try fixture.open(
      2, facts: ["officers_available": .int(officers), "persons_involved": .int(persons)])
    #expect(try fixture.get(id)["marks"]?["eligibility"] == .string(verdict.rawValue))
  }

  @Test("zero persons is refused by its rule", arguments: [0, 1, 7])
  func zeroPersons(_ officers: Int) throws {
    let fixture = try Fixture()
    let error = #expect(throws: RPCError.self) {
      try fixture.open(2, facts: ["officers_available": .int(officers), "persons_involved": 0])
    }
    #expect(error?.rule == "support.eligibility.zero_persons")
    #expect(error?.pointer == "/facts/persons_involved")
  }

  @Test("facts that are not stated leave a rule undecided")
  func unknown() throws {
    let fixture = try Fixture()
    #expect(try fixture.get(try fixture.open(2))["marks"]?["eligibility"] == "unknown")
    #expect(try fixture.get(try fixture.open(3, facts: ["injured": 2]))["marks"]?["eligibility"] == "unknown")
    #expect(try fixture.get(try fixture.open(3, facts: ["injured": 3]))["marks"]?["eligibility"] == "met")
  }

  static let missing: [(facts: JSONObject, isTransferred: Bool)] = [
    (["missing_age": 13, "missing_sex": "male"], true), (["missing_age": 14, "missing_sex": "male"], false),
    (["missing_age": 0], true), (["missing_age": 14], false),
    (["missing_age": 14, "missing_sex": "female"], true),
    (["missing_age": 17, "missing_sex": "female"], true),
    (["missing_age": 18, "missing_sex": "female"], false),
    (["missing_age": 40, "seems_victim": true], true), (["missing_age": 40, "seems_victim": false], false),
    ([:], false),
  ]

  @Test("who goes to the criminal brigade at once", arguments: missing)
  func transfer(_ facts: JSONObject, _ isTransferred: Bool) throws {
    let fixture = try Fixture()
    let id = try fixture.open(4, facts: facts)
    #expect((try fixture.get(id)["marks"]?["transfer_to_criminal_brigade"] == true) == isTransferred)
    let events = fixture.events("transfer_to_criminal_brigade")
    #expect(events.count == (isTransferred ? 1 : 0))
    #expect(events.first?["to"]?.arrayValue?.first ?? "criminal-brigade" == "criminal-brigade")
  }

  @Test("an age that becomes known later transfers at once, and only once")
  func transferLater() throws {
    let fixture = try Fixture()
    let id = try fixture.open(4)
    for (age, count) in [(12, 1), (13, 1)] {
      if age == 12 { try fixture.step("acknowledge", id) }
      try fixture.step("request_info", id)
      try fixture.step("provide_info", id, ["facts": ["missing_age": .int(age)]])
      #expect(fixture.events("transfer_to_criminal_brigade").count == count)
    }
  }

  @Test("three-valued logic of all and any")
  func logic() throws {
    let met = Condition.atLeast(fact: "deaths", 1)
    let unmet = Condition.below(fact: "deaths", 1)
    let unknown = Condition.isTrue(fact: "hostages")
    let facts: JSONObject = ["deaths": 1]
    #expect(try Condition.all([met, met]).verdict(facts) == .met)
    #expect(try Condition.all([met, unknown]).verdict(facts) == .unknown)
    #expect(try Condition.all([unknown, unmet]).verdict(facts) == .unmet)
    #expect(try Condition.any([unmet, unmet]).verdict(facts) == .unmet)
    #expect(try Condition.any([unmet, unknown]).verdict(facts) == .unknown)
    #expect(try Condition.any([unknown, met]).verdict(facts) == .met)
  }
}
