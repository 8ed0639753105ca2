import KeyPerson
import ModuleTesting
import StationKit
import Testing

@Suite("Duties")
struct DutyTests {
  static func add(
    _ fixture: Fixture, _ id: String, _ kind: String = "report_in",
    first: String = "2026-03-09T10:00:00+08:00", _ more: JSONObject = [:]
  ) throws -> JSONValue {
    var params: JSONObject = ["id": .string(id), "kind": .string(kind), "first_due": .string(first)]
    for (key, value) in more { params[key] = value }
    return try fixture.call("duty.add", params)
  }

  /// Which duties the law knows, for each category.
  static let kinds: [(Category, Set<String>)] = [
    (.communityCorrections, ["report_in"]), (.drugTreatment, ["report_in", "scheduled_test"]),
    (.bailPendingTrial, ["report_in", "appear"]), (.protectionOrder, []), (.resettlementSupport, []),
    (.missingVulnerablePerson, []),
  ]

  @Test("a category has its duties and no others", arguments: kinds)
  func lawful(_ category: Category, _ known: Set<String>) throws {
    let fixture = try Fixture()
    let id = try fixture.enter(category)
    for kind in DutyKind.allCases {
      if known.contains(kind.rawValue) {
        _ = try Self.add(fixture, id, kind.rawValue)
      } else {
        let error = #expect(throws: RPCError.self) { try Self.add(fixture, id, kind.rawValue) }
        #expect(error?.rule == "keyperson.duty.kind" && error?.pointer == "/kind")
      }
    }
  }

  static let refusals: [(String, JSONObject, rule: String, pointer: String)] = [
    ("2026-03-02T09:00:00+08:00", [:], "keyperson.term", "/first_due"),
    ("2026-09-01T00:00:00+08:00", [:], "keyperson.term", "/first_due"),
    ("2026-03-09T10:00:00+08:00", ["every_days": 6], "keyperson.duty.interval", "/every_days"),
    (
      "2026-03-09T10:00:00+08:00", ["every_days": 7, "every_months": 1], "keyperson.duty.interval",
      "/every_months"
    ),
    ("2026-03-09T10:00:00+08:00", ["grace_hours": 23], "keyperson.duty.grace", "/grace_hours"),
    ("2026-03-09T10:00:00+08:00", ["grace_hours": 169], "keyperson.duty.grace", "/grace_hours"),
  ]

  @Test("a duty that is too soon, too often or without grace is refused", arguments: refusals.indices)
  func refused(_ index: Int) throws {
    let (first, more, rule, pointer) = Self.refusals[index]
    let fixture = try Fixture()
    let id = try fixture.enter()
    let error = #expect(throws: RPCError.self) { try Self.add(fixture, id, first: first, more) }
    #expect(error?.rule == rule && error?.pointer == pointer)
    for fine in [["every_days": 7], ["every_months": 1], ["grace_hours": 24], ["grace_hours": 168]]
      as [JSONObject]
    {
      _ = try Self.add(fixture, id, fine)
    }
  }

  private static func add(_ fixture: Fixture, _ id: String, _ more: JSONObject) throws -> JSONValue {
    try add(fixture, id, "report_in", first: "2026-03-09T10:00:00+08:00", more)
  }

