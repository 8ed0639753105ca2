import CaseTransfer
import ModuleTesting
import StationKit
import Testing

@Suite("Outside the bureau")
struct OutsideTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  @Test(
    "negotiated, designated, ended: the bureau that was designated owns the case from the receipt of the notice"
  )
  func way() throws {
    let id = try fixture.receive(as: Fixture.station)
    try fixture.call("screen", id, ["jurisdiction": "outside"], as: Fixture.station)
    let negotiating = try fixture.call("negotiate", id, ["bureau": "Linhai"], as: Fixture.station)
    #expect(negotiating["next_duty"] == "tell" && negotiating["bureau"] == "Linhai")
    // Five working days after Monday 2 March.
    #expect(try fixture.due(id, .designate) == "2026-03-10T00:00:00.000+08:00")
    try fixture.minutes(60)
    #expect(try fixture.designate(id, "Tiantai")["bureau"] == "Tiantai")
    try fixture.minutes(60)
    let ended = try fixture.call("jurisdiction.end", id, ["number": "D-1"], as: Fixture.legal)
    #expect(ended["state"] == "jurisdiction_ended" && ended["owner"] == "Tiantai" && ended["outside"] == true)
    // The reporter is owed the telling still.
    #expect(ended["next_duty"] == "tell")
    let intervals = try fixture.call("ownership", id)["items"]?.arrayValue ?? []
    #expect(intervals.map { $0["outside"] } == [false, true])
    #expect(intervals[0]["until"] == "2026-03-02T11:00:00.000+08:00")
  }

  @Test("the common superior may leave the case with the bureau, and the 24 hours run from then")
  func keeps() throws {
    let id = try fixture.at(.negotiating)
    expectError(.invalidParams, "/bureau") {
      try fixture.call("designate", id, ["superior": "T", "number": "D", "keeps": true, "bureau": "L"])
    }
    expectError(.invalidParams, "/bureau") {
      try fixture.call("designate", id, ["superior": "T", "number": "D"])
    }
    expectError(.invalidParams, "/bureau") {
      try fixture.call("designate", id, ["superior": "T", "number": "D", "keeps": false])
    }
    try fixture.minutes(3 * 24 * 60)
    let answer = try fixture.call("designate", id, ["superior": "T", "number": "D", "keeps": true])
    #expect(answer["state"] == "screened" && answer["owner"] == "st-02" && answer["bureau"] == nil)
    // The reporter was not told of the negotiations, and another way makes it no less late.
    #expect(answer["overdue"] == true)
    let screened = try fixture.screen(id)
    #expect(screened["overdue"] == true && screened["next_duty"] == "tell")
    #expect(try fixture.due(id, .transfer) == "2026-03-06T09:00:00.000+08:00")
  }

  @Test(
    "every write of the unit that had the case is refused from then on, whatever its scope; reads are not")
  func writes() throws {
    let id = try fixture.at(.jurisdictionEnded)
    let wide = Principal(uid: 1, gid: 1, roles: [], unit: "st-02", scope: .all)
    let version = fixture.version(id)
    for (action, step) in Fixture.needed {
      // Handing the evidence out, telling and correcting are the legal department's.
      for principal in [.handOut, .tellReporter, .correct].contains(action)
        ? [Fixture.station, wide] : [Fixture.station, wide, .all, Fixture.legal]
      {
        expectRefused("transfer.jurisdiction.ended", "/id") {
          try fixture.call(step.method, id, step.params, as: principal)
        }
      }
    }
    for side in ["giving", "receiving"] {
      let error = #expect(throws: RPCError.self) { try fixture.count(id, side, []) }
      #expect(error?.rule == "transfer.jurisdiction.ended")
    }
    expectError(.denied) { try fixture.call("urgent_step", id, ["measure": "rescue"], as: Fixture.order) }
    #expect(fixture.version(id) == version)
    #expect(try fixture.call("explain", id, as: Fixture.station)["duties"] != nil)
  }

  @Test("the legal department hands the evidence out to the designated bureau, and the chain ends there")
  func handOut() throws {
    let id = try fixture.at(.jurisdictionEnded)
    expectError(.wrongState) {
      let open = try fixture.at(.designated)
      try fixture.call("evidence.move", open, ["item": 1, "link": "handed_out"], as: Fixture.legal)
    }
    try fixture.call(
      "evidence.move", id, ["item": 1, "link": "handed_out", "document": "R-1"], as: Fixture.legal)
    let chain = try fixture.call("custody", id, ["item": 1])
    #expect(chain["held"] == false)
    let last = chain["items"]?.arrayValue?.last
    #expect(last?["bureau"] == "Linhai" && last?["document"] == "R-1" && last?["to"] == nil)
  }

  @Test(
    "the reporter is owed the telling after the end too: the legal department hears of it, and records it")
  func tells() throws {
    let id = try fixture.at(.designated)
    try fixture.call("jurisdiction.end", id, ["number": "N-1"])
    #expect(try fixture.body(id).duties.filter(\.isOpen).map(\.name) == [.tell])
    try fixture.minutes(24 * 60)
    #expect(try fixture.call("explain", id)["duties"]?.arrayValue?.last?["overdue"] == true)
    #expect(fixture.events("alarm").map { $0["rung"] } == ["warning", "overdue"])
    #expect(fixture.events("alarm").last?["to"]?.arrayValue?.contains("legal-department") == true)
    expectRefused("transfer.jurisdiction.ended", "/id") {
      try fixture.call("reporter.tell", id, ["way": "letter"], as: Fixture.station)
    }
    expectError(.denied) { try fixture.call("reporter.tell", id, ["way": "letter"], as: Fixture.order) }
    let told = try fixture.call("reporter.tell", id, ["way": "letter"], as: Fixture.legal)
    #expect(told["state"] == "jurisdiction_ended" && told["next_duty"] == .null && told["overdue"] == false)
    #expect(try fixture.get(id)["told_at"] == "2026-03-03T09:00:00.000+08:00")
  }

  static let notices: [(received: String?, isFine: Bool)] = [
    (nil, true), ("2026-03-02T11:00:00+08:00", true), ("2026-03-02T11:00:00.001+08:00", false),
    ("2026-03-02T10:15:00+08:00", true), ("2026-03-02T03:00:00Z", true),
    // The designation was recorded at 10:00:30; what others tell is compared by the minute.
    ("2026-03-02T10:00:00+08:00", true), ("2026-03-02T09:59:59.999+08:00", false),
    ("2026-03-02T09:00:00+08:00", false), ("2026-03-02T08:59:59.999+08:00", false),
  ]

  @Test("the jurisdiction ends at the receipt, which may be told later but not earlier", arguments: notices)
  func notice(_ received: String?, _ isFine: Bool) throws {
    let id = try fixture.at(.negotiating)
    try fixture.store.advance(to: Fixture.at("2026-03-02T10:00:30+08:00"))
    try fixture.designate(id)
    try fixture.store.advance(to: Fixture.at("2026-03-02T11:00:00+08:00"))
    var params: JSONObject = ["number": "D-1"]
    params["received_at"] = received.map(JSONValue.string)
    guard isFine else {
      expectRefused("transfer.jurisdiction.notice", "/received_at") {
        try fixture.call("jurisdiction.end", id, params)
      }
      return
    }
    try fixture.call("jurisdiction.end", id, params)
    let instant = received.map(Fixture.at) ?? fixture.store.now
    #expect(try fixture.body(id).ownedSince == instant)
    // Steps that were taken after the receipt and before it was told are counted, not hidden.
    let after = fixture.records("step").dropLast().filter {
      ($0["time"]?.intValue ?? 0) >= Int(instant.milliseconds) && instant < fixture.store.now
    }.count
    #expect(try fixture.body(id).stepsAfterNotice == after)
    #expect(try fixture.get(id)["steps_after_notice"] == (after == 0 ? nil : .int(after)))
  }

  @Test("a notice in the minute of the designation is not received before the bureau had the case")
  func noticeBeforeTheCase() throws {
    try fixture.store.advance(to: Fixture.at("2026-03-02T09:00:30+08:00"))
    let id = try fixture.at(.negotiating)
    try fixture.store.advance(to: Fixture.at("2026-03-02T09:00:50+08:00"))
    try fixture.designate(id)
    try fixture.store.advance(to: Fixture.at("2026-03-02T09:05:00+08:00"))
    let since = try fixture.body(id).ownedSince
    #expect(since == Fixture.at("2026-03-02T09:00:30+08:00"))
    var params: JSONObject = ["number": "D-1", "received_at": "2026-03-02T09:00:29.999+08:00"]
    expectRefused("transfer.jurisdiction.notice", "/received_at") {
      try fixture.call("jurisdiction.end", id, params)
    }
    params["received_at"] = "2026-03-02T09:00:30+08:00"
    try fixture.call("jurisdiction.end", id, params)
    #expect(try fixture.body(id).ownedSince == since)
  }

  @Test("a case that is on its way inside is not negotiated")
  func inside() throws {
    let id = try fixture.at(.screened)
    expectRefused("transfer.receiver", "/id") { try fixture.call("negotiate", id, ["bureau": "L"]) }
    let moved = try fixture.at(.acceptedUnderDispute)
    try fixture.call("adjudicate", moved, ["to": "st-02"])
    expectRefused("transfer.receiver", "/id") { try fixture.call("negotiate", moved, ["bureau": "L"]) }
    let accepted = try fixture.at(.accepted)
    #expect(
      try fixture.call("negotiate", accepted, ["bureau": "L"], as: Fixture.order)["state"] == "negotiating")
  }
}
