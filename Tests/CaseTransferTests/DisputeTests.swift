import CaseTransfer
import ModuleTesting
import StationKit
import Testing

@Suite("Disputes")
struct DisputeTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  private static let words: JSONObject = ["ground": "jurisdiction", "text": "not ours"]

  @Test("a dispute is raised after the acceptance, and the receiver owns the case all the while")
  func afterwards() throws {
    for state in [State.sent, .counted] {
      let id = try fixture.at(state)
      expectError(.wrongState) { try fixture.call("dispute", id, Self.words) }
    }
    let id = try fixture.at(.accepted)
    expectError(.denied) { try fixture.call("dispute", id, Self.words, as: Fixture.station) }
    let answer = try fixture.call("dispute", id, Self.words, as: Fixture.order)
    #expect(answer["state"] == "accepted_under_dispute" && answer["owner"] == "public-security-brigade")
    #expect(try fixture.body(id).duty(.adjudicate)?.isOpen == true)
    let event = fixture.events("changed").last
    #expect(event?["to"]?.arrayValue?.contains("legal-department") == true)
    #expect(event?["to"]?.arrayValue?.contains("coordination-desk") == true)
  }

  static let windows: [(milliseconds: Int64, isOpen: Bool)] = [
    (0, true), (48 * 3_600_000 - 1, true), (48 * 3_600_000, false), (48 * 3_600_000 + 1, false),
  ]

  @Test(
    "the window for a dispute closes 48 hours after the acceptance, to the millisecond", arguments: windows)
  func window(_ milliseconds: Int64, _ isOpen: Bool) throws {
    let id = try fixture.at(.accepted)
    try fixture.store.advance(to: fixture.store.now.adding(milliseconds: milliseconds))
    if isOpen {
      try fixture.call("dispute", id, Self.words)
    } else {
      expectRefused("transfer.dispute.window", "/id") { try fixture.call("dispute", id, Self.words) }
    }
  }

  @Test("only the legal department rules")
  func legal() throws {
    let id = try fixture.at(.acceptedUnderDispute)
    for principal in [Fixture.order, Fixture.station, Fixture.coordination] {
      expectError(.denied) { try fixture.call("adjudicate", id, ["to": "st-02"], as: principal) }
    }
    try fixture.call("adjudicate", id, ["to": "st-02"], as: Fixture.legal)
  }

  @Test("a ruling that the case stays ends it")
  func stays() throws {
    let id = try fixture.at(.acceptedUnderDispute)
    try fixture.minutes(60)
    let answer = try fixture.call(
      "adjudicate", id, ["to": .string(Fixture.brigade), "document": "L-1", "text": "yours"],
      as: Fixture.legal)
    #expect(answer["state"] == "adjudicated" && answer["receiver"] == nil)
    #expect(try fixture.body(id).duties.filter(\.isOpen).map(\.name) == [.tell])
    let dispute = try fixture.get(id)["disputes"]?.arrayValue?.first
    #expect(dispute?["result"] == "stays" && dispute?["document"] == "L-1" && dispute?["ruling"] == "yours")
    #expect(dispute?["decided_at"] == "2026-03-02T10:00:00.000+08:00")
  }

  @Test(
    "a ruling for another unit: the owner keeps the case until that unit has accepted it, and it is final")
  func moves() throws {
    let id = try fixture.at(.acceptedUnderDispute)
    expectRefused("transfer.unit", "/to") { try fixture.call("adjudicate", id, ["to": "bureau"]) }
    let ruling = try fixture.call("adjudicate", id, ["to": "traffic-brigade"], as: Fixture.legal)
    #expect(ruling["owner"] == "public-security-brigade" && ruling["receiver"] == "traffic-brigade")
    #expect(ruling["next_due"] == "2026-03-03T09:00:00.000+08:00" && ruling["leg"] == 2)
    #expect(try fixture.body(id).duty(.transfer)?.rule.id == "transfer.ruling.limit")
    #expect(try fixture.call("send", id, as: Fixture.order)["state"] == "sent")
    try fixture.minutes(10)
    try fixture.handOver(id)
    #expect(try fixture.body(id).owner == "traffic-brigade")
    expectRefused("transfer.dispute.final", "/id") { try fixture.call("dispute", id, Self.words) }
    #expect(
      fixture.records("ownership").map { $0["owner"] } == [
        "st-02", "public-security-brigade", "traffic-brigade",
      ])
  }

  @Test("a ruling may send the case back to its first receiver")
  func back() throws {
    let id = try fixture.at(.acceptedUnderDispute)
    try fixture.call("adjudicate", id, ["to": "st-02"])
    try fixture.call("send", id)
    try fixture.handOver(id)
    #expect(try fixture.body(id).owner == "st-02")
  }

  @Test(
    "a criminal case that a ruling moves needs a notice of its own, and no other approval than the ruling")
  func criminal() throws {
    let id = try fixture.receive("criminal", as: Fixture.station)
    try fixture.screen(id, to: "criminal-brigade")
    try fixture.approve(id)
    try fixture.call("notice.issue", id, ["number": "T-1"])
    try fixture.call("send", id)
    try fixture.handOver(id)
    try fixture.call("dispute", id, Self.words)
    try fixture.call("adjudicate", id, ["to": "cyber-brigade"])
    expectRefused("transfer.criminal.notice", "/id") { try fixture.call("send", id, as: Fixture.criminal) }
    expectError(.wrongState) { try fixture.call("approval.request", id) }
    let notice = try fixture.call("notice.issue", id, ["number": "T-2"], as: Fixture.criminal)
    // The ruling stands: the case is not screened again.
    #expect(notice["state"] == "adjudicated")
    expectRefused("transfer.accept_first", "/id") { try fixture.call("screen", id, ["jurisdiction": "own"]) }
    expectRefused("transfer.criminal.notice", "/id") {
      try fixture.call("notice.issue", id, ["number": "T-3"])
    }
    #expect(try fixture.call("send", id)["state"] == "sent")
    #expect(try fixture.body(id).notice?.number == "T-2")
  }
}
