import CaseTransfer
import ModuleTesting
import StationKit
import Testing

@Suite("Ownership")
struct OwnershipTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  @Test("the owner changes at the acceptance and at nothing before it")
  func acceptance() throws {
    for state in [State.received, .screened, .approval, .noticeIssued, .sent, .discrepancy, .counted] {
      let id = try fixture.at(state)
      #expect(try fixture.body(id).owner == "st-02", "\(state)")
      #expect(try fixture.call("ownership", id)["items"]?.arrayValue?.count == 1)
    }
    #expect(fixture.events("owner_changed").isEmpty)
    let id = try fixture.at(.accepted)
    #expect(try fixture.body(id).owner == "public-security-brigade")
    #expect(fixture.events("owner_changed").map { $0["owner"] } == ["public-security-brigade"])
  }

  @Test("a unit that was retired after the sending does not become the owner")
  func retired() throws {
    let id = try fixture.receive()
    try fixture.screen(id, to: "logistics")
    try fixture.call("send", id)
    try fixture.count(id, "giving", [])
    try fixture.count(id, "receiving", [])
    try fixture.store.call("directory.unit.retire", ["id": "logistics", "version": 1])
    expectRefused("transfer.unit", "/id") { try fixture.accept(id) }
    #expect(try fixture.body(id).owner == "st-02")
    // Brought back, it accepts.
    let name: JSONValue = ["en": "Logistics", "zh": "警务保障室"]
    try fixture.store.call(
      "directory.unit.put",
      ["id": "logistics", "kind": "department", "name": name, "parent": "bureau", "version": 2])
    try fixture.accept(id)
    #expect(try fixture.body(id).owner == "logistics")
  }

  @Test("intervals meet without gap or overlap: the instant of the change is the new owner's")
  func intervals() throws {
    let id = try fixture.at(.counted)
    try fixture.minutes(90)
    try fixture.accept(id)
    let intervals = try fixture.call("ownership", id)["items"]?.arrayValue ?? []
    #expect(intervals.map { $0["owner"] } == ["st-02", "public-security-brigade"])
    #expect(intervals[0]["until"] == intervals[1]["from"] && intervals[1]["until"] == .null)
    #expect(intervals[0]["from"] == "2026-03-02T09:00:00.000+08:00")
    #expect(
      intervals.map { $0["record"]?["id"] } == [.string("\(id).o1"), .string("\(id).o2")])
    for (instant, owner) in [
      ("2026-03-02T08:59:59.999+08:00", nil), ("2026-03-02T09:00:00+08:00", "st-02"),
      ("2026-03-02T10:29:59.999+08:00", "st-02"),
      ("2026-03-02T10:30:00+08:00", "public-security-brigade"),
      ("2026-03-02T10:30:00.0000001+08:00", "public-security-brigade"),
    ] {
      let answer = try fixture.call("ownership", id, ["at": .string(instant), "limit": 1])
      #expect(answer["owner_at"]?.stringValue == owner, "\(instant)")
    }
    expectError(.invalidParams, "/at") {
      try fixture.call("ownership", id, ["at": "2026-03-02T10:30:00.001+08:00"])
    }
  }

  @Test("the first unit holds the case, and does the urgent steps, until another has taken it")
  func firstReceiver() throws {
    for state in [State.received, .screened, .noticeIssued, .sent, .counted] {
      let id = try fixture.at(state)
      try fixture.call("urgent_step", id, ["measure": "rescue", "text": "done"], as: Fixture.station)
      expectError(.denied) { try fixture.call("urgent_step", id, ["measure": "rescue"], as: Fixture.order) }
    }
    let id = try fixture.at(.accepted)
    try fixture.call("urgent_step", id, ["measure": "rescue"], as: Fixture.order)
    expectError(.denied) { try fixture.call("urgent_step", id, ["measure": "rescue"], as: Fixture.station) }
  }
}
