import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite("Queued freezes")
struct QueueTests {
  /// 10,000,000 were lost, of which the bank stopped 5,000,000 in one account: a freeze of it to the end of 2
  /// September, and a second one that waits behind it.
  static func queued(
    _ fixture: Fixture, frozen: Int = 5_000_000, ordered: Int = 5_000_000
  ) throws -> (first: String, second: String) {
    let report = try fixture.report([Fixture.transfer(1, 2, 5_000_000), Fixture.transfer(1, 3, 5_000_000)])
    let first = try fixture.stopped(of: report)
    try fixture.ordered(first)
    try fixture.call("freeze.record", first, ["result": "frozen", "amount": .int(frozen)])
    let second = try fixture.stopped(of: report)
    try fixture.ordered(second, ["amount": .int(ordered)])
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
    "a queued freeze takes effect when the bank had returned all that was frozen, also when that is told late"
  )
  func queueReturn() throws {
    let fixture = try Fixture()
    let (first, second) = try Self.queued(fixture, frozen: 3_000_000)
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

  // MARK: What a freeze holds that took effect by itself

  @Test("it holds what can be left of the account, until the bank says what it really holds")
  func presumed() throws {
    let fixture = try Fixture()
    let (first, second) = try Self.queued(fixture, frozen: 3_000_000)
    try fixture.sendReturn(first)
    try fixture.call("return.record", first)
    let shown = try fixture.call("stop.get", second)
    #expect(shown["state"] == "frozen" && shown["held"] == 2_000_000 && shown["freeze"]?["presumed"] == true)
    #expect(try fixture.call("return.decide", second)["return"]?["total"] == 2_000_000)
    try fixture.call("return.withdraw", second)
    for amount: JSONValue? in [nil, 5_000_001] {
      expectRefused("stoploss.freeze.record", at: "/amount") {
        var params: JSONObject = ["result": "frozen"]
        params["amount"] = amount
        try fixture.call("freeze.record", second, params)
      }
    }
    try fixture.hours(30)
    let said = try fixture.call("freeze.record", second, ["result": "frozen", "amount": 2_500_000])
    #expect(said["state"] == "frozen" && said["held"] == 2_500_000 && said["freeze"]?["presumed"] == nil)
    #expect(
      said["ends_at"] == shown["ends_at"], "its term is that of the end before it, whenever the bank says so")
    // The bank has held more than was known: 3,000,000 that were returned, and this.
    #expect(fixture.account(card: 2)?.counted == 5_500_000)
    let again = #expect(throws: RPCError.self) {
      try fixture.call("freeze.record", second, ["result": "frozen", "amount": 1])
    }
    #expect(again?.kind == .wrongState)
  }

  @Test("where nothing can be left it goes on waiting, and the station is told to ask the bank")
  func nothingLeft() throws {
    let fixture = try Fixture()
    let (first, second) = try Self.queued(fixture)
    try fixture.sendReturn(first)
    try fixture.call("return.record", first)
    #expect(fixture.stop(first)?.state == .executed && fixture.stop(second)?.state == .queued)
    let told = fixture.events("due").map { [$0["what"], $0["stop"]] }
    #expect(told == [["nothing_left", .string(second)]])
    expectRefused("stoploss.freeze.record", at: "/amount") {
      try fixture.call("freeze.record", second, ["result": "frozen"])
    }
    let said = try fixture.call("freeze.record", second, ["result": "frozen", "amount": 400])
    #expect(said["state"] == "frozen" && said["held"] == 400)
  }

  @Test("the bank can say that yet another freeze is in front")
  func behindAnother() throws {
    let fixture = try Fixture()
    let (first, second) = try Self.queued(fixture)
    try fixture.call("release", first, ["reason": "court_order"])
    #expect(fixture.stop(second)?.state == .frozen && fixture.stop(second)?.held == 5_000_000)
    let said = try fixture.call("freeze.record", second, ["result": "queued"])
    #expect(said["state"] == "queued" && said["ends_at"] == nil && said["freeze"]?["frozen_at"] == nil)
    try fixture.hours(24)
    let frozen = try fixture.call("freeze.record", second, ["result": "frozen"])
    #expect(frozen["state"] == "frozen" && frozen["freeze"]?["frozen_at"] == "2026-03-03T09:00:00.000+08:00")
  }

  /// The first freeze ends with 2 April while a return of so much is with the bank, and what the second holds then.
  static let withBank: [(lost: Int, held: Int?)] = [(300, 700), (1_000, nil)]

  @Test("what is with the bank to be returned is not held by the next", arguments: withBank)
  func promised(_ lost: Int, _ held: Int?) throws {
    for isReturned in [true, false] {
      let fixture = try Fixture()
      let (first, report) = try ReturnTests.returning(fixture, lost: lost) { report in
        let second = try fixture.request(report, 2, ["amount": 1_000])
        try fixture.call("stop.record", second, ["result": "stopped"])
        try fixture.ordered(second)
        try fixture.call("freeze.record", second, ["result": "queued"])
      }
      let second = try #require(fixture.stops.keys.first { $0 != first })
      try fixture.store.advance(to: Fixture.at("2026-04-03T09:00:00+08:00"))
      #expect(fixture.stop(first)?.state == .lapsed)
      #expect(fixture.stop(second)?.state == (held == nil ? .queued : .frozen))
      if let held { #expect(fixture.stop(second)?.held == held) }
      if isReturned {
        try fixture.call("return.record", first, ["at": "2026-04-02T10:00:00+08:00"])
        #expect(fixture.stop(second)?.state == (held == nil ? .queued : .frozen))
        #expect(fixture.stored(report)?.returned == lost)
      } else {
        // The bank has returned nothing: it is there for the second, from the end of the first.
        try fixture.call("return.withdraw", first)
        if held != nil { try fixture.call("freeze.record", second, ["result": "frozen"]) }
        #expect(fixture.stop(second)?.state == .frozen && fixture.stop(second)?.held == 1_000)
        #expect(fixture.stop(second)?.freeze?.since == Fixture.at("2026-04-03T00:00:00+08:00"))
      }
    }
  }

  /// What the second freeze orders, and what the first holds again, renewed in time and told late, after all of the
  /// second was returned.
  static let afterReturn: [(ordered: Int, held: Int?)] = [(2_000_000, 3_000_000), (5_000_000, nil)]

  @Test("a renewal that is told late does not hold what was returned since", arguments: afterReturn)
  func renewedAfterReturn(_ ordered: Int, _ held: Int?) throws {
    let fixture = try Fixture()
    let (first, second) = try Self.queued(fixture, ordered: ordered)
    try fixture.store.advance(to: Fixture.at("2026-09-01T09:00:00+08:00"))
    try fixture.orderRenewal(first)
    try fixture.store.advance(to: Fixture.at("2026-09-04T09:00:00+08:00"))
    try fixture.sendReturn(second)
    try fixture.call("return.record", second)
    #expect(fixture.stop(second)?.state == .executed && fixture.stop(second)?.returned == ordered)
    func renew() throws { try fixture.call("renew.record", first, ["at": "2026-09-02T10:00:00+08:00"]) }
    guard let held else { return expectRefused("stoploss.freeze.queue", at: "/id") { try renew() } }
    try renew()
    #expect(fixture.stop(first)?.state == .renewed && fixture.stop(first)?.held == held)
  }

  @Test("a queued freeze takes effect not before it was ordered, where the end before it is told late")
  func notBeforeOrder() throws {
    let fixture = try Fixture()
    let report = try fixture.report()
    let first = try fixture.frozen(of: report)
    try fixture.hours(2)
    let second = try fixture.stopped(of: report)
    try fixture.ordered(second)
    try fixture.call("freeze.record", second, ["result": "queued"])
    let ordered = fixture.store.now
    try fixture.hours(1)
    try fixture.call("release", first, ["reason": "court_order", "at": "2026-03-02T10:00:00+08:00"])
    #expect(fixture.stop(second)?.state == .frozen)
    #expect(fixture.stop(second)?.freeze?.since == ordered)
    #expect(fixture.stop(second)?.freeze?.term?.start == ordered)
  }

  @Test("what took effect with its own order goes back, too, where the lapse before it was none")
  func requeuedAfterOrder() throws {
    let fixture = try Fixture()
    let report = try fixture.report()
    let first = try fixture.frozen(of: report, ["months": 1])
    try fixture.store.advance(to: Fixture.at("2026-04-01T09:00:00+08:00"))
    try fixture.orderRenewal(first)
    // The first has ended, and its deadline has not had its turn.
    fixture.store.now = Fixture.at("2026-04-03T10:00:00+08:00")
    let second = try fixture.stopped(of: report)
    try fixture.ordered(second)
    try fixture.call("freeze.record", second, ["result": "queued"])
    try fixture.store.advance(to: fixture.store.now)
    #expect(fixture.stop(first)?.state == .lapsed)
    #expect(fixture.stop(second)?.freeze?.since == fixture.store.now)
    try fixture.call("renew.record", first, ["at": "2026-04-02T10:00:00+08:00"])
    #expect(fixture.stop(first)?.state == .renewed && fixture.stop(second)?.state == .queued)
  }
}
