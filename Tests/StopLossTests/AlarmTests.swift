import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite("Alarms")
struct AlarmTests {
  static func shown(_ fixture: Fixture) -> [String] {
    fixture.events("alarm").map { event in
      let late = event["late"] == true ? " late" : ""
      return "\(event["measure"]?.stringValue ?? "") \(event["hours_before"]?.intValue ?? 0)\(late)"
    }
  }

  @Test("a stop warns 12, 4 and 1 hours before its end, each once, at the instant")
  func stop() throws {
    let fixture = try Fixture()
    try fixture.stopped()
    for (at, count) in [
      ("2026-03-03T20:59:59.999+08:00", 0), ("2026-03-03T21:00:00+08:00", 1),
      ("2026-03-04T04:59:59.999+08:00", 1), ("2026-03-04T05:00:00+08:00", 2),
      ("2026-03-04T07:59:59.999+08:00", 2), ("2026-03-04T08:00:00+08:00", 3),
      ("2026-03-04T09:00:00+08:00", 3),
    ] {
      try fixture.store.advance(to: Fixture.at(at))
      #expect(fixture.events("alarm").count == count, "\(at)")
    }
    #expect(Self.shown(fixture) == ["stop 12", "stop 4", "stop 1"])
    #expect(fixture.events("lapsed_unhandled").first?["late"] == false)
  }

  @Test("a freeze warns 30, 7 and 1 days before its end, and again after a renewal")
  func freeze() throws {
    let fixture = try Fixture()
    let id = try fixture.frozen()
    try fixture.store.advance(to: Fixture.at("2026-08-27T00:00:00+08:00"))
    #expect(Self.shown(fixture) == ["freeze 720", "freeze 168"])
    try fixture.call("renew.request", id)
    try fixture.approve(id, renewal: true)
    try fixture.call("renew.record", id)
    try fixture.store.advance(to: Fixture.at("2027-03-02T23:59:59+08:00"))
    #expect(Self.shown(fixture) == ["freeze 720", "freeze 168", "freeze 720", "freeze 168", "freeze 24"])
    #expect(fixture.events("lapsed_unhandled").isEmpty)
  }

  @Test("a freeze that takes the stop's place ends the stop's alarms")
  func replaced() throws {
    let fixture = try Fixture()
    let id = try fixture.stopped()
    try fixture.hours(38)
    try fixture.ordered(id)
    try fixture.call("freeze.record", id, ["result": "frozen"])
    try fixture.hours(48)
    #expect(Self.shown(fixture) == ["stop 12"])
    #expect(fixture.stop(id)?.state == .frozen)
  }

  @Test("a term shorter than an alarm's distance has no such alarm")
  func short() throws {
    let fixture = try Fixture(now: Fixture.at("2026-02-10T09:00:00+08:00"))
    let report = try fixture.report(
      [Fixture.transfer(1, 2, 500, at: Fixture.at("2026-02-10T08:00:00+08:00"))],
      more: ["occurred_at": "2026-02-10T08:00:00+08:00"])
    // One month from 10 February: 28 days and a half.
    try fixture.frozen(of: report, ["months": 1])
    try fixture.hours(24 * 28)
    #expect(Self.shown(fixture) == ["freeze 168", "freeze 24"])
  }

  @Test("what came due while the daemon was down fires afterwards, once, in order, marked late")
  func late() throws {
    let fixture = try Fixture()
    let id = try fixture.stopped()
    try fixture.store.sleep(to: Fixture.at("2026-03-05T09:00:00+08:00"))
    #expect(Self.shown(fixture) == ["stop 12 late", "stop 4 late", "stop 1 late"])
    #expect(fixture.events("lapsed_unhandled").map { $0["late"] } == [true])
    #expect(fixture.events("lapsed_unhandled").first?["ended"] == "2026-03-04T09:00:00.000+08:00")
    #expect(fixture.stop(id)?.lapses == 1)
    // Fired again, nothing happens again.
    let before = fixture.store.contents.events.count
    try fixture.store.handle(
      "stoploss", "stop", subject: id, .init(due: Fixture.at("2026-03-04T09:00:00+08:00"), payload: [:]),
      late: true)
    #expect(fixture.store.contents.events.count == before)
    #expect(fixture.stop(id)?.lapses == 1)
  }

  @Test("an answer recorded long after the stop fires what has passed, and no more")
  func recordedLate() throws {
    let fixture = try Fixture()
    let id = try fixture.request(fixture.report())
    try fixture.store.advance(to: Fixture.at("2026-03-04T06:00:00+08:00"))
    try fixture.call("stop.record", id, ["result": "stopped", "at": "2026-03-02T09:10:00+08:00"])
    try fixture.minutes(1)
    #expect(Self.shown(fixture) == ["stop 12 late", "stop 4 late"])
    #expect(fixture.stop(id)?.state == .stopped)
  }

  @Test("what ends next is listed in that order")
  func list() throws {
    let fixture = try Fixture()
    let report = try fixture.report([
      Fixture.transfer(1, 2, 10), Fixture.transfer(1, 3, 20), Fixture.transfer(1, 4, 30),
    ])
    let frozen = try fixture.frozen(2, of: report)
    try fixture.hours(2)
    let later = try fixture.stopped(3, of: report)
    try fixture.request(report, 4)
    func listed(_ params: JSONObject, as principal: Principal = .all) throws -> [String] {
      let items = try fixture.store.call("stoploss.alarms", params, as: principal)["items"]?.arrayValue ?? []
      return items.compactMap { $0["stop"]?.stringValue }
    }
    #expect(try listed([:]) == [later, frozen])
    #expect(try listed(["within_hours": 48]) == [later])
    #expect(try listed(["within_hours": 47]) == [])
    #expect(try listed([:], as: .of("st-03")) == [])
    let first = try fixture.store.call("stoploss.alarms", ["limit": 1])["items"]?.arrayValue?.first
    #expect(first?["left_s"]?.intValue == 48 * 3600)
    #expect(first?["next_alarm_at"] == "2026-03-03T23:00:00.000+08:00")
  }

  @Test("every end can explain itself")
  func explain() throws {
    let fixture = try Fixture()
    let id = try fixture.frozen()
    let terms = try fixture.call("explain", id)["terms"]?.arrayValue ?? []
    #expect(terms.map { $0["name"] } == ["stop", "freeze"])
    #expect(terms.first?["end"] == "2026-03-04T09:00:00.000+08:00")
    #expect(terms.last?["term"] == "6mo/coercive" && terms.last?["steps_apply"] == true)
    let codes = terms.last?["steps"]?.arrayValue?.compactMap { $0["code"]?.stringValue } ?? []
    #expect(codes.contains("never_shifts") && codes.last == "end")
  }
}
