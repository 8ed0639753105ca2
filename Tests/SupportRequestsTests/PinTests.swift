import ModuleTesting
import StationKit
import SupportRequests
import Testing

/// What a cycle keeps from when it opened, and what another calendar may still move.
@Suite("Pins")
struct PinTests {
  static func calendar(
    _ years: [Int], off: (String, String)? = nil, edition: Int = 9
  ) throws -> WorkCalendar {
    let day = CivilDate(dayNumber: 0)
    let source = YearCalendar.Source(title: "test", documentNumber: "1", published: day)
    return try WorkCalendar(
      years: years.map { year in
        var holidays: [YearCalendar.Holiday] = []
        if let off, let first = CivilDate(off.0), let last = CivilDate(off.1), off.0.hasPrefix("\(year)") {
          holidays = [YearCalendar.Holiday(name: "节", englishName: "Feast", first: first, last: last)]
        }
        return try YearCalendar(
          year: year, version: "\(year).\(edition)", source: source, holidays: holidays, workedDays: [])
      })
  }

  /// A request that was completed on Wednesday 30 December 2026, before 2027 has a calendar.
  static func completed() throws -> (Fixture, String) {
    let fixture = try Fixture(now: Instant(rfc3339: "2026-12-30T09:00:00+08:00") ?? .earliest)
    fixture.store.calendar = try calendar([2026])
    let id = try fixture.open()
    for step in ["acknowledge", "assign", "start", "complete"] { try fixture.step(step, id) }
    return (fixture, id)
  }

  @Test("a feedback limit in a year without a calendar is provisional, and moves when the calendar arrives")
  func feedback() throws {
    let (fixture, id) = try Self.completed()
    #expect(try fixture.get(id)["feedback_due"] == "2027-01-05T00:00:00.000+08:00")
    #expect(fixture.body(id)?.clocks.provisional == [.feedback])
    #expect(Self.payload(fixture, id) == Deadline.payload(provisionalUnder: "2026.9"))
    fixture.store.calendar = try Self.calendar([2026, 2027], off: ("2027-01-01", "2027-01-04"))
    // As the daemon has it: the deadline comes due at once.
    try fixture.store.handle(
      "support", "clock", subject: id, TestStore.Scheduled(due: fixture.store.now, payload: [:]), late: false)
    #expect(try fixture.get(id)["feedback_due"] == "2027-01-07T00:00:00.000+08:00")
    #expect(fixture.body(id)?.state == .feedbackDue)
    #expect(fixture.body(id)?.clocks.provisional == [])
    #expect(Self.payload(fixture, id) == [:])
  }

  @Test("a feedback limit that has passed does not move")
  func passedFeedback() throws {
    let (fixture, id) = try Self.completed()
    let due = try #require(Instant(rfc3339: "2027-01-05T00:00:00+08:00"))
    try fixture.store.sleep(to: due)
    fixture.store.calendar = try Self.calendar([2026, 2027], off: ("2027-01-01", "2027-01-04"))
    #expect(fixture.body(id)?.state == .closed)
    try fixture.step("reopen", id)
    let archived = fixture.store.contents.rows["support.cycle"]?["\(id).1"]?.record.body
    #expect(archived?["cycle"]?["calendar_version"] == "2026.9")
    #expect(archived?["clocks"]?["feedback_due"] == .int(Int(due.milliseconds)))
  }

  @Test("each explained term says whether it is provisional itself, the feedback once it is owed")
  func provisional() throws {
    let fixture = try Fixture()
    let id = try fixture.open(6, urgency: "urgent")
    func terms() throws -> [String] {
      let terms = try fixture.store.call("support.explain", ["id": .string(id)])["terms"]?.arrayValue ?? []
      return terms.map { "\($0["clock"]?.stringValue ?? "") \($0["provisional"]?.boolValue ?? false)" }
    }
    #expect(try terms() == ["response false", "support true"])
    #expect(Self.payload(fixture, id) == Deadline.payload(provisionalUnder: fixture.store.calendar.version))
    for step in ["acknowledge", "assign", "start", "complete"] { try fixture.step(step, id) }
    #expect(try terms() == ["response false", "support true", "feedback true"])
    let feedback = try fixture.store.call("support.explain", ["id": .string(id)])["terms"]?.arrayValue?.last
    #expect(feedback?["end"] == "2026-03-06T00:00:00.000+08:00" && feedback?["limit"] == "3wd")
    #expect(feedback?["rule"]?["id"] == "support.limit.feedback" && feedback?["steps_apply"] == true)
  }

  @Test("the feedback limit is that of when the cycle opened; records of before go by the catalogue's")
  func feedbackLimit() throws {
    let fixture = try Fixture()
    let id = try fixture.open()
    let old = try fixture.open()
    var configuration = Fixture.catalogueValue.objectValue ?? [:]
    configuration["feedback_limit"] = ["working_days": 5]
    let later = try Fixture(.object(configuration))
    later.store.contents = fixture.store.contents
    var body = try #require(later.store.contents.rows["support.request"]?[old]?.record.body)
    var cycle = try #require(body["cycle"]?.objectValue)
    cycle["feedback_limit"] = nil
    body["cycle"] = .object(cycle)
    later.store.contents.rows["support.request"]?[old]?.record = Record(id: old, version: 1, body: body)
    for request in [id, old] {
      for step in ["acknowledge", "assign", "start", "complete"] { try later.step(step, request) }
    }
    #expect(try later.get(id)["feedback_due"] == "2026-03-06T00:00:00.000+08:00")
    #expect(try later.get(old)["feedback_due"] == "2026-03-10T00:00:00.000+08:00")
    for step in ["feedback", "reopen"] { try later.step(step, id) }
    #expect(try later.get(id)["cycle"]?["feedback_limit"] == "5wd")
  }

