import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite("Releases")
struct ReleaseTests {
  @Test("unrelated money is to be released within three days, and holidays do not prolong it")
  func threeDays() throws {
    let fixture = try Fixture(now: Fixture.at("2026-04-02T15:00:00+08:00"))
    let report = try fixture.report([Fixture.transfer(1, 2, 500, at: Fixture.at("2026-04-02T14:00:00+08:00"))]
    )
    let id = try fixture.frozen(of: report)
    let found = try fixture.call("unrelated", id)
    // Qingming, a Sunday: the term ends there all the same.
    #expect(found["release_due"] == "2026-04-06T00:00:00.000+08:00")
    expectRefused("stoploss.release.unrelated", at: "/id") { try fixture.call("unrelated", id) }
    try fixture.store.advance(to: Fixture.at("2026-04-05T23:59:59.999+08:00"))
    #expect(fixture.events("due").isEmpty)
    try fixture.store.advance(to: Fixture.at("2026-04-06T00:00:00+08:00"))
    #expect(fixture.events("due").map { $0["what"] } == ["release_late"])
    try fixture.hours(100)
    #expect(fixture.events("due").count == 1)
  }

  @Test("a release ends it: no lapse follows, nothing is held")
  func release() throws {
    let fixture = try Fixture()
    let id = try fixture.stopped()
    try fixture.call("release", id, ["reason": "wrong_account", "document": "解冻1号"])
    #expect(fixture.stop(id)?.held == 0)
    #expect(fixture.stop(id)?.unrelated != nil)
    try fixture.hours(100)
    #expect(fixture.stop(id)?.state == .released)
    #expect(fixture.events("alarm").isEmpty && fixture.events("lapsed_unhandled").isEmpty)
  }

  @Test(
    "what was let go on purpose is not proposed again until more arrives, unless another's money is there",
    arguments: ["unrelated", "wrong_account", "repaid", "court_order", "case_closed"])
  func notProposed(_ reason: String) throws {
    for isShared in [false, true] {
      let fixture = try Fixture()
      let report = try fixture.report()
      if isShared { try fixture.report(victims: [5], [Fixture.transfer(5, 2, 70)]) }
      let id = try fixture.stopped(of: report)
      try fixture.call("release", id, ["reason": .string(reason)])
      let isMistake = reason == "unrelated" || reason == "wrong_account"
      #expect(fixture.row(2)?["stoppable"]?.intValue == (isShared && !isMistake ? 1 : 0))
      #expect((fixture.stop(id)?.unrelated != nil) == isMistake)
      try fixture.hours(1)
      try fixture.call(
        "add_transfers", report, ["transfers": [Fixture.transfer(1, 2, 5, "09:30:00")]])
      #expect(fixture.row(2)?["stoppable"] == 1)
    }
  }

  @Test("a release before the end that is told late takes the lapse back; one at the end does not")
  func toldLate() throws {
    let fixture = try Fixture()
    let id = try fixture.stopped()
    try fixture.hours(49)
    #expect(fixture.stop(id)?.lapses == 1)
    for at in ["2026-03-04T09:00:00+08:00", "2026-03-04T10:00:00+08:00"] {
      expectRefused("stoploss.lapse", at: "/at") {
        try fixture.call("release", id, ["reason": "wrong_account", "at": .string(at)])
      }
    }
    let released = try fixture.call(
      "release", id, ["reason": "wrong_account", "at": "2026-03-04T08:59:00+08:00"])
    #expect(released["state"] == "released" && released["lapses"] == 0)
    #expect(released["released_at"] == "2026-03-04T08:59:00.000+08:00")
  }

