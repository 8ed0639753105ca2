import CaseTransfer
import ModuleTesting
import StationKit
import Testing

@Suite("Screening and reclassification")
struct ScreeningTests {
  @Test("another unit's case is on its way from screening; the unit's own is not")
  func findings() throws {
    let fixture = try Fixture()
    let id = try fixture.receive()
    let other = try fixture.screen(id)
    #expect(other["receiver"] == "public-security-brigade" && other["leg"] == 1 && other["owner"] == "st-02")
    let own = try fixture.call("screen", id, ["jurisdiction": "own"])
    #expect(own["receiver"] == nil && own["next_duty"] == .null)
    #expect(fixture.records("leg").first?["dropped"] != nil)
    let outside = try fixture.call("screen", id, ["jurisdiction": "outside"])
    #expect(outside["next_duty"] == "transfer" && outside["leg"] == 1)
  }

  @Test("the receiver is another active unit, named for a case of another unit and for no other")
  func receiver() throws {
    let fixture = try Fixture()
    let id = try fixture.receive()
    expectRefused("transfer.receiver", "/to") { try fixture.screen(id, to: "st-02") }
    expectRefused("transfer.unit", "/to") { try fixture.screen(id, to: "bureau") }
    expectError(.notFound, "/to") { try fixture.screen(id, to: "st-98") }
    expectError(.invalidParams, "/to") { try fixture.call("screen", id, ["jurisdiction": "other"]) }
    expectError(.invalidParams, "/to") {
      try fixture.call("screen", id, ["jurisdiction": "own", "to": "st-03"])
    }
    try fixture.store.call("directory.unit.retire", ["id": "logistics", "version": 1])
    expectRefused("transfer.unit", "/to") { try fixture.screen(id, to: "logistics") }
  }

  @Test("only the owner screens")
  func owner() throws {
    let fixture = try Fixture()
    let id = try fixture.receive()
    for principal in [Fixture.order, Fixture.legal, Fixture.coordination, Principal.of("st-03")] {
      expectError(.denied) { try fixture.screen(id, as: principal) }
    }
    try fixture.screen(id, as: Fixture.colleague)
  }

  @Test("another receiver never gives more time, and neither does screening late")
  func time() throws {
    let fixture = try Fixture()
    let id = try fixture.receive("criminal")
    try fixture.minutes(60)
    try fixture.screen(id)
    #expect(try fixture.due(id, .transfer) == "2026-03-03T10:00:00.000+08:00")
    try fixture.minutes(120)
    try fixture.screen(id, to: "traffic-brigade")
    #expect(try fixture.due(id, .transfer) == "2026-03-03T10:00:00.000+08:00")
    let administrative = try fixture.receive()
    try fixture.minutes(23 * 60)
    try fixture.screen(administrative)
    #expect(try fixture.due(administrative, .transfer) == "2026-03-03T12:00:00.000+08:00")
    try fixture.call("screen", administrative, ["jurisdiction": "own"])
    try fixture.screen(administrative)
    #expect(try fixture.due(administrative, .transfer) == "2026-03-03T12:00:00.000+08:00")
  }

  @Test(
    "the 24 hours of a criminal case run from the first finding, whatever is found in between",
    arguments: ["own", "outside"])
  func firstFinding(_ between: String) throws {
    let fixture = try Fixture()
    let id = try fixture.receive("criminal")
    try fixture.screen(id)
    try fixture.minutes(23 * 60)
    try fixture.call("screen", id, ["jurisdiction": .string(between)])
    try fixture.screen(id)
    #expect(try fixture.due(id, .transfer) == "2026-03-03T09:00:00.000+08:00")
    #expect(try fixture.due(id, .tell) == "2026-03-03T09:00:00.000+08:00")
    try fixture.approve(id)
    try fixture.call("notice.issue", id, ["number": "T-1"])
    try fixture.minutes(60)
    try fixture.call("send", id)
    let sent = try fixture.store.call("transfer.figures", [:])["total"]?["sent_in_time"]
    #expect(sent?["numerator"] == 0 && sent?["denominator"] == 1)
    #expect(sent?["exclusions"] == ["running": 0, "dropped": 1])
  }

  @Test("a unit that finds a case to be another bureau's first has no more time either")
  func outsideFirst() throws {
    let fixture = try Fixture()
    let id = try fixture.receive("criminal")
    for minutes in [60, 120, 180] {
      try fixture.minutes(minutes)
      try fixture.call("screen", id, ["jurisdiction": "outside"])
      #expect(try fixture.due(id, .transfer) == "2026-03-03T10:00:00.000+08:00")
    }
  }

