import CaseTransfer
import ModuleTesting
import StationKit
import Testing

@Suite("Alarm")
struct AlarmTests {
  private func alarms(_ fixture: Fixture, _ duty: String) -> [String] {
    fixture.events("alarm").filter { $0["duty"]?.stringValue == duty }.compactMap { $0["rung"]?.stringValue }
  }

  static let instants: [(minutes: Int, expected: [String])] = [
    (20 * 60 - 1, []), (20 * 60, ["warning"]), (24 * 60 - 1, ["warning"]), (24 * 60, ["warning", "overdue"]),
    (72 * 60, ["warning", "overdue"]),
  ]

  @Test(
    "the owner is warned four hours before the end, and everybody told at it, once each", arguments: instants)
  func rungs(_ minutes: Int, _ expected: [String]) throws {
    let fixture = try Fixture()
    let id = try fixture.receive()
    try fixture.screen(id)
    try fixture.minutes(minutes)
    #expect(alarms(fixture, "transfer") == expected)
    #expect(alarms(fixture, "tell") == expected)
    let transfer = fixture.events("alarm").filter { $0["duty"] == "transfer" }
    #expect(transfer.first.map { $0["to"] == ["st-02"] } ?? true)
    if expected.count == 2 {
      #expect(transfer.last?["to"] == ["st-02", "coordination-desk", "legal-department"])
    }
    #expect(fixture.events("alarm").allSatisfy { $0["late"] == false })
    #expect(try fixture.call("urgent_step", id, ["measure": "other"])["overdue"] == .bool(minutes >= 24 * 60))
  }

  @Test("what came due while the daemon was down fires at the start, late and once, the warning not at all")
  func late() throws {
    let fixture = try Fixture()
    let id = try fixture.receive()
    try fixture.screen(id)
    try fixture.store.sleep(to: fixture.store.now.adding(hours: 30))
    #expect(alarms(fixture, "transfer") == ["overdue"])
    #expect(fixture.events("alarm").allSatisfy { $0["late"] == true })
    let version = fixture.version(id)
    try fixture.store.handle(
      "transfer", "clock", subject: id, .init(due: Fixture.morning, payload: [:]), late: true)
    #expect(alarms(fixture, "transfer") == ["overdue"])
    #expect(fixture.version(id) == version)
  }

  @Test("a deadline of a case that is not there does nothing")
  func unknown() throws {
    let fixture = try Fixture()
    try fixture.store.handle(
      "transfer", "clock", subject: "CT-2026-000404", .init(due: Fixture.morning, payload: [:]), late: false)
    #expect(fixture.store.contents.events.isEmpty)
  }

  @Test("an urgent case alarms after half an hour, without a warning")
  func urgent() throws {
    let fixture = try Fixture()
    let id = try fixture.receive(facts: ["missing_age": 3])
    try fixture.minutes(29)
    #expect(alarms(fixture, "urgent").isEmpty)
    try fixture.minutes(1)
    #expect(alarms(fixture, "urgent") == ["overdue"])
    try fixture.call("send", id)
    try fixture.minutes(24 * 60)
    #expect(alarms(fixture, "transfer").isEmpty)
  }

  @Test("what was done in time never alarms; then the receiver owes the acceptance, and legal the ruling")
  func done() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.sent)
    try fixture.call("reporter.tell", id, ["way": "in_person"])
    try fixture.minutes(23 * 60)
    #expect(fixture.events("alarm").map { $0["duty"] } == ["accept"])
    #expect(fixture.events("alarm").first?["to"] == ["public-security-brigade", "st-02"])
    try fixture.handOver(id)
    try fixture.call("dispute", id, ["ground": "facts", "text": "?"])
    try fixture.minutes(10 * 24 * 60)
    let ruling = fixture.events("alarm").filter { $0["duty"] == "adjudicate" }
    #expect(ruling.map { $0["rung"] } == ["warning", "overdue"])
    #expect(ruling.first?["to"] == ["legal-department"])
    #expect(fixture.events("alarm").count == 3)
  }

  @Test("negotiations that do not end are told to the owner and the legal department")
  func negotiations() throws {
    let fixture = try Fixture()
    _ = try fixture.at(.negotiating)
    try fixture.minutes(10 * 24 * 60)
    let alarms = fixture.events("alarm").filter { $0["duty"] == "designate" }
    #expect(alarms.count == 2)
    #expect(alarms.first?["to"] == ["st-02", "legal-department"])
  }
}