  @Test("a release or a finding in the future, or before what it follows, is refused")
  func instants() throws {
    let fixture = try Fixture()
    let id = try fixture.stopped()
    try fixture.hours(5)
    expectRefused("stoploss.release.instant", at: "/found_at") {
      try fixture.call("unrelated", id, ["found_at": "2026-03-02T14:00:00.001+08:00"])
    }
    expectRefused("stoploss.release.instant", at: "/found_at") {
      try fixture.call("unrelated", id, ["found_at": "2026-03-02T08:59:59+08:00"])
    }
    try fixture.call("unrelated", id, ["found_at": "2026-03-02T10:00:00+08:00"])
    expectRefused("stoploss.release.instant", at: "/at") {
      try fixture.call("release", id, ["reason": "unrelated", "at": "2026-03-02T09:59:59+08:00"])
    }
  }

  @Test("a release before the stop, or the freeze, was in force is refused")
  func beforeInForce() throws {
    let fixture = try Fixture()
    let id = try fixture.request(fixture.report())
    try fixture.minutes(25)
    try fixture.call("stop.record", id, ["result": "stopped"])
    func release(_ at: JSONValue) throws {
      try fixture.call("release", id, ["reason": "court_order", "at": at])
    }
    expectRefused("stoploss.release.instant", at: "/at") { try release("2026-03-02T09:24:00+08:00") }
    try fixture.minutes(35)
    try fixture.ordered(id)
    try fixture.call("freeze.record", id, ["result": "frozen"])
    expectRefused("stoploss.release.instant", at: "/at") { try release("2026-03-02T09:59:00+08:00") }
    try release("2026-03-02T10:00:00+08:00")
    #expect(fixture.stop(id)?.state == .released)
  }

  @Test("a step that comes after the end and before its deadline finds the lapse, which is counted once")
  func beforeDeadline() throws {
    let fixture = try Fixture()
    let id = try fixture.stopped()
    let end = try #require(fixture.stop(id)?.ends)
    fixture.store.now = end.adding(hours: 1)
    expectRefused("stoploss.lapse", at: "/at") {
      try fixture.call("release", id, ["reason": "wrong_account"])
    }
    let asked = try fixture.call("freeze.request", id, fixture.application(id))
    #expect(asked["state"] == "freeze_requested" && asked["lapses"] == 1 && asked["held"] == 0)
    // The deadline has its turn after all.
    try fixture.store.handle("stoploss", "stop", subject: id, .init(due: end, payload: [:]), late: true)
    #expect(fixture.stop(id)?.state == .freezeRequested && fixture.stop(id)?.lapses == 1)
    #expect(fixture.events("lapsed_unhandled").count == 1)
  }

  /// What holds money further or gives it to somebody, in a state that the table allows it in.
  static let claims: [(StopState, String)] = [
    (.stopped, "freeze.request"), (.freezeRequested, "freeze.order"), (.frozen, "renew.request"),
    (.frozen, "renew.order"), (.frozen, "return.decide"), (.returnDecided, "return.approve"),
    (.returnDecided, "return.execute"),
  ]

  @Test("money found unrelated is not held further nor given to anybody: it is released", arguments: claims)
  func onlyReleased(_ state: StopState, _ method: String) throws {
    let fixture = try Fixture()
    let id = try StopLifeTests.reach(state, fixture)
    try fixture.call("unrelated", id)
    let params = method == "freeze.request" ? try fixture.application(id) : [:]
    expectRefused("stoploss.release.unrelated", at: "/id") { try fixture.call(method, id, params) }
    try fixture.call("release", id, ["reason": "unrelated"])
    #expect(fixture.stop(id)?.state == .released)
  }

  @Test("a renewal of unrelated money is recorded only where the bank had made it before that was known")
  func renewedBefore() throws {
    let fixture = try Fixture()
    let id = try fixture.frozen()
    try fixture.call("renew.request", id)
    try fixture.approve(id, renewal: true)
    try fixture.hours(2)
    try fixture.call("unrelated", id)
    expectRefused("stoploss.release.unrelated", at: "/id") { try fixture.call("renew.record", id) }
    try fixture.call("renew.record", id, ["at": "2026-03-02T10:00:00+08:00"])
    #expect(fixture.stop(id)?.state == .renewed)
  }
}
