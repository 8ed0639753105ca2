import Mediation
import ModuleTesting
import StationKit
import Testing

@Suite("Alarms")
struct AlarmTests {
  @Test("each rung fires once, at its share of the limit, to whom it is for")
  func ladder() throws {
    let fixture = try Fixture()
    try fixture.at(.registered)
    try fixture.hours(100)
    let fired = fixture.events("escalated").map { event in
      "\(event["limit"]?.stringValue ?? "") \(event["rung"]?.intValue ?? 0)"
    }
    #expect(fired == ["accept 50", "accept 80", "accept 100", "accept 150", "accept 200"])
    let to = fixture.events("escalated").map { $0["to"] }
    #expect(to == [["st-02"], ["st-02"], ["st-02", "coordination-desk"], ["st-02"], ["coordination-desk"]])
    #expect(
      fixture.events("escalated").map { $0["duty_leader"]?.boolValue } == [false, false, false, true, false])
    #expect(fixture.events("escalated").allSatisfy { $0["due"] == "2026-03-03T09:00:00.000+08:00" })
    #expect(fixture.store.contents.deadlines.isEmpty)
  }

  @Test("rungs fire at their instants")
  func instants() throws {
    let fixture = try Fixture()
    try fixture.at(.registered)
    for (minutes, count) in [(719, 0), (1, 1), (431, 1), (1, 2), (287, 2), (1, 3)] {
      try fixture.store.advance(to: fixture.store.now.adding(minutes: minutes))
      #expect(fixture.events("escalated").count == count)
    }
  }

  @Test("a missed limit marks, and blocks nothing: all goes on to the end")
  func neverBlocks() throws {
    let fixture = try Fixture()
    let id = try fixture.register()["id"]?.stringValue ?? ""
    let states: [State] = [.eligibility, .consent, .session1, .session2]
    for state in states {
      try fixture.hours(24 * 30)
      try fixture.lead(id, to: state)
    }
    try fixture.hours(24 * 30)
    try fixture.step("session.record", id)
    try fixture.hours(24 * 30)
    try fixture.step(
      "agreement.record", id, ["performance": ["by": "2026-12-01", "method": "cash"]])
    try fixture.set("2026-12-20T09:00:00+08:00")
    try fixture.step("performance.record", id)
    try fixture.hours(24 * 60)
    try fixture.step("visit.record", id)
    let header = try fixture.step("close", id)
    #expect(
      header["late"] == ["accept", "session_1", "session_2", "agreement", "performance", "visit"])
  }

  @Test("firing again, as after a restart, does nothing twice")
  func again() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    try fixture.hours(13)
    #expect(fixture.events("escalated").count == 1)
    for _ in 0..<3 {
      let deadline = TestStore.Scheduled(due: fixture.store.now, payload: [:])
      try fixture.store.handle("mediation", "limit", subject: id, deadline, late: true)
    }
    #expect(fixture.events("escalated").count == 1)
  }

  @Test("what came due while the daemon was down fires at start, once each, marked late")
  func late() throws {
    let fixture = try Fixture()
    try fixture.at(.registered)
    try fixture.store.sleep(to: fixture.store.now.adding(hours: 24))
    #expect(fixture.events("escalated").map { $0["rung"]?.intValue } == [50, 80, 100])
    #expect(fixture.events("escalated").map { $0["late"]?.boolValue } == [true, true, false])
  }

  @Test("a deadline of a dispute that is gone or ended does nothing")
  func idle() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.withdrawn)
    #expect(fixture.store.contents.deadlines.isEmpty)
    for kind in ["limit", "door"] {
      for subject in [id, "MD-2026-999999"] {
        let deadline = TestStore.Scheduled(due: fixture.store.now, payload: [:])
        try fixture.store.handle("mediation", kind, subject: subject, deadline, late: false)
      }
    }
    #expect(fixture.events("escalated").isEmpty)
  }

  @Test("a provisional end is computed again when the calendar is there, and one that has passed is not")
  func calendar() throws {
    let fixture = try Fixture(now: Fixture.instant("2026-12-30T09:00:00+08:00"))
    let id = try fixture.at(.eligibility)
    #expect(fixture.dispute(id)?.limits[.session1]?.provisional == true)
    #expect(fixture.dispute(id)?.limits[.session1]?.end == Fixture.instant("2027-01-05T00:00:00+08:00"))
    try fixture.arrive2027()
    // A rung of the limit comes first, and moves it: off are 1 to 3 January.
    try fixture.store.advance(to: Fixture.instant("2027-01-02T09:00:00+08:00"))
    let limit = fixture.dispute(id)?.limits[.session1]
    #expect(limit?.end == Fixture.instant("2027-01-06T00:00:00+08:00") && limit?.provisional == false)
    #expect(limit?.calendar == "2025.1+2026.1+2027.test")
  }

  @Test("an end that has passed stays where it was")
  func passed() throws {
    let fixture = try Fixture(now: Fixture.instant("2026-12-30T09:00:00+08:00"))
    let id = try fixture.at(.session1)
    try fixture.store.sleep(to: Fixture.instant("2027-01-05T00:00:00+08:00"))
    try fixture.arrive2027()
    #expect(try fixture.step("call.record", id)["late"] == ["session_1"])
    #expect(fixture.dispute(id)?.limits[.session1]?.end == Fixture.instant("2027-01-05T00:00:00+08:00"))
  }

  @Test("a case keeps the rules that it began under")
  func rulesKept() throws {
    var root = Fixture.rulesValue.objectValue ?? [:]
    var list = root["rules"]?.arrayValue ?? []
    let place = try #require(list.firstIndex { $0["id"] == "mediation.session.first" })
    var next = list[place].objectValue ?? [:]
    next["version"] = "2"
    next["effective"] = "2026-03-03"
    next["values"] = ["working_days": 5]
    list.insert(.object(next), at: place + 1)
    root["rules"] = .array(list)
    let fixture = try Fixture(.object(root))
    let old = try fixture.at(.registered)
    try fixture.hours(24)
    try fixture.step("accept", old)
    let new = try fixture.at(.eligibility, ["matter": "a loan"])
    #expect(fixture.dispute(old)?.limits[.session1]?.end == Fixture.instant("2026-03-07T00:00:00+08:00"))
    #expect(fixture.dispute(old)?.limits[.session1]?.rule.version == "1")
    #expect(fixture.dispute(new)?.limits[.session1]?.end == Fixture.instant("2026-03-11T00:00:00+08:00"))
    #expect(fixture.dispute(new)?.limits[.session1]?.rule.version == "2")
  }

  @Test("explain tells rule, version, start and every day that was skipped, in both languages")
  func explain() throws {
    let fixture = try Fixture(now: Fixture.instant("2026-04-30T09:00:00+08:00"))
    let id = try fixture.at(.eligibility)
    let limits = try fixture.store.call("mediation.explain", ["id": .string(id)])["limits"]?.arrayValue ?? []
    #expect(limits.map { $0["limit"] } == ["accept", "session_1"])
    let steps = limits.last?["steps"]?.arrayValue ?? []
    #expect(steps.filter { $0["code"] == "day_skipped" }.count == 5)
    #expect(
      steps.allSatisfy { $0["en"]?.stringValue?.isEmpty == false && $0["zh"]?.stringValue?.isEmpty == false })
    #expect(limits.last?["rule"] == ["id": "mediation.session.first", "version": "1"])
    #expect(limits.last?["term"] == "3wd" && limits.last?["steps_apply"] == true)
  }
}

extension Fixture {
  /// A calendar of 2027 in which the first three days are off and nothing else is known.
  func arrive2027() throws {
    func date(_ day: Int) -> CivilDate {
      CivilDate(year: 2027, month: 1, day: day) ?? CivilDate(dayNumber: 0)
    }
    let year = try YearCalendar(
      year: 2027, version: "2027.test",
      source: .init(title: "notice", documentNumber: "1", published: CivilDate(dayNumber: 20_700)),
      holidays: [.init(name: "元旦", englishName: "New Year", first: date(1), last: date(3))], workedDays: [])
    store.calendar = try store.calendar.replacing(year)
  }
}
