import Mediation
import ModuleTesting
import StationKit
import Testing

@Suite("Eligibility and consent")
struct EligibilityTests {
  @Test(
    "each exclusion closes mediation, and the decision is kept with its why", arguments: Exclusion.allCases)
  func excluded(_ exclusion: Exclusion) throws {
    let fixture = try Fixture()
    let id = try fixture.at(.eligibility)
    let code: JSONValue = .string(exclusion.rawValue)
    let header = try fixture.step(
      "eligibility", id, ["open": false, "exclusions": [code], "reason": "as the file shows"])
    #expect(header["state"] == "ineligible")
    #expect(header["next_limit"] == .null)
    let decision = try fixture.get(id)["decisions"]?.arrayValue?.first
    #expect(decision?["open"] == false && decision?["exclusions"] == [code])
    #expect(decision?["reason"] == "as the file shows" && decision?["by"] == "uid:1000")
    let explained = try fixture.store.call("mediation.explain", ["id": .string(id)])
    #expect(
      explained["decisions"]?.arrayValue?.first?["exclusions"]?.arrayValue?.first?["rule"]
        == ["id": .string("mediation.exclusion.\(exclusion.rawValue)"), "version": "1"])
    // Never mediated: advised, and outside the success rate.
    #expect(try fixture.step("close", id, ["advice": "case"])["state"] == "advised")
    #expect(fixture.dispute(id)?.outcome == .ineligible)
  }

  @Test(
    "what is excluded cannot be found open: refused by the exclusion's rule", arguments: Exclusion.allCases)
  func notOpen(_ exclusion: Exclusion) throws {
    let fixture = try Fixture()
    let id = try fixture.at(.eligibility)
    let error = #expect(throws: RPCError.self) {
      try fixture.step("eligibility", id, ["exclusions": [.string(exclusion.rawValue)]])
    }
    #expect(error?.rule == exclusion.rule && error?.pointer == "/exclusions/0")
    #expect(fixture.dispute(id)?.state == .eligibility)
  }

  @Test(
    "an exclusion during the sessions fails a mediation that was eligible",
    arguments: [State.session1, .session2])
  func during(_ state: State) throws {
    let fixture = try Fixture()
    let id = try fixture.at(state)
    let header = try fixture.step("eligibility", id, ["open": false, "exclusions": ["new_offence"]])
    #expect(header["state"] == "failed" && header["failed_for"] == "excluded")
    #expect(header["next_limit"] == "case")
    try fixture.step("close", id, ["advice": "case"])
    #expect(fixture.dispute(id)?.outcome == .failed)
  }

  @Test("a decision against names an exclusion")
  func why() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.eligibility)
    for more: JSONObject in [["open": false], ["open": false, "exclusions": []]] {
      let error = #expect(throws: RPCError.self) { try fixture.step("eligibility", id, more) }
      #expect(error?.rule == "mediation.eligibility.why" && error?.pointer == "/exclusions")
    }
    let without = #expect(throws: RPCError.self) { try fixture.step("eligibility", id, ["reason": .null]) }
    #expect(without?.kind == .invalidParams && without?.pointer == "/reason")
  }

  @Test("mediation has two sides")
  func sides() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.eligibility, ["parties": [Fixture.injured]])
    let error = #expect(throws: RPCError.self) { try fixture.step("eligibility", id) }
    #expect(error?.rule == "mediation.parties" && error?.pointer == "/open")
    try fixture.step("party.add", id, ["role": "offender", "name": "Wang Wu"])
    #expect(try fixture.step("eligibility", id)["state"] == "consent")
  }

  /// What two parties are, and whether they are two sides.
  static let pairs: [(first: String, second: String, isOpen: Bool)] = [
    ("injured", "injured", false), ("injured", "offender", true), ("injured", "other", true),
    ("other", "other", true),
    // In a fight each may be an offender towards the other.
    ("offender", "offender", true),
  ]

  @Test("two who are injured are one side", arguments: pairs)
  func roles(_ first: String, _ second: String, _ isOpen: Bool) throws {
    let fixture = try Fixture()
    let parties: JSONValue = [
      ["role": .string(first), "name": "Zhang San"], ["role": .string(second), "name": "Wang Wu"],
    ]
    let id = try fixture.at(.eligibility, ["parties": parties])
    if !isOpen {
      let error = #expect(throws: RPCError.self) { try fixture.step("eligibility", id) }
      #expect(error?.rule == "mediation.parties" && error?.pointer == "/open")
      try fixture.step("party.add", id, ["role": "offender", "name": "Li"])
    }
    #expect(try fixture.step("eligibility", id)["state"] == "consent")
  }

  @Test("every party is asked once; the last that agrees opens the first session")
  func consent() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.consent)
    func ask(_ person: String, _ agrees: Bool = true) throws -> JSONValue {
      try fixture.step("consent", id, ["person": .string("\(id).\(person)"), "agrees": .bool(agrees)])
    }
    #expect(try ask("p1")["state"] == "consent")
    let again = #expect(throws: RPCError.self) { try ask("p1") }
    #expect(again?.rule == "mediation.consent" && again?.pointer == "/person")
    let nobody = #expect(throws: RPCError.self) { try ask("p9") }
    #expect(nobody?.kind == .notFound && nobody?.pointer == "/person")
    // Somebody who joins is asked too.
    try fixture.step("party.add", id, ["role": "other", "name": "Sun"])
    #expect(try ask("p2")["state"] == "consent")
    #expect(try ask("p3")["state"] == "session_1")
  }

  @Test("one party that is unwilling ends it, as the exclusion that it is")
  func unwilling() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.consent)
    let header = try fixture.step("consent", id, ["person": .string("\(id).p2"), "agrees": false])
    #expect(header["state"] == "ineligible")
    #expect(fixture.dispute(id)?.decisions.last?.exclusions == [.unwilling])
  }

  @Test("a representative is not asked")
  func representative() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.consent)
    try fixture.step("party.add", id, ["role": "proxy", "name": "Li", "for": .string("\(id).p1")])
    let error = #expect(throws: RPCError.self) {
      try fixture.step("consent", id, ["person": .string("\(id).p3"), "agrees": true])
    }
    #expect(error?.rule == "mediation.consent")
  }
}
