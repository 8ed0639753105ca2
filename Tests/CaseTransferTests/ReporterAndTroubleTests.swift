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

  @Test(
    "a reporter whom nobody told in time is owed it still, and overdue, when a ruling begins the next leg")
  func overdue() throws {
    let id = try fixture.at(.acceptedUnderDispute)
    try fixture.minutes(24 * 60)
    #expect(try fixture.body(id).duty(.tell)?.isOverdue(at: fixture.store.now) == true)
    let ruling = try fixture.call("adjudicate", id, ["to": "traffic-brigade"], as: Fixture.legal)
    #expect(ruling["leg"] == 2 && ruling["overdue"] == true && ruling["next_duty"] == "tell")
    #expect(try fixture.due(id, .tell) == "2026-03-03T09:00:00.000+08:00")
    // Nobody hears of the same end twice.
    try fixture.minutes(24 * 60)
    #expect(fixture.events("alarm").filter { $0["duty"] == "tell" && $0["rung"] == "overdue" }.count == 1)
    let told = try fixture.call("reporter.tell", id, ["way": "phone"], as: Fixture.order)
    #expect(told["next_duty"] == "transfer")
    let duty = try #require(try fixture.body(id).duty(.tell))
    #expect(duty.done == fixture.store.now && duty.due == Fixture.at("2026-03-03T09:00:00+08:00"))
  }

  @Test("an overdue telling does not begin anew when the case goes outside")
  func overdueOutside() throws {
    let id = try fixture.at(.accepted)
    try fixture.minutes(24 * 60)
    let answer = try fixture.call("negotiate", id, ["bureau": "Linhai"], as: Fixture.order)
    #expect(answer["overdue"] == true && answer["next_duty"] == "tell")
    #expect(try fixture.due(id, .tell) == "2026-03-03T09:00:00.000+08:00")
    // Nobody hears of the same end twice.
    try fixture.minutes(24 * 60)
    #expect(fixture.events("alarm").filter { $0["duty"] == "tell" && $0["rung"] == "overdue" }.count == 1)
  }

  @Test("an overdue telling stays when the case is not sent after all", arguments: ["own", "outside"])
  func overdueDropped(_ jurisdiction: String) throws {
    let id = try fixture.at(.screened)
    try fixture.minutes(24 * 60)
    let answer = try fixture.call("screen", id, ["jurisdiction": .string(jurisdiction)])
    #expect(answer["overdue"] == true && answer["next_duty"] == "tell")
    #expect(try fixture.due(id, .tell) == "2026-03-03T09:00:00.000+08:00")
    try fixture.call("reporter.tell", id, ["way": "phone"], as: Fixture.station)
    #expect(try fixture.body(id).duty(.tell)?.done == fixture.store.now)
  }

  @Test("what is owed can be told, also where the case never left its unit")
  func overdueKept() throws {
    let id = try fixture.at(.negotiating)
    try fixture.minutes(24 * 60)
    try fixture.call("designate", id, Fixture.needed[.keep]?.params ?? [:])
    let own = try fixture.call("screen", id, ["jurisdiction": "own"])
    #expect(own["overdue"] == true && own["next_duty"] == "tell" && own["leg"] == 0)
    let told = try fixture.call("reporter.tell", id, ["way": "phone"], as: Fixture.station)
    #expect(told["overdue"] == false && told["next_duty"] == .null)
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
    let fixture = try Fixture(scenario14: false)
    let id = try fixture.at(.sent)
    let before = fixture.version(id)
    expectRefused("support.scenario.inactive", "/id") {
      try fixture.call("trouble", id, ["code": "other"], as: Fixture.station)
    }
    #expect(fixture.version(id) == before)
    #expect(fixture.records("step").allSatisfy { $0["action"] != "trouble" })
    // Who could not ask has told of it all the same.
    try fixture.call("trouble", id, ["code": "other"], as: Fixture.order)
    try fixture.minutes(0)
    #expect(fixture.records("step").last?["action"] == "trouble")
    #expect(fixture.records("step").last?["support"] == nil)
  }

  private func requests() -> [JSONObject] {
    (fixture.store.contents.rows["support.request"] ?? [:]).values.map(\.record.body)
  }

  static let troubled: [(state: State, principal: Principal)] = [
    (.sent, Fixture.order), (.counted, Fixture.order), (.sent, Fixture.legal), (.accepted, Fixture.order),
    (.acceptedUnderDispute, Fixture.order),
  ]

  @Test(
    "receiver, owner and legal department cannot ask in the station's name: the daemon does, at once and once",
    arguments: troubled)
  func elsewhere(_ state: State, _ principal: Principal) throws {
    let id = try fixture.at(state)
    let answer = try fixture.call(
      "trouble", id, ["code": "count_stuck", "urgency": "immediate", "text": "Wang left"], as: principal)
    #expect(answer["support_request"] == nil && requests().isEmpty)
    let told = fixture.events("changed").last?["to"]?.arrayValue ?? []
    #expect(told.contains("coordination-desk") && told.contains("legal-department"))
    let step = try #require(fixture.records("step").last)
    let due = fixture.store.contents.deadlines["transfer|trouble|\(step.id)"]?.due
    #expect(due == fixture.store.now)
    try fixture.minutes(0)
    let request = try #require(requests().first)
    #expect(request["scenario"] == 14 && request["station"] == "st-02" && request["urgency"] == "immediate")
    #expect(request["summary"]?.stringValue?.hasPrefix(id) == true)
    #expect(request["summary"]?.stringValue?.contains("Wang") == false)
    let last = try fixture.call("history", id)["items"]?.arrayValue?.last
    #expect(last?["support"] == "SR-2026-000001" && last?["text"] == "Wang left")
    // Firing again asks for nothing twice.
    try fixture.store.handle(
      "transfer", "trouble", subject: step.id, .init(due: fixture.store.now, payload: [:]), late: true)
    #expect(requests().count == 1)
  }

  @Test("two troubles in one instant are two requests")
  func twice() throws {
    let id = try fixture.at(.sent)
    for code in ["documents", "evidence"] {
      try fixture.call("trouble", id, ["code": .string(code)], as: Fixture.order)
    }
    try fixture.minutes(0)
    #expect(requests().count == 2)
  }

  @Test("a unit that has no part in the case has no trouble with it")
  func strangers() throws {
    let id = try fixture.at(.sent)
    for principal in [Fixture.criminal, Fixture.coordination, Principal.of("st-03")] {
      expectError(.denied) { try fixture.call("trouble", id, ["code": "other"], as: principal) }
    }
  }

  @Test("without a station in the case nobody asks for support; the desks hear of it all the same")
  func noStation() throws {
    let id = try fixture.receive(unit: "traffic-brigade")
    let answer = try fixture.call("trouble", id, ["code": "other"], as: .of("traffic-brigade"))
    #expect(answer["support_request"] == nil)
    try fixture.minutes(0)
    #expect(requests().isEmpty)
    let told = fixture.events("changed").last
    #expect(told?["action"] == "trouble")
    #expect(told?["to"] == ["traffic-brigade", "legal-department", "coordination-desk"])
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