  @Test("the next owner finds for itself, and so does the bureau with which the case stays")
  func nextFinding() throws {
    let fixture = try Fixture()
    let id = try fixture.receive("criminal")
    try fixture.call("screen", id, ["jurisdiction": "outside"])
    try fixture.call("negotiate", id, ["bureau": "Linhai"])
    try fixture.minutes(48 * 60)
    try fixture.call("designate", id, ["superior": "T", "number": "D", "keeps": true])
    try fixture.minutes(60)
    try fixture.screen(id)
    #expect(try fixture.due(id, .transfer) == "2026-03-05T10:00:00.000+08:00")
    try fixture.approve(id)
    try fixture.call("notice.issue", id, ["number": "T-1"])
    try fixture.call("send", id)
    try fixture.handOver(id)
    #expect(try fixture.body(id).found == nil)
  }

  @Test("facts learned at the screening make a case urgent, and an urgent case goes to the brigade alone")
  func urgent() throws {
    let fixture = try Fixture()
    let id = try fixture.receive(facts: ["missing_age": 15])
    let facts: JSONValue = ["missing_sex": "female"]
    let call = { (jurisdiction: JSONValue, to: JSONValue?) throws -> JSONValue in
      var params: JSONObject = ["jurisdiction": jurisdiction, "facts": facts]
      params["to"] = to
      return try fixture.call("screen", id, params)
    }
    expectRefused("transfer.urgent", "/to") { _ = try call("other", "traffic-brigade") }
    expectRefused("transfer.urgent", "/jurisdiction") { _ = try call("own", nil) }
    expectRefused("transfer.urgent", "/jurisdiction") { _ = try call("outside", nil) }
    #expect(try call("other", "criminal-brigade")["urgent"] == true)
    // Never less urgent than before.
    let later = try fixture.call(
      "screen", id,
      ["jurisdiction": "other", "to": "criminal-brigade", "facts": ["missing_sex": "male"]])
    #expect(later["urgent"] == true)
  }

  @Test("once it is a crime the case goes to the criminal brigade, within what was left and at most 24 hours")
  func reclassifies() throws {
    let fixture = try Fixture()
    let id = try fixture.receive("unclear")
    try fixture.screen(id)
    try fixture.minutes(20 * 60)
    let answer = try fixture.call("reclassify", id, ["text": "a minor injury"])
    #expect(answer["receiver"] == "criminal-brigade" && answer["kind"] == "criminal")
    #expect(answer["next_due"] == "2026-03-03T09:00:00.000+08:00")
    expectRefused("transfer.reclassify", "/id") { try fixture.call("reclassify", id) }
    // The approval of a criminal case is needed from here on.
    expectRefused("transfer.criminal.approval", "/id") { try fixture.call("send", id) }
    #expect(fixture.records("leg").map { $0["kind"] } == ["criminal"])
    // What was left is not more after another finding.
    try fixture.call("screen", id, ["jurisdiction": "own"])
    try fixture.screen(id, to: "criminal-brigade")
    #expect(try fixture.due(id, .transfer) == "2026-03-03T09:00:00.000+08:00")
  }

  @Test("a unit that kept a case transfers it within 24 hours of finding the crime")
  func keptCase() throws {
    let fixture = try Fixture()
    let id = try fixture.receive("unclear")
    try fixture.call("screen", id, ["jurisdiction": "own"])
    try fixture.minutes(10 * 24 * 60)
    let answer = try fixture.call("reclassify", id)
    #expect(answer["next_due"] == "2026-03-13T09:00:00.000+08:00" && answer["state"] == "screened")
  }

