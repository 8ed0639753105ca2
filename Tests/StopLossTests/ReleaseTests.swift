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
}
