import ModuleTesting
import StationKit
import SupportRequests
import Testing

/// Pauses of limits in days and in working minutes: scenario 1 with limits of its own.
@Suite("Pauses")
struct PauseTests {
  /// Three working days, or 240 working minutes; service hours are 08:30 to 12:00 and 14:00 to 17:30.
  static func fixture(_ routine: JSONValue, opened: String) throws -> (Fixture, String) {
    func limits(_ support: JSONValue) -> JSONValue { ["response": ["hours": 1], "support": support] }
    var configuration = Fixture.catalogueValue.objectValue ?? [:]
    configuration["local"] = [
      "version": "test",
      "scenarios": [
        "1": [
          "limits": [
            "immediate": limits(["hours": 2]), "urgent": limits(["hours": 72]), "routine": limits(routine),
          ]
        ]
      ],
    ]
    let fixture = try Fixture(.object(configuration), now: instant(opened))
    let id = try fixture.open()
    try fixture.step("acknowledge", id)
    return (fixture, id)
  }

  static func instant(_ local: String) -> Instant {
    Instant(rfc3339: "2026-03-\(local):00+08:00") ?? .earliest
  }

  static func pause(_ fixture: Fixture, _ id: String, from: String, to: String) throws {
    try fixture.store.advance(to: instant(from))
    try fixture.step("request_info", id)
    try fixture.store.advance(to: instant(to))
    try fixture.step("provide_info", id)
  }

  /// Opened on Tuesday 3 March at 09:00 with three working days, which end with Friday.
  static let days: [(pauses: [(String, String)], due: String)] = [
    ([("06T10:00", "07T10:00")], "10T00:00"),
    ([("04T10:00", "04T17:00")], "07T00:00"),
    ([("04T10:00", "05T10:00")], "10T00:00"),
    ([("04T10:00", "08T10:00")], "11T00:00"),
    ([("03T10:00", "04T10:00"), ("09T10:00", "11T10:00")], "12T00:00"),
    ([("07T10:00", "09T10:00")], "07T00:00"),
  ]

  @Test("a limit in days gets back each day that began during a pause, up to a working day", arguments: days)
  func wholeDays(_ pauses: [(String, String)], _ due: String) throws {
    let (fixture, id) = try Self.fixture(["working_days": 3], opened: "03T09:00")
    for (from, to) in pauses { try Self.pause(fixture, id, from: from, to: to) }
    #expect(fixture.body(id)?.clocks.supportDue == Self.instant(due))
  }

  @Test("a limit in working minutes gets back the working time of a pause")
  func workingMinutes() throws {
    let (fixture, id) = try Self.fixture(["working_minutes": 240], opened: "05T15:00")
    #expect(try fixture.get(id)["support_due"] == "2026-03-06T10:00:00.000+08:00")
    try Self.pause(fixture, id, from: "05T17:00", to: "06T09:00")
    #expect(try fixture.get(id)["support_due"] == "2026-03-06T11:00:00.000+08:00")
    try Self.pause(fixture, id, from: "06T12:10", to: "06T13:00")
    #expect(try fixture.get(id)["support_due"] == "2026-03-06T11:00:00.000+08:00")
  }

  @Test("pauses that are over stay as they are through changes of urgency, in days and in hours")
  func urgency() throws {
    let (fixture, id) = try Self.fixture(["working_days": 3], opened: "03T09:00")
    try Self.pause(fixture, id, from: "04T10:00", to: "05T10:00")
    #expect(try fixture.step("change_urgency", id)["support_due"] == "2026-03-07T09:00:00.000+08:00")
    #expect(
      try fixture.step("change_urgency", id, ["urgency": "routine"])["support_due"]
        == "2026-03-10T00:00:00.000+08:00")
  }

  @Test("rungs of a limit in days are shares of the way to its end, and wait while the clock stands still")
  func rungs() throws {
    let (fixture, id) = try Self.fixture(["working_days": 3], opened: "03T09:00")
    try Self.pause(fixture, id, from: "04T10:00", to: "05T10:00")
    #expect(fixture.events("escalated").isEmpty)
    try fixture.store.advance(to: Self.instant("11T00:00"))
    #expect(
      fixture.events("escalated").map { $0["due"] } == [
        "2026-03-06T16:30:00.000+08:00", "2026-03-10T00:00:00.000+08:00",
      ])
  }

  @Test("explain tells the end, and what the pauses gave back")
  func explain() throws {
    let (fixture, id) = try Self.fixture(["working_days": 3], opened: "03T09:00")
    try Self.pause(fixture, id, from: "04T10:00", to: "05T10:00")
    let term = try fixture.store.call("support.explain", ["id": .string(id)])["terms"]?.arrayValue?.last
    #expect(term?["end"] == "2026-03-07T00:00:00.000+08:00" && term?["steps_apply"] == true)
    #expect(term?["due"] == "2026-03-10T00:00:00.000+08:00")
    #expect(
      term?["steps"]?.arrayValue?.last?["fields"] == ["due": "2026-03-10T00:00:00.000+08:00"])
    #expect(term?["pauses"]?.arrayValue?.count == 1)
  }
}
