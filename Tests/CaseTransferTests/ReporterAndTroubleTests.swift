import CaseTransfer
import ModuleTesting
import StationKit
import Testing

@Suite("Reporter and trouble")
struct ReporterAndTroubleTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  @Test("the reporter is told where the case went, once it is known, and the first time counts")
  func tell() throws {
    let id = try fixture.receive()
    expectError(.wrongState) { try fixture.call("reporter.tell", id, ["way": "phone"]) }
    try fixture.screen(id)
    try fixture.minutes(10)
    try fixture.call("reporter.tell", id, ["way": "phone", "text": "to the brigade"], as: Fixture.station)
    try fixture.minutes(10)
    try fixture.call("reporter.tell", id, ["way": "letter"], as: Fixture.station)
    #expect(try fixture.get(id)["told_at"] == "2026-03-02T09:10:00.000+08:00")
    #expect(try fixture.body(id).duty(.tell)?.done == Fixture.at("2026-03-02T09:10:00+08:00"))
    let steps = try fixture.call("history", id)["items"]?.arrayValue ?? []
    #expect(steps.last?["code"] == "letter" && steps[2]["text"] == "to the brigade")
  }

  @Test("without a reporter nobody is owed telling, and without a way to go there is nothing to tell")
  func none() throws {
    let id = try fixture.receive(more: ["reporter": .null])
    try fixture.screen(id)
    #expect(try fixture.body(id).duty(.tell) == nil)
    expectRefused("transfer.reporter.told", "/id") { try fixture.call("reporter.tell", id, ["way": "phone"]) }
    let own = try fixture.receive()
    try fixture.call("screen", own, ["jurisdiction": "own"])
    expectRefused("transfer.receiver", "/id") { try fixture.call("reporter.tell", own, ["way": "phone"]) }
  }

  @Test("the sender may tell after the acceptance; the next leg owes it anew")
  func anew() throws {
    let id = try fixture.at(.accepted)
    try fixture.call("reporter.tell", id, ["way": "phone"], as: Fixture.station)
    try fixture.call("reclassify", id)
    #expect(try fixture.body(id).told == nil)
    #expect(try fixture.body(id).duty(.tell)?.isOpen == true)
  }

  @Test("trouble opens support scenario 14 in the same transaction, and says nothing of persons")
  func trouble() throws {
    let id = try fixture.at(.sent)
    let answer = try fixture.call(
      "trouble", id, ["code": "receiver_absent", "text": "Wang of the brigade does not come"],
      as: Fixture.station)
    #expect(answer["support_request"] == "SR-2026-000001")
    let request = try fixture.store.call("support.get", ["id": "SR-2026-000001"])
    #expect(request["scenario"] == 14 && request["station"] == "st-02" && request["urgency"] == "urgent")
    #expect(request["department"] == "legal-department" && request["branch"] == "public-security-brigade")
    #expect(request["summary"]?.stringValue?.hasPrefix(id) == true)
    #expect(request["summary"]?.stringValue?.contains("Wang") == false)
    let opened = fixture.store.contents.events.first { $0.name == "support.opened" }
    #expect(opened?.payload["to"]?.arrayValue?.contains("coordination-desk") == true)
    #expect(opened?.payload["to"]?.arrayValue?.contains("legal-department") == true)
  }

  @Test("what support refuses undoes the step, and points at what the caller wrote")
  func undone() throws {
    let id = try fixture.at(.accepted)
    let before = fixture.version(id)
    // The brigade has the case, but asks in the name of a station that it does not work for.
    expectError(.denied) { try fixture.call("trouble", id, ["code": "other"], as: Fixture.order) }
    #expect(fixture.version(id) == before)
    #expect(fixture.records("step").allSatisfy { $0["action"] != "trouble" })
    try fixture.call("trouble", id, ["code": "other", "urgency": "immediate"], as: Fixture.station)
  }

  @Test("without a station in the case there is nobody to ask")
  func noStation() throws {
    let id = try fixture.receive(unit: "traffic-brigade")
    expectRefused("transfer.trouble", "/id") { try fixture.call("trouble", id, ["code": "other"]) }
  }

  @Test("from station to station the request names no branch")
  func stations() throws {
    let id = try fixture.receive()
    try fixture.screen(id, to: "st-03")
    try fixture.call("trouble", id, ["code": "documents"], as: .of("st-03"))
    let request = try fixture.store.call("support.get", ["id": "SR-2026-000001"])
    #expect(request["station"] == "st-03" && request["branch"] == nil)
  }
}
