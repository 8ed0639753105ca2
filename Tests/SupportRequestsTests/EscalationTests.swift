import ModuleTesting
import StationKit
import SupportRequests
import Testing

@Suite("Escalation")
struct EscalationTests {
  /// Scenario 1, routine: an hour to respond, 24 hours to complete.
  @Test("each rung of both clocks fires once, at its share of the limit, to whom it is for")
  func ladder() throws {
    let fixture = try Fixture()
    let id = try fixture.open()
    try fixture.store.advance(to: fixture.store.now.adding(hours: 100))
    let fired = fixture.events("escalated").map { event in
      "\(event["clock"]?.stringValue ?? "") \(event["rung"]?.intValue ?? 0) \(event["due"]?.stringValue ?? "")"
    }
    #expect(
      fired == [
        "response 50 2026-03-02T09:30:00.000+08:00", "response 100 2026-03-02T10:00:00.000+08:00",
        "response 150 2026-03-02T10:30:00.000+08:00", "response 200 2026-03-02T11:00:00.000+08:00",
        "support 50 2026-03-02T21:00:00.000+08:00", "support 100 2026-03-03T09:00:00.000+08:00",
        "support 150 2026-03-03T21:00:00.000+08:00", "support 200 2026-03-04T09:00:00.000+08:00",
      ])
    let to = fixture.events("escalated").map { $0["to"] }
    #expect(to[0] == ["command-centre"])
    #expect(to[1] == ["command-centre", "coordination-desk"])
    #expect(to[2] == ["command-centre"])
    #expect(to[3] == ["coordination-desk"])
    #expect(
      fixture.events("escalated").map { $0["duty_leader"]?.boolValue } == [
        false, false, true, false, false, false, true, false,
      ])
    #expect(fixture.store.contents.deadlines.isEmpty)
    #expect(fixture.body(id)?.clocks.firedSupport == [50, 100, 150, 200])
  }

  @Test("firing again, as after a restart, does nothing twice")
  func again() throws {
    let fixture = try Fixture()
    let id = try fixture.open()
    try fixture.minutes(61)
    #expect(fixture.events("escalated").count == 2)
    for _ in 0..<3 {
      let deadline = TestStore.Scheduled(due: fixture.store.now, payload: [:])
      try fixture.store.handle("support", "clock", subject: id, deadline, late: true)
    }
    #expect(fixture.events("escalated").count == 2)
    #expect(
      fixture.store.contents.deadlines["support|clock|\(id)"]?.due == fixture.store.now.adding(minutes: 29))
  }

  @Test("what came due while the daemon was down fires at start, once each, marked late")
  func late() throws {
    let fixture = try Fixture()
    try fixture.open()
    try fixture.store.sleep(to: fixture.store.now.adding(minutes: 91))
    #expect(fixture.events("escalated").map { $0["rung"]?.intValue } == [50, 100, 150])
    #expect(fixture.events("escalated").map { $0["late"]?.boolValue } == [true, true, false])
  }

  @Test("a deadline of a request that is gone or closed does nothing")
  func idle() throws {
    let fixture = try Fixture()
    let id = try fixture.open()
    try fixture.step("withdraw", id)
    #expect(fixture.store.contents.deadlines.isEmpty)
    for subject in [id, "SR-2026-999999"] {
      let deadline = TestStore.Scheduled(due: fixture.store.now, payload: [:])
      try fixture.store.handle("support", "clock", subject: subject, deadline, late: false)
    }
    #expect(fixture.events("escalated").isEmpty)
  }

  @Test("acknowledgement ends the response rungs; a pause moves the support rungs")
  func pauses() throws {
    let fixture = try Fixture()
    let id = try fixture.open()
    try fixture.step("acknowledge", id)
    try fixture.minutes(120)
    try fixture.step("request_info", id)
    #expect(try fixture.get(id)["support_due"] == .null)
    try fixture.minutes(60 * 48)
    #expect(fixture.events("escalated").isEmpty)
    try fixture.step("provide_info", id)
    #expect(try fixture.get(id)["support_due"] == "2026-03-05T09:00:00.000+08:00")
    try fixture.minutes(60 * 10 - 1)
    #expect(fixture.events("escalated").isEmpty)
    try fixture.minutes(1)
    #expect(fixture.events("escalated").map { $0["rung"]?.intValue } == [50])
  }

  @Test("what was paused stays paused through a change of urgency, and fired rungs stay fired")
  func urgency() throws {
    let fixture = try Fixture()
    let id = try fixture.open()
    try fixture.minutes(31)
    try fixture.step("acknowledge", id)
    try fixture.step("request_info", id)
    try fixture.minutes(60)
    try fixture.step("provide_info", id)
    try fixture.step("change_urgency", id)
    // 8 hours from 09:00, and one hour that was paused.
    #expect(try fixture.get(id)["support_due"] == "2026-03-02T18:00:00.000+08:00")
    // The answer was given in time, and stays judged by the limit that it had.
    #expect(try fixture.get(id)["response_due"] == "2026-03-02T10:00:00.000+08:00")
    try fixture.store.advance(to: fixture.store.now.adding(hours: 40))
    let rungs = fixture.events("escalated").map {
      "\($0["clock"]?.stringValue ?? "")\($0["rung"]?.intValue ?? 0)"
    }
    #expect(rungs == ["response50", "support50", "support100", "support150", "support200"])
  }

  /// Scenario 1, immediate: five minutes to respond, two hours to complete.
  @Test("an end that has passed stays through a change of urgency, and the breach with it")
  func passed() throws {
    let fixture = try Fixture()
    let id = try fixture.open(urgency: "immediate")
    try fixture.minutes(20)
    let response = try fixture.step("change_urgency", id, ["urgency": "routine"])
    #expect(response["response_due"] == "2026-03-02T09:05:00.000+08:00")
    #expect(response["support_due"] == "2026-03-03T09:00:00.000+08:00")
    try fixture.step("acknowledge", id)
    #expect(fixture.body(id)?.response == .done(milliseconds: 20 * 60_000, onTime: false))
    try fixture.step("change_urgency", id, ["urgency": "immediate"])
    try fixture.minutes(100)
    let support = try fixture.step("change_urgency", id, ["urgency": "routine"])
    #expect(support["support_due"] == "2026-03-02T11:00:00.000+08:00")
    for step in ["assign", "start", "complete"] { try fixture.step(step, id) }
    #expect(fixture.body(id)?.support == .done(milliseconds: 120 * 60_000, onTime: false))
    let total = try fixture.store.call("support.figures", [:])["total"]
    for clock in ["response", "support"] {
      #expect(total?[clock]?["on_time"]?["numerator"] == 0)
      #expect(total?[clock]?["on_time"]?["denominator"] == 1)
    }
    let terms = try fixture.store.call("support.explain", ["id": .string(id)])["terms"]?.arrayValue ?? []
    #expect(terms.map { $0["limit"] } == ["5min", "2h", "3wd"])
    #expect(terms.allSatisfy { $0["steps_apply"] == true })
  }

  @Test("feedback that does not come closes the request as incomplete, at the limit")
  func lapse() throws {
    let fixture = try Fixture()
    let id = try fixture.open()
    for step in ["acknowledge", "assign", "start", "complete"] { try fixture.step(step, id) }
    // Three working days after Monday end with Thursday.
    #expect(try fixture.get(id)["feedback_due"] == "2026-03-06T00:00:00.000+08:00")
    try fixture.store.advance(to: Instant(rfc3339: "2026-03-05T23:59:59+08:00") ?? .earliest)
    #expect(fixture.body(id)?.state == .feedbackDue)
    try fixture.store.advance(to: Instant(rfc3339: "2026-03-06T00:00:00+08:00") ?? .earliest)
    #expect(fixture.body(id)?.state == .closed)
    #expect(fixture.body(id)?.outcome.feedback == .missing)
    #expect(try fixture.get(id)["marks"]?["incomplete"] == true)
    #expect(try fixture.get(id)["history"]?.arrayValue?.last?["by"] == "system")
    let told = fixture.events("changed").last
    #expect(told?["due"] == "2026-03-06T00:00:00.000+08:00" && told?["late"] == false)
  }

  @Test("an end in a year without a calendar is computed again when the calendar arrives")
  func provisional() throws {
    let fixture = try Fixture()
    let id = try fixture.open(16)
    let before = try fixture.get(id)["support_due"]
    #expect(fixture.body(id)?.clocks.provisional == [.response, .support])
    let day = CivilDate("2026-03-03")
    let source = YearCalendar.Source(
      title: "test", documentNumber: "1", published: day ?? CivilDate(dayNumber: 0))
    let off = YearCalendar.Holiday(
      name: "节", englishName: "Feast", first: day ?? CivilDate(dayNumber: 0),
      last: day ?? CivilDate(dayNumber: 0))
    fixture.store.calendar = try WorkCalendar(years: [
      YearCalendar(year: 2026, version: "2026.9", source: source, holidays: [off], workedDays: [])
    ])
    try fixture.step("acknowledge", id)
    #expect(fixture.body(id)?.clocks.provisional == [])
    #expect(try fixture.get(id)["support_due"] != before)
    #expect(try fixture.get(id)["cycle"]?["calendar_version"] == "2026.9")
  }
}
