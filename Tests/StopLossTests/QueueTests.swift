import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite("Queued freezes")
struct QueueTests {
  /// A freeze to the end of 2 September, and a second one that waits behind it.
  static func queued(_ fixture: Fixture) throws -> (first: String, second: String) {
    let report = try fixture.report()
    let first = try fixture.frozen(of: report)
    let second = try fixture.stopped(of: report)
    try fixture.ordered(second)
    try fixture.call("freeze.record", second, ["result": "queued"])
    return (first, second)
  }

  @Test(
    "an account that is frozen is not frozen twice: the second waits, and takes effect when the first ends")
  func queue() throws {
    let fixture = try Fixture()
    let report = try fixture.report()
    let first = try fixture.frozen(of: report)
    let second = try fixture.stopped(of: report)
    try fixture.ordered(second)
    let error = #expect(throws: RPCError.self) {
      try fixture.call("freeze.record", second, ["result": "frozen"])
    }
    #expect(error?.rule == "stoploss.freeze.queue" && error?.details?["stop"]?.stringValue == first)
    #expect(try fixture.call("freeze.record", second, ["result": "queued"])["state"] == "queued")
    // The stop's own end does not matter any more.
    try fixture.hours(72)
    #expect(fixture.stop(second)?.state == .queued)
    try fixture.call("release", first, ["reason": "court_order"])
    #expect(fixture.stop(second)?.state == .frozen)
    #expect(fixture.stop(second)?.freeze?.term?.start == fixture.store.now)
    #expect(fixture.events("lapsed_unhandled").isEmpty)
  }

  @Test("a queued freeze takes effect at the instant at which the first lapses, also when that is found late")
  func queueLapse() throws {
    let fixture = try Fixture()
    let report = try fixture.report()
    let first = try fixture.frozen(of: report)
    let second = try fixture.stopped(of: report)
    try fixture.ordered(second)
    try fixture.call("freeze.record", second, ["result": "queued"])
    try fixture.store.sleep(to: Fixture.at("2026-09-10T12:00:00+08:00"))
    #expect(fixture.stop(first)?.state == .lapsed)
    #expect(fixture.stop(second)?.freeze?.term?.start == Fixture.at("2026-09-03T00:00:00+08:00"))
  }

  @Test(
    "a queued freeze takes effect when the bank had returned all of the money, also when that is told late")
  func queueReturn() throws {
    let fixture = try Fixture()
    let (first, second) = try Self.queued(fixture)
    try fixture.store.advance(to: Fixture.at("2026-04-10T09:00:00+08:00"))
    try fixture.sendReturn(first)
    try fixture.store.advance(to: Fixture.at("2026-04-20T09:00:00+08:00"))
    try fixture.call("return.record", first, ["at": "2026-04-14T10:00:00+08:00"])
    #expect(fixture.stop(first)?.state == .executed)
    #expect(fixture.stop(second)?.freeze?.term?.start == Fixture.at("2026-04-14T10:00:00+08:00"))
  }

  /// What is told late of the first freeze, which ended with 2 September.
  static let toldLate: [(String, JSONObject, StopState, Instant?)] = [
    // It was renewed in time: the second never came into force.
    ("renew.record", ["at": "2026-09-02T10:00:00+08:00"], .renewed, nil),
    // It was released before: the second came into force then.
    (
      "release", ["reason": "court_order", "at": "2026-09-02T10:00:00+08:00"], .released,
      Fixture.at("2026-09-02T10:00:00+08:00")
    ),
  ]

  @Test("where the lapse was none, what took effect with it goes back to where it was", arguments: toldLate)
  func requeued(_ method: String, _ params: JSONObject, _ state: StopState, _ start: Instant?) throws {
    let fixture = try Fixture()
    let (first, second) = try Self.queued(fixture)
    try fixture.store.advance(to: Fixture.at("2026-09-01T09:00:00+08:00"))
    try fixture.orderRenewal(first)
    try fixture.store.advance(to: Fixture.at("2026-09-04T09:00:00+08:00"))
    #expect(fixture.stop(first)?.lapses == 1 && fixture.stop(second)?.state == .frozen)
    try fixture.call(method, first, params)
    #expect(fixture.stop(first)?.state == state && fixture.stop(first)?.lapses == 0)
    #expect(fixture.stop(second)?.state == (start == nil ? .queued : .frozen))
    #expect(
      fixture.stop(second)?.freeze?.term?.start == start && fixture.stop(second)?.freeze?.since == start)
    guard state == .renewed else { return }
    // It waits for the end of the renewed freeze.
    try fixture.store.advance(to: Fixture.at("2027-03-03T00:00:00+08:00"))
    #expect(fixture.stop(second)?.freeze?.term?.start == fixture.store.now)
  }

  @Test("a freeze that somebody has worked on since stays, and refuses the renewal told late")
  func workedOn() throws {
    let fixture = try Fixture()
    let (first, second) = try Self.queued(fixture)
    try fixture.store.advance(to: Fixture.at("2026-09-01T09:00:00+08:00"))
    try fixture.orderRenewal(first)
    try fixture.store.advance(to: Fixture.at("2026-09-04T09:00:00+08:00"))
    try fixture.call("unrelated", second)
    let error = #expect(throws: RPCError.self) {
      try fixture.call("renew.record", first, ["at": "2026-09-02T10:00:00+08:00"])
    }
    #expect(error?.rule == "stoploss.freeze.queue" && error?.details?["stop"]?.stringValue == second)
  }
}
