import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite("Freezes")
struct FreezeTests {
  @Test("a freeze needs a second person's approval of exactly what was asked for, before it is ordered")
  func approval() throws {
    let fixture = try Fixture()
    let id = try fixture.stopped()
    try fixture.call("freeze.request", id, fixture.application(id))
    let approval = try #require(fixture.stop(id)?.freeze?.approval)
    let pending = #expect(throws: RPCError.self) { try fixture.call("freeze.order", id) }
    #expect(pending?.kind == .approvalRequired)
    let own = #expect(throws: RPCError.self) {
      try fixture.store.call("approval.approve", ["id": .string(approval), "version": 1])
    }
    #expect(own?.rule == "approval.second_person")
    let early = #expect(throws: RPCError.self) { try fixture.call("freeze.record", id, ["result": "frozen"]) }
    #expect(early?.kind == .approvalRequired && early?.rule == "stoploss.freeze.approval")
    // The chief sees name, account, amount, term, scope and interest.
    let shown = try fixture.store.call("approval.get", ["id": .string(approval)])["payload"]
    #expect(shown?["name"] == "户主2" && shown?["account"]?.stringValue == Fixture.card(2))
    #expect(shown?["amount"] == 5_000_000 && shown?["months"] == 6 && shown?["kind"] == "ordinary")
    #expect(shown?["scope"] == "amount" && shown?["interest"] == true && shown?["level"] == "county_chief")
    try fixture.approve(id)
    try fixture.call("freeze.order", id)
    expectRefused("stoploss.freeze.approval", at: "/id") { try fixture.call("freeze.order", id) }
    expectRefused("stoploss.freeze.approval", at: "/id") {
      try fixture.call("freeze.request", id, fixture.application(id))
    }
    #expect(try fixture.call("freeze.record", id, ["result": "frozen"])["state"] == "frozen")
  }

  @Test("a holder's name may be written otherwise; what the chief sees is the name that is known")
  func nameWrittenOtherwise() throws {
    let fixture = try Fixture()
    let id = try fixture.stopped()
    try fixture.call("freeze.request", id, fixture.application(id, ["name": "户　主２"]))
    let approval = try #require(fixture.stop(id)?.freeze?.approval)
    let shown = try fixture.store.call("approval.get", ["id": .string(approval)])["payload"]
    #expect(shown?["name"] == "户主2")
  }

  @Test("a rejected or expired request can be asked for anew")
  func askedAnew() throws {
    let fixture = try Fixture()
    let id = try fixture.stopped()
    try fixture.call("freeze.request", id, fixture.application(id))
    let first = try #require(fixture.stop(id)?.freeze?.approval)
    try fixture.store.call("approval.reject", ["id": .string(first), "version": 1], as: Fixture.chief)
    #expect(throws: RPCError.self) { try fixture.call("freeze.order", id) }
    try fixture.ordered(id, ["amount": 4_000_000])
    #expect(fixture.stop(id)?.freeze?.approval != first)
    #expect(fixture.stop(id)?.freeze?.amount == 4_000_000)
  }

  static let refusals: [(String, String, JSONObject)] = [
    ("stoploss.freeze.particulars", "/account", ["account": "6222020000000000000"]),
    ("stoploss.freeze.particulars", "/name", ["name": "别人"]),
    ("stoploss.freeze.term", "/months", ["months": 7]),
    ("stoploss.freeze.term", "/months", ["kind": "securities", "months": 25]),
    ("stoploss.freeze.term", "/months", ["kind": "major", "city_approval": "市公刑字1号", "months": 13]),
    ("stoploss.freeze.major", "/city_approval", ["kind": "major"]),
  ]

  @Test("what does not hold is refused by its rule, at its member", arguments: refusals)
  func refused(_ rule: String, _ pointer: String, _ change: JSONObject) throws {
    let fixture = try Fixture()
    let id = try fixture.stopped()
    expectRefused(rule, at: pointer) {
      try fixture.call("freeze.request", id, fixture.application(id, change))
    }
    #expect(fixture.stop(id)?.state == .stopped)
  }

  /// From the day of the bank's freeze; the start's day does not count, and nothing shifts.
  static let terms: [(String, JSONObject, String)] = [
    ("2026-03-02T09:30:00+08:00", [:], "2026-09-03T00:00:00.000+08:00"),
    // Six months from 31 August: the last of February.
    ("2026-08-31T23:59:00+08:00", [:], "2027-03-01T00:00:00.000+08:00"),
    ("2027-08-31T12:00:00+08:00", [:], "2028-03-01T00:00:00.000+08:00"),
    // Ends in the Spring Festival, and on a Saturday: it does not shift.
    ("2026-08-16T12:00:00+08:00", [:], "2027-02-17T00:00:00.000+08:00"),
    ("2025-10-04T12:00:00+08:00", [:], "2026-04-05T00:00:00.000+08:00"),
    ("2026-03-02T09:30:00+08:00", ["months": 1], "2026-04-03T00:00:00.000+08:00"),
    ("2026-03-02T09:30:00+08:00", ["kind": "major", "city_approval": "1"], "2027-03-03T00:00:00.000+08:00"),
    ("2024-02-29T09:30:00+08:00", ["kind": "major", "city_approval": "1"], "2025-03-01T00:00:00.000+08:00"),
    ("2026-03-02T09:30:00+08:00", ["kind": "securities"], "2028-03-03T00:00:00.000+08:00"),
  ]

  @Test("a freeze ends with its last day, whatever day that is", arguments: terms)
  func term(_ at: String, _ kind: JSONObject, _ ends: String) throws {
    let instant = Fixture.at(at)
    let fixture = try Fixture(now: instant)
    let report = try fixture.report(
      [Fixture.transfer(1, 2, 5_000, at: instant.adding(hours: -1))],
      more: ["occurred_at": .string(instant.adding(hours: -1).rfc3339())])
    let id = try fixture.frozen(of: report, kind)
    #expect(try fixture.call("stop.get", id)["ends_at"]?.stringValue == ends)
    #expect(fixture.stop(id)?.freeze?.term?.provisional == false)
    let end = Fixture.at(ends)
    try fixture.store.advance(to: end.adding(milliseconds: -1))
    #expect(fixture.stop(id)?.state == .frozen)
    try fixture.store.advance(to: end)
    #expect(fixture.stop(id)?.state == .lapsed)
    #expect(fixture.events("lapsed_unhandled").first?["measure"] == "freeze")
  }

  @Test("a bank freezes no more than was ordered, not in the future and not before the order")
  func recording() throws {
    let fixture = try Fixture()
    let id = try fixture.stopped()
    try fixture.hours(1)
    try fixture.ordered(id)
    for (member, value) in [
      ("amount", JSONValue.int(5_000_001)), ("at", "2026-03-02T10:00:00.001+08:00"),
      ("at", "2026-03-02T09:59:00+08:00"),
    ] {
      expectRefused("stoploss.freeze.record", at: "/\(member)") {
        try fixture.call("freeze.record", id, ["result": "frozen", member: value])
      }
    }
    let frozen = try fixture.call("freeze.record", id, ["result": "frozen", "amount": 4_900_000])
    #expect(frozen["held"] == 4_900_000)
  }

  @Test("a freeze that the bank refuses leads back to the stop, whose clock runs on")
  func refusedByBank() throws {
    let fixture = try Fixture()
    let id = try fixture.stopped()
    try fixture.ordered(id)
    #expect(try fixture.call("freeze.record", id, ["result": "refused"])["state"] == "stopped")
    try fixture.hours(48)
    #expect(fixture.stop(id)?.lapses == 1)
  }

  @Test("a stop whose freeze was asked for but is not in force when it ends has lapsed")
  func tooLate() throws {
    let fixture = try Fixture()
    let id = try fixture.stopped()
    try fixture.ordered(id)
    try fixture.hours(48)
    #expect(fixture.stop(id)?.state == .lapsed)
    #expect(fixture.stop(id)?.lapses == 1)
    // The bank froze in the forty-eighth hour, and it is told in the forty-ninth: nothing had lapsed.
    try fixture.hours(1)
    try fixture.call("freeze.record", id, ["result": "frozen", "at": "2026-03-04T08:59:59+08:00"])
    #expect(fixture.stop(id)?.state == .frozen)
    #expect(fixture.stop(id)?.lapses == 0)
  }

  @Test("a freeze that was queued before the stop ended, and is told late, takes the lapse back")
  func queuedInTime() throws {
    let fixture = try Fixture()
    let id = try fixture.stopped()
    try fixture.ordered(id)
    try fixture.hours(72)
    #expect(fixture.stop(id)?.lapses == 1)
    let queued = try fixture.call(
      "freeze.record", id, ["result": "queued", "at": "2026-03-02T20:00:00+08:00"])
    #expect(queued["state"] == "queued" && queued["lapses"] == 0 && queued["held"] == 5_000_000)
    try fixture.call("freeze.record", id, ["result": "frozen", "at": "2026-03-04T20:00:00+08:00"])
    #expect(fixture.stop(id)?.lapses == 0)
  }

  @Test("a freeze after the stop has ended does not undo the lapse")
  func afterLapse() throws {
    let fixture = try Fixture()
    let id = try fixture.stopped()
    try fixture.ordered(id)
    try fixture.hours(49)
    try fixture.call("freeze.record", id, ["result": "frozen", "at": "2026-03-04T09:00:00+08:00"])
    #expect(fixture.stop(id)?.state == .frozen)
    #expect(fixture.stop(id)?.lapses == 1)
  }

  @Test("a freeze that ran out is not in force again without a new approval")
  func notAgain() throws {
    let fixture = try Fixture()
    let id = try fixture.frozen(2, of: nil, ["months": 1])
    try fixture.store.advance(to: Fixture.at("2026-04-03T00:00:00+08:00"))
    let error = #expect(throws: RPCError.self) { try fixture.call("freeze.record", id, ["result": "frozen"]) }
    #expect(error?.kind == .approvalRequired)
    try fixture.ordered(id)
    try fixture.call("freeze.record", id, ["result": "frozen"])
    #expect(fixture.stop(id)?.lapses == 1)
  }

  // MARK: Renewals

  func renew(_ fixture: Fixture, _ id: String, _ params: JSONObject = [:], at: String? = nil) throws
    -> JSONValue
  {
    try fixture.call("renew.request", id, params)
    try fixture.approve(id, renewal: true)
    return try fixture.call("renew.record", id, at.map { ["at": .string($0)] } ?? [:])
  }

  @Test("renewals follow each other without a gap, each no longer than the rule says")
  func renewals() throws {
    let fixture = try Fixture()
    let id = try fixture.frozen()
    #expect(try renew(fixture, id)["ends_at"] == "2027-03-03T00:00:00.000+08:00")
    #expect(try renew(fixture, id, ["months": 2])["ends_at"] == "2027-05-03T00:00:00.000+08:00")
    expectRefused("stoploss.freeze.term", at: "/months") {
      try fixture.call("renew.request", id, ["months": 7])
    }
    #expect(fixture.stop(id)?.freeze?.renewals == 2)
    #expect(fixture.stop(id)?.state == .renewed)
    #expect(try fixture.call("stop.get", id)["freeze"]?["frozen_at"] == "2026-03-02T09:00:00.000+08:00")
  }

  @Test("the chief sees what a renewal renews: the kind, and the end that it follows")
  func renewalShown() throws {
    let fixture = try Fixture()
    let id = try fixture.frozen(2, of: nil, ["kind": "securities", "months": 12])
    try fixture.call("renew.request", id, ["months": 3])
    let freeze = try #require(fixture.stop(id)?.freeze)
    let approval = try #require(freeze.renewal?.approval)
    let shown = try fixture.store.call("approval.get", ["id": .string(approval)])["payload"]
    let end = try #require(freeze.term?.end)
    #expect(shown?["kind"] == "securities" && shown?["months"] == 3)
    #expect(shown?["renews"]?.intValue == Int(end.milliseconds))
  }

  @Test("a renewal of a major case names the city-level approval anew")
  func majorRenewal() throws {
    let fixture = try Fixture()
    let id = try fixture.frozen(2, of: nil, ["kind": "major", "city_approval": "1"])
    expectRefused("stoploss.freeze.major", at: "/city_approval") { try fixture.call("renew.request", id) }
    #expect(try renew(fixture, id, ["city_approval": "2"])["ends_at"] == "2028-03-03T00:00:00.000+08:00")
  }

  @Test("a freeze is renewed before it ends, not at its end")
  func before() throws {
    let fixture = try Fixture()
    let id = try fixture.frozen()
    try fixture.store.advance(to: Fixture.at("2026-09-02T23:59:59.999+08:00"))
    try fixture.call("renew.request", id)
    try fixture.approve(id, renewal: true)
    try fixture.store.advance(to: Fixture.at("2026-09-03T00:05:00+08:00"))
    #expect(fixture.stop(id)?.state == .lapsed && fixture.stop(id)?.lapses == 1)
    expectRefused("stoploss.freeze.renewal", at: "/at") {
      try fixture.call("renew.record", id, ["at": "2026-09-03T00:00:00+08:00"])
    }
    // The bank had renewed in time, and it is told late: nothing had lapsed.
    try fixture.call("renew.record", id, ["at": "2026-09-02T23:59:59.999+08:00"])
    #expect(fixture.stop(id)?.state == .renewed && fixture.stop(id)?.lapses == 0)
    #expect(fixture.stop(id)?.held == 5_000_000)
  }

  @Test("a renewal before its approval is none, whenever it is told: the lapse stays")
  func approvedTooLate() throws {
    let fixture = try Fixture()
    let id = try fixture.frozen()
    try fixture.store.advance(to: Fixture.at("2026-09-01T09:00:00+08:00"))
    try fixture.call("renew.request", id)
    try fixture.store.advance(to: Fixture.at("2026-09-03T08:00:00+08:00"))
    try fixture.approve(id, renewal: true)
    expectRefused("stoploss.freeze.renewal", at: "/at") {
      try fixture.call("renew.record", id, ["at": "2026-09-02T23:00:00+08:00"])
    }
    #expect(fixture.stop(id)?.state == .lapsed && fixture.stop(id)?.lapses == 1)
  }

  @Test("a renewal that nobody asked for or approved is not recorded")
  func unapprovedRenewal() throws {
    let fixture = try Fixture()
    let id = try fixture.frozen()
    let unasked = #expect(throws: RPCError.self) { try fixture.call("renew.record", id) }
    #expect(unasked?.kind == .approvalRequired)
    try fixture.call("renew.request", id)
    let pending = #expect(throws: RPCError.self) { try fixture.call("renew.record", id) }
    #expect(pending?.kind == .approvalRequired)
  }

  @Test(
    "a renewal that was ordered in time is recorded whenever it is known, also after its approval would have expired"
  )
  func orderedRenewal() throws {
    let fixture = try Fixture()
    let id = try fixture.frozen(2, of: nil, ["months": 1])
    try fixture.store.advance(to: Fixture.at("2026-03-30T09:00:00+08:00"))
    try fixture.call("renew.request", id, ["months": 1])
    let pending = #expect(throws: RPCError.self) { try fixture.call("renew.order", id) }
    #expect(pending?.kind == .approvalRequired)
    try fixture.approve(id, renewal: true)
    let ordered = try fixture.call("renew.order", id)
    #expect(ordered["state"] == "frozen")
    #expect(ordered["freeze"]?["renewal_ordered_at"] == "2026-03-30T09:00:00.000+08:00")
    expectRefused("stoploss.freeze.approval", at: "/id") { try fixture.call("renew.order", id) }
    expectRefused("stoploss.freeze.renewal", at: "/at") {
      try fixture.call("renew.record", id, ["at": "2026-03-30T08:59:00+08:00"])
    }
    // Four days later, and past the end.
    try fixture.store.advance(to: Fixture.at("2026-04-03T10:00:00+08:00"))
    #expect(fixture.stop(id)?.lapses == 1)
    let renewed = try fixture.call("renew.record", id, ["at": "2026-03-31T09:00:00+08:00"])
    #expect(renewed["state"] == "renewed" && renewed["ends_at"] == "2026-05-03T00:00:00.000+08:00")
    #expect(fixture.stop(id)?.lapses == 0)
  }

  @Test("without an order the record takes the approval, as long as that is valid")
  func unorderedRenewal() throws {
    let fixture = try Fixture()
    let id = try fixture.frozen()
    try fixture.call("renew.request", id)
    try fixture.approve(id, renewal: true)
    try fixture.hours(73)
    let late = #expect(throws: RPCError.self) {
      try fixture.call("renew.record", id, ["at": "2026-03-03T09:00:00+08:00"])
    }
    #expect(late?.kind == .approvalRequired)
  }
}