  @Test("a record has at most six duties at a time")
  func most() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    var last: JSONValue?
    for _ in 0..<6 { last = try Self.add(fixture, id) }
    let error = #expect(throws: RPCError.self) { try Self.add(fixture, id) }
    #expect(error?.rule == "keyperson.duty.interval")
    try fixture.call("duty.end", ["duty": last?["duty"] ?? .null])
    _ = try Self.add(fixture, id)
  }

  static let graces: [(String, TaskState)] = [
    ("2026-03-09T09:59:59.999+08:00", .open), ("2026-03-10T09:59:00+08:00", .open),
    ("2026-03-10T09:59:59.999+08:00", .open), ("2026-03-10T10:00:00+08:00", .missed),
  ]

  @Test(
    "a duty is missed when its grace is over, to the millisecond, and that is an event", arguments: graces)
  func grace(_ instant: String, _ state: TaskState) throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let task = try Self.add(fixture, id)["task"]?.stringValue ?? ""
    try fixture.advance(instant)
    #expect(fixture.rows("task").first { $0.id == task }?.body["state"] == .string(state.rawValue))
    let events = fixture.events("duty_missed")
    #expect(events.count == (state == .missed ? 1 : 0))
    if let event = events.first {
      #expect(event["kind"] == "report_in" && event["task"] == .string(task) && event["late"] == false)
      #expect(event["to"] == ["st-01", "key-person-desk"])
    }
  }

  @Test("the deadline fires once: again, or after the record of it, it does nothing")
  func idempotent() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let task = try Self.add(fixture, id)["task"]?.stringValue ?? ""
    try fixture.advance("2026-03-10T10:00:00+08:00")
    let before = fixture.store.contents.events.count
    let again = TestStore.Scheduled(due: fixture.store.now, payload: [:])
    try fixture.store.handle("keyperson", "grace", subject: task, again, late: true)
    try fixture.store.handle("keyperson", "life", subject: id, again, late: true)
    try fixture.store.handle("keyperson", "grace", subject: "nothing", again, late: true)
    try fixture.store.handle("keyperson", "life", subject: "nothing", again, late: true)
    #expect(fixture.store.contents.events.count == before)
    #expect(fixture.rows("task").filter { $0.body["kind"] == "report_in" }.count == 1)
  }

  @Test("kept in time, kept late, excused; what was entered late but kept in time does not stay missed")
  func outcomes() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    func task() throws -> String { try Self.add(fixture, id)["task"]?.stringValue ?? "" }
    let (kept, late, excused, entered) = (try task(), try task(), try task(), try task())
    try fixture.advance("2026-03-09T09:00:00+08:00")
    #expect(try fixture.call("duty.record", ["task": .string(kept)])["task_state"] == "done")
    let future = #expect(throws: RPCError.self) {
      try fixture.call("duty.record", ["task": .string(late), "at": "2026-03-09T09:00:00.001+08:00"])
    }
    #expect(future?.rule == "keyperson.duty.time" && future?.pointer == "/at")
    try fixture.advance("2026-03-11T09:00:00+08:00")
    #expect(fixture.events("duty_missed").count == 3)
    try fixture.call("duty.record", ["task": .string(late), "at": "2026-03-10T10:00:00+08:00"])
    try fixture.call("duty.record", ["task": .string(entered), "at": "2026-03-10T09:59:59.999+08:00"])
    let undocumented = #expect(throws: RPCError.self) {
      try fixture.call("duty.excuse", ["task": .string(excused), "excuse": "documented_cause"])
    }
    #expect(undocumented?.rule == "keyperson.duty.kind" && undocumented?.pointer == "/document")
    let smuggled = #expect(throws: RPCError.self) {
      try fixture.call(
        "duty.excuse",
        ["task": .string(excused), "excuse": "documented_cause", "document": "of 330106194906150047"])
    }
    #expect(smuggled?.rule == "keyperson.text" && smuggled?.pointer == "/document")
    try fixture.call("duty.excuse", ["task": .string(excused), "excuse": "leave_granted"])
    #expect(fixture.events("duty_cleared").map { $0["task"] } == [.string(entered), .string(excused)])
    func inTime(_ id: String) -> JSONValue? { fixture.rows("task").first { $0.id == id }?.body["in_time"] }
    #expect(inTime(kept) == true && inTime(late) == false && inTime(entered) == true)
    let twice = #expect(throws: RPCError.self) { try fixture.call("duty.record", ["task": .string(kept)]) }
    #expect(twice?.kind == .wrongState)
  }

  /// When a duty was kept as told, on 16 March: the first time of those of 9 and 16 March, and the second. It was
  /// entered on 2 March at 09:00:30, and people tell minutes.
  static let told: [(String, isFirst: Bool, isFine: Bool)] = [
    ("1990-01-01T00:00:00+08:00", true, false), ("2026-03-02T08:59:59.999+08:00", true, false),
    ("2026-03-02T09:00:00+08:00", true, true), ("2026-03-09T09:59:59.999+08:00", false, false),
    ("2026-03-09T10:00:00+08:00", false, true),
  ]

  @Test(
    "what is told as kept was kept after the duty was entered and the time before was due", arguments: told)
  func notBefore(_ at: String, _ isFirst: Bool, _ isFine: Bool) throws {
    let fixture = try Fixture(now: Fixture.at("2026-03-02T09:00:30+08:00"))
    let id = try fixture.enter()
    let first = try Self.add(fixture, id, ["every_days": 7])["task"] ?? .null
    try fixture.advance("2026-03-16T12:00:00+08:00")
    let second = fixture.tasks(id, .reportIn).first.map(JSONValue.string) ?? .null
    let params: JSONObject = ["task": isFirst ? first : second, "at": .string(at)]
    if isFine {
      #expect(try fixture.call("duty.record", params)["task_state"] == "done")
    } else {
      let error = #expect(throws: RPCError.self) { try fixture.call("duty.record", params) }
      #expect(error?.rule == "keyperson.duty.time" && error?.pointer == "/at")
    }
  }

  @Test(
    "a duty of before, which does not say when it was entered, was kept within the term",
    arguments: [
      ("2026-02-28T23:59:59.999+08:00", false), ("2026-03-01T00:00:00+08:00", true),
    ])
  func ofBefore(_ at: String, _ isFine: Bool) throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let task = try Self.add(fixture, id)["task"] ?? .null
    let stored = try #require(fixture.rows("duty").first)
    var body = stored.body
    body["begun"] = nil
    let version = fixture.store.contents.rows["keyperson.duty"]?[stored.id]?.record.version ?? 0
    fixture.store.contents.rows["keyperson.duty"]?[stored.id]?.record = Record(
      id: stored.id, version: version, body: body)
    let params: JSONObject = ["task": task, "at": .string(at)]
    if isFine {
      try fixture.call("duty.record", params)
    } else {
      let error = #expect(throws: RPCError.self) { try fixture.call("duty.record", params) }
      #expect(error?.rule == "keyperson.duty.time")
    }
  }

  @Test("what is recorded after the grace counts as missed, also while the deadline has not fired")
  func race() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let task = try Self.add(fixture, id)["task"]?.stringValue ?? ""
    fixture.store.now = Fixture.at("2026-03-10T10:00:00+08:00")
    try fixture.call("duty.record", ["task": .string(task)])
    #expect(fixture.events("duty_missed").count == 1)
    #expect(fixture.rows("task").first { $0.id == task }?.body["in_time"] == false)
  }

  /// A repeated duty: first, every, and the days on which the next ones fall due.
  static let repeated: [(String, JSONObject, [String])] = [
    // Weekly, over Labour Day: 1 May is a holiday until the 5th; the next working day is the 6th.
    (
      "2026-04-24T10:00:00+08:00", ["every_days": 7],
      ["2026-04-24", "2026-05-06", "2026-05-08", "2026-05-15"]
    ),
    // The last of the month: clamped, then moved off weekends; 30 May is a Saturday, 30 Sep a Wednesday.
    (
      "2026-03-31T10:00:00+08:00", ["every_months": 1],
      ["2026-03-31", "2026-04-30", "2026-06-01", "2026-06-30", "2026-07-31"]
    ),
    // Weekly, over National Day: the times of 1 and 8 October are both on the 8th, and that is owed once.
    (
      "2026-09-24T10:00:00+08:00", ["every_days": 7],
      ["2026-09-24", "2026-10-08", "2026-10-15", "2026-10-22"]
    ),
    // 9 May is a Saturday that is worked.
    ("2026-05-02T10:00:00+08:00", ["every_days": 7], ["2026-05-02", "2026-05-09", "2026-05-18"]),
  ]

  @Test("a repeated duty falls due on its day, or on the next working day", arguments: repeated.indices)
  func repeats(_ index: Int) throws {
    let (first, every, days) = Self.repeated[index]
    let fixture = try Fixture()
    let id = try fixture.enter(.communityCorrections, ["to": "2026-12-31"])
    try fixture.advance("2026-03-20T09:00:00+08:00")
    try fixture.review(id, next: "2026-06-15")
    _ = try Self.add(fixture, id, "report_in", first: first, every)
    for day in days {
      let open = try #require(fixture.tasks(id, .reportIn).first)
      let due = try #require(fixture.rows("task").first { $0.id == open }?.body["due"]?.intValue)
      #expect(Instant(milliseconds: Int64(due)).rfc3339() == "\(day)T10:00:00.000+08:00")
      // Time stands still for the test: the person is always early.
      try fixture.call("duty.record", ["task": .string(open)])
    }
  }

  @Test("no duty reaches beyond the end, and a renewal lets it go on")
  func toTheEnd() throws {
    let fixture = try Fixture()
    let id = try fixture.enter(.communityCorrections, ["to": "2026-04-10"])
    _ = try Self.add(fixture, id, ["every_days": 14])
    for _ in 0..<3 {
      try fixture.call("duty.record", ["task": .string(try #require(fixture.tasks(id, .reportIn).first))])
    }
    // 9 and 23 March and 6 April; 20 April is after the end.
    #expect(fixture.tasks(id, .reportIn).isEmpty)
    try fixture.advance("2026-03-20T09:00:00+08:00")
    try LifeCycleTests.renew(fixture, id)
    let open = try #require(fixture.tasks(id, .reportIn).first)
    #expect(fixture.rows("task").first { $0.id == open }?.body["number"] == 3)
  }

  @Test("what fell due while the daemon was down is one event, and not one for each time")
  func down() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    try fixture.advance("2026-03-16T09:00:00+08:00")
    try fixture.review(id, next: "2026-06-10")
    _ = try Self.add(fixture, id, "report_in", first: "2026-03-20T10:00:00+08:00", ["every_days": 7])
    try fixture.store.sleep(to: Fixture.at("2026-05-15T12:00:00+08:00"))
    #expect(fixture.events("duty_missed").count == 1)
    #expect(fixture.events("duty_missed").first?["late"] == true)
    #expect(fixture.tasks(id, .reportIn).count == 1)
  }

  /// When a duty is first due, when the daemon is there again, and whether it was missed. The review opens on 1 May and
  /// is missed with the end of 15 May, the follow-up ends with 31 August, and is erased thirty days later.
  static let jumps: [(String, String, isMissed: Bool)] = [
    ("2026-04-10T10:00:00+08:00", "2026-05-20T12:00:00+08:00", true),
    // Between the opening of the review and its end.
    ("2026-05-06T10:00:00+08:00", "2026-05-20T12:00:00+08:00", true),
    ("2026-05-14T23:59:00+08:00", "2026-05-20T12:00:00+08:00", true),
    ("2026-05-15T00:00:00+08:00", "2026-05-20T12:00:00+08:00", false),
    // The end has passed as well, and the erasure.
    ("2026-04-10T10:00:00+08:00", "2026-09-10T12:00:00+08:00", true),
    ("2026-04-10T10:00:00+08:00", "2026-12-10T12:00:00+08:00", true),
    ("2026-05-18T10:00:00+08:00", "2026-12-10T12:00:00+08:00", false),
  ]

  @Test("a duty is judged as the record stood when its grace was over", arguments: jumps)
  func judgedThen(_ first: String, _ until: String, _ isMissed: Bool) throws {
    for isAsked in [false, true] {
      let fixture = try Fixture()
      let id = try fixture.enter()
      try fixture.advance("2026-03-20T09:00:00+08:00")
      try fixture.review(id, next: "2026-05-15")
      let task = try Self.add(fixture, id, "report_in", first: first, ["every_days": 7])["task"]
      fixture.store.contents.events = []
      if isAsked {
        // A call comes before the deadlines.
        fixture.store.now = Fixture.at(until)
        _ = try? fixture.call("correct", ["id": .string(id), "phone": "137 0000 0000", "document": "letter"])
      }
      try fixture.store.sleep(to: Fixture.at(until))
      #expect(fixture.events("duty_missed").map { $0["task"] } == (isMissed ? [task] : []))
    }
  }

  @Test("while a record is suspended nothing is held against the person")
  func suspended() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let task =
      try Self.add(
        fixture, id, "report_in", first: "2026-04-06T10:00:00+08:00", ["every_days": 7])["task"]?.stringValue
      ?? ""
    try fixture.advance("2026-04-08T12:00:00+08:00")
    #expect(fixture.state(id) == .suspended)
    #expect(fixture.rows("task").first { $0.id == task }?.body["state"] == "unassessed")
    #expect(fixture.events("duty_missed").isEmpty)
    let error = #expect(throws: RPCError.self) { try fixture.call("duty.record", ["task": .string(task)]) }
    #expect(error?.kind == .wrongState)
    try fixture.review(id, next: "2026-06-10")
    try fixture.call("duty.record", ["task": .string(task), "at": "2026-04-06T09:00:00+08:00"])
    #expect(fixture.tasks(id, .reportIn).count == 1, "the next one was there already")
  }

  @Test("a due day in a year without a calendar is provisional, and moves later when the calendar arrives")
  func provisional() throws {
    let fixture = try Fixture(now: Fixture.at("2026-12-01T09:00:00+08:00"))
    let dates: JSONObject = [
      "from": "2026-12-01", "to": "2027-04-30", "next_review": "2026-12-31",
      "instrument": Fixture.instrument(date: "2026-11-20"),
    ]
    let id = try fixture.enter(.communityCorrections, dates)
    _ = try Self.add(fixture, id, "report_in", first: "2026-12-04T10:00:00+08:00", ["every_days": 28])
    try fixture.call("duty.record", ["task": .string(try #require(fixture.tasks(id, .reportIn).first))])
    let task = try #require(fixture.tasks(id, .reportIn).first)
    func stored() -> JSONObject? { fixture.rows("task").first { $0.id == task }?.body }
    #expect(stored()?["due"] == .int(Int(Fixture.at("2027-01-01T10:00:00+08:00").milliseconds)))
    #expect(stored()?["provisional"] == true)
    // The calendar of 2027: the first three days are off, so the duty is due on Monday 4 January.
    func day(_ text: String) -> CivilDate { CivilDate(text) ?? CivilDate(dayNumber: 0) }
    fixture.store.calendar = try WorkCalendar(years: [
      YearCalendar(
        year: 2027, version: "2027.1",
        source: YearCalendar.Source(title: "test", documentNumber: "2", published: day("2026-11-10")),
        holidays: [
          YearCalendar.Holiday(
            name: "New Year", englishName: "New Year", first: day("2027-01-01"), last: day("2027-01-03"))
        ], workedDays: [])
    ])
    try fixture.advance("2026-12-20T09:00:00+08:00")
    try fixture.review(id, next: "2027-03-01")
    try fixture.advance("2027-01-04T09:59:59+08:00")
    #expect(fixture.events("duty_missed").isEmpty)
    #expect(stored()?["due"] == .int(Int(Fixture.at("2027-01-04T10:00:00+08:00").milliseconds)))
    #expect(stored()?["provisional"] == nil)
    try fixture.advance("2027-01-05T10:00:00+08:00")
    #expect(fixture.events("duty_missed").count == 1)
  }

  @Test("a duty can end before the record, and its task with it")
  func end() throws {
    let fixture = try Fixture()
    let id = try fixture.enter()
    let duty = try Self.add(fixture, id)["duty"] ?? .null
    let wrong = #expect(throws: RPCError.self) { try fixture.call("visit.withdraw", ["duty": duty]) }
    #expect(wrong?.rule == "keyperson.duty.kind")
    try fixture.call("duty.end", ["duty": duty])
    #expect(fixture.tasks(id, .reportIn).isEmpty && fixture.tasks(id, .reportIn, .void).count == 1)
    try fixture.advance("2026-03-12T10:00:00+08:00")
    #expect(fixture.events("duty_missed").isEmpty)
    let twice = #expect(throws: RPCError.self) { try fixture.call("duty.end", ["duty": duty]) }
    #expect(twice?.rule == "keyperson.duty.kind" && twice?.pointer == "/duty")
  }
}
