import ModuleTesting
import StationKit
import SupportRequests
import Testing

/// Who leads a request, and what a cycle needs to begin.
@Suite("Lead")
struct LeadTests {
  static let owners: [(owners: [JSONValue], lead: JSONValue?)] = [
    (["nope"], nil), (["st-03"], nil), (["zone-1"], nil), (["bureau"], nil), (["st-03.cases", "nope"], nil),
    (["nope", "logistics"], "logistics"), (["logistics", "nope"], "logistics"),
    (["key-person-desk"], "key-person-desk"),
  ]

  @Test(
    "the first owner that is an active department or desk leads; without one nothing opens", arguments: owners
  )
  func lead(_ owners: [JSONValue], _ lead: JSONValue?) throws {
    let fixture = try Fixture(CatalogueTests.changed(5) { $0["owners"] = .array(owners) })
    if let lead {
      #expect(try fixture.get(try fixture.open(5))["department"] == lead)
    } else {
      let error = #expect(throws: RPCError.self) { try fixture.open(5) }
      #expect(error?.rule == "support.scenario.inactive" && error?.pointer == "/scenario")
      for owner in owners { #expect(error?.message.en.contains(owner.stringValue ?? "") == true) }
    }
  }

  @Test("an owner that is retired leads no more, neither as the first nor as the branch")
  func retired() throws {
    let fixture = try Fixture()
    for unit in ["anti-fraud", "political-office", "zone-5", "cyber-brigade"] { try fixture.retire(unit) }
    #expect(throws: RPCError.self) { try fixture.open(5, urgency: "immediate") }
    #expect(fixture.events("opened").isEmpty)
    #expect(try fixture.get(try fixture.open(21))["department"] == "inspectorate")
    let error = #expect(throws: RPCError.self) { try fixture.open(12, more: ["branch": "cyber-brigade"]) }
    #expect(error?.rule == "support.branch.jurisdiction" && error?.pointer == "/branch")
  }

  /// What is gone by the time of the reopening, and the rule that refuses it.
  static let gone: [(scenario: Int, units: [String], rule: String?)] = [
    (20, [], nil), (20, ["logistics"], "support.scenario.inactive"),
    (20, ["zone-2", "st-02"], "support.station.active"),
  ]

  @Test("a reopening needs what an opening needs", arguments: gone)
  func reopen(_ scenario: Int, _ units: [String], _ rule: String?) throws {
    let fixture = try Fixture()
    let id = try fixture.closed(scenario)
    for unit in units { try fixture.retire(unit) }
    guard let rule else {
      #expect(try fixture.step("reopen", id)["state"] == "reopened")
      return
    }
    #expect(throws: RPCError.self) { try fixture.open(scenario) }
    let error = #expect(throws: RPCError.self) { try fixture.step("reopen", id) }
    #expect(error?.rule == rule && error?.pointer == nil)
    #expect(fixture.body(id)?.state == .closed)
  }

  @Test("a scenario that is switched off is not opened again")
  func switchedOff() throws {
    let fixture = try Fixture()
    let id = try fixture.closed(5)
    let later = try Fixture(
      CatalogueTests.changed(5) {
        $0["active"] = false
        $0["limits"] = nil
      })
    later.store.contents = fixture.store.contents
    let error = #expect(throws: RPCError.self) { try later.step("reopen", id) }
    #expect(error?.rule == "support.scenario.inactive")
  }

  @Test("a reopened request goes back to the lead where its department is gone")
  func backToLead() throws {
    let fixture = try Fixture()
    let id = try fixture.closed(5, redirectedTo: "inspectorate")
    let other = try fixture.closed(5, redirectedTo: "inspectorate")
    #expect(try fixture.step("reopen", other)["department"] == "inspectorate")
    try fixture.retire("inspectorate")
    #expect(try fixture.step("reopen", id)["department"] == "anti-fraud")
    #expect(try fixture.get(id)["history"]?.arrayValue?.last?["department"] == "anti-fraud")
  }

  @Test("a new cycle tells at once what an opening tells at once")
  func alarms() throws {
    let fixture = try Fixture()
    let id = try fixture.open(4, urgency: "immediate", facts: ["missing_age": 9])
    for step in Fixture.toTheEnd { try fixture.step(step, id) }
    fixture.store.contents.events = []
    #expect(try fixture.step("reopen", id)["marks"] == ["transfer_to_criminal_brigade": true])
    #expect(fixture.events("immediate").count == 1)
    #expect(fixture.events("transfer_to_criminal_brigade").count == 1)
  }
}