  @Test("a record of before, with one flag for both clocks, reads as both provisional")
  func oldFlag() throws {
    let fixture = try Fixture()
    var body = try #require(fixture.body(try fixture.open(16))?.body)
    var clocks = try #require(body["clocks"]?.objectValue)
    clocks["provisional"] = true
    body["clocks"] = .object(clocks)
    #expect(SupportRequest(body)?.clocks.provisional == [.response, .support])
  }

  /// Scenario 8, routine: three working days, from a day before three others are declared off.
  static func edited() throws -> (Fixture, String) {
    let fixture = try Fixture(now: Instant(rfc3339: "2026-06-22T09:00:00+08:00") ?? .earliest)
    fixture.store.calendar = try calendar([2026])
    let id = try fixture.open(8)
    fixture.store.calendar = try calendar([2026], off: ("2026-06-24", "2026-06-26"), edition: 10)
    return (fixture, id)
  }

  /// What `explain` says of each term: its end, the calendar it was computed with, and that of the steps.
  static func terms(_ fixture: Fixture, _ id: String) throws -> [String] {
    let terms = try fixture.store.call("support.explain", ["id": .string(id)])["terms"]?.arrayValue ?? []
    return terms.map { term in
      ["clock", "end", "calendar_version", "steps_calendar"].map { key in
        String((term[key]?.stringValue ?? "").prefix(10))
      }.joined(separator: " ")
    }
  }

  @Test("each term keeps the calendar that it was computed with")
  func calendarOfATerm() throws {
    let (fixture, id) = try Self.edited()
    for step in ["acknowledge", "assign", "start", "complete"] { try fixture.step(step, id) }
    #expect(
      try Self.terms(fixture, id) == [
        "response 2026-06-22 2026.9 2026.10", "support 2026-06-26 2026.9 2026.10",
        "feedback 2026-07-01 2026.10 2026.10",
      ])
    #expect(try fixture.get(id)["cycle"]?["calendar_version"] == "2026.9")
  }

  @Test("a change of urgency pins nothing anew, and leaves an end whose limit is the same")
  func sameLimit() throws {
    let same: JSONValue = ["response": ["hours": 2], "support": ["working_days": 3]]
    let fixture = try Fixture(
      CatalogueTests.changed(8) { $0["limits"] = ["immediate": same, "urgent": same, "routine": same] },
      now: Instant(rfc3339: "2026-06-22T09:00:00+08:00") ?? .earliest)
    fixture.store.calendar = try Self.calendar([2026])
    let id = try fixture.open(8)
    fixture.store.calendar = try Self.calendar([2026], off: ("2026-06-24", "2026-06-26"), edition: 10)
    let header = try fixture.step("change_urgency", id)
    #expect(header["support_due"] == "2026-06-26T00:00:00.000+08:00")
    #expect(try Self.terms(fixture, id).last == "support 2026-06-26 2026.9 2026.10")
    #expect(try fixture.get(id)["cycle"]?["calendar_version"] == "2026.9")
  }

  @Test("an end that a change of urgency counts anew says by which calendar; the other keeps its own")
  func otherLimit() throws {
    let (fixture, id) = try Self.edited()
    try fixture.step("acknowledge", id)
    for urgency in ["urgent", "routine"] {
      try fixture.step("change_urgency", id, ["urgency": .string(urgency)])
    }
    #expect(
      try Self.terms(fixture, id) == [
        "response 2026-06-22 2026.9 2026.10", "support 2026-07-01 2026.10 2026.10",
      ])
    #expect(try fixture.get(id)["cycle"]?["calendar_version"] == "2026.9")
  }

  @Test("a provisional end is computed again while its clock stands still")
  func paused() throws {
    let fixture = try Fixture(now: Instant(rfc3339: "2026-12-28T09:00:00+08:00") ?? .earliest)
    fixture.store.calendar = try Self.calendar([2026])
    let id = try fixture.open(15)
    #expect(try fixture.get(id)["provisional"] == ["support"])
    for step in ["acknowledge", "request_info"] { try fixture.step(step, id) }
    #expect(Self.payload(fixture, id) == Deadline.payload(provisionalUnder: "2026.9"))
    // Nothing but another calendar wakes it.
    try fixture.store.advance(to: Instant(rfc3339: "2028-01-01T00:00:00+08:00") ?? .earliest)
    #expect(fixture.body(id)?.clocks.provisional == [.support])
    fixture.store.now = Instant(rfc3339: "2026-12-29T09:00:00+08:00") ?? .earliest
    fixture.store.calendar = try Self.calendar([2026, 2027], off: ("2027-01-01", "2027-01-04"))
    try fixture.store.handle(
      "support", "clock", subject: id, TestStore.Scheduled(due: fixture.store.now, payload: [:]), late: false)
    #expect(fixture.body(id)?.clocks.supportEnd.rfc3339(zone: .shanghai) == "2027-01-14T00:00:00.000+08:00")
    #expect(try fixture.get(id)["provisional"] == [])
    #expect(fixture.store.contents.deadlines["support|clock|\(id)"] == nil)
  }

  static func payload(_ fixture: Fixture, _ id: String) -> JSONObject? {
    fixture.store.contents.deadlines["support|clock|\(id)"]?.payload
  }
}