  @Test("the receiver of an administrative case that is a crime begins another leg")
  func afterAcceptance() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.accepted)
    let answer = try fixture.call("reclassify", id)
    #expect(answer["leg"] == 2 && answer["owner"] == "public-security-brigade")
    #expect(answer["sender"] == "public-security-brigade" && answer["receiver"] == "criminal-brigade")
    #expect(fixture.records("leg").map { $0["sender"] } == ["st-02", "public-security-brigade"])
  }

  @Test("a dispute that is open then is over without a ruling")
  func supersedes() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.acceptedUnderDispute)
    try fixture.call("reclassify", id)
    #expect(fixture.records("dispute").first?["result"] == "superseded")
    #expect(try fixture.body(id).duty(.adjudicate) == nil)
  }

  @Test("the criminal brigade keeps what it finds to be a crime; another unit cannot name itself")
  func brigade() throws {
    let fixture = try Fixture()
    let own = try fixture.receive("unclear", unit: "criminal-brigade")
    #expect(try fixture.call("reclassify", own)["next_duty"] == .null)
    let id = try fixture.receive("unclear")
    expectRefused("transfer.receiver", "/to") { try fixture.call("reclassify", id, ["to": "st-02"]) }
    #expect(try fixture.call("reclassify", id, ["to": "cyber-brigade"])["receiver"] == "cyber-brigade")
  }

  @Test("a ruling on an administrative case does not keep the next receiver from disputing the crime")
  func afterRuling() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.acceptedUnderDispute)
    try fixture.call("adjudicate", id, ["to": "traffic-brigade"])
    try fixture.call("reclassify", id)
    try fixture.approve(id, as: .all)
    try fixture.call("notice.issue", id, ["number": "T-1"])
    try fixture.call("send", id)
    try fixture.handOver(id)
    let answer = try fixture.call("dispute", id, ["ground": "facts", "text": "?"], as: Fixture.criminal)
    #expect(answer["owner"] == "criminal-brigade")
  }

  @Test("an urgent case that is a crime goes to the brigade alone")
  func urgentCrime() throws {
    let fixture = try Fixture()
    let id = try fixture.receive("unclear", facts: ["seems_victim": true])
    expectRefused("transfer.urgent", "/to") { try fixture.call("reclassify", id, ["to": "cyber-brigade"]) }
    #expect(try fixture.call("reclassify", id)["receiver"] == "criminal-brigade")
  }

  @Test(
    "whenever somebody seems to be a victim, the case is owed to the criminal brigade at once",
    arguments: [State.accepted, .acceptedUnderDispute, .adjudicated, .negotiating])
  func urgentLater(_ state: State) throws {
    let fixture = try Fixture()
    let id = try fixture.at(state)
    let owner = try fixture.body(id).owner
    try fixture.minutes(48 * 60)
    func screen(_ unit: String, _ facts: JSONObject) throws -> JSONValue {
      try fixture.call(
        "screen", id, ["jurisdiction": "other", "to": .string(unit), "facts": .object(facts)])
    }
    // Without that it is disputed, and not screened again.
    expectRefused("transfer.accept_first", "/id") { _ = try screen("traffic-brigade", [:]) }
    expectRefused("transfer.urgent", "/to") { _ = try screen("traffic-brigade", ["seems_victim": true]) }
    let answer = try screen("criminal-brigade", ["seems_victim": true])
    #expect(answer["state"] == "screened" && answer["urgent"] == true && answer["bureau"] == nil)
    #expect(answer["owner"] == .string(owner) && answer["receiver"] == "criminal-brigade")
    #expect(try fixture.due(id, .urgent) == "2026-03-04T09:30:00.000+08:00")
    #expect(try fixture.due(id, .transfer) == "2026-03-05T09:00:00.000+08:00")
    let item = try fixture.body(id)
    #expect(item.duty(.designate) == nil && item.duty(.adjudicate)?.isOpen != true)
    if state == .acceptedUnderDispute {
      #expect(fixture.records("dispute").first?["result"] == "superseded")
    }
    #expect(try fixture.call("send", id)["state"] == "sent")
  }

  @Test("no ruling and no finding of the brigade sends an urgent case to another unit of the bureau")
  func urgentStays() throws {
    let fixture = try Fixture()
    let id = try fixture.receive(facts: ["seems_victim": true])
    try fixture.call("send", id)
    try fixture.handOver(id)
    try fixture.call("dispute", id, ["ground": "facts", "text": "no victim"])
    expectRefused("transfer.urgent", "/to") { try fixture.call("adjudicate", id, ["to": "st-03"]) }
    #expect(try fixture.call("adjudicate", id, ["to": "criminal-brigade"])["state"] == "adjudicated")
    let own = try fixture.receive(unit: "criminal-brigade", facts: ["seems_victim": true])
    expectRefused("transfer.urgent", "/to") { try fixture.screen(own, to: "st-03") }
    #expect(try fixture.call("screen", own, ["jurisdiction": "own"])["next_duty"] == .null)
  }

  @Test("while it is negotiated with another bureau only the procedure changes")
  func outward() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.negotiating)
    expectRefused("transfer.reclassify", "/to") { try fixture.call("reclassify", id, ["to": "st-03"]) }
    let answer = try fixture.call("reclassify", id)
    #expect(answer["state"] == "negotiating" && answer["kind"] == "criminal" && answer["leg"] == 0)
  }
}
