import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite("Scenario")
struct ScenarioTests {
  /// An old woman lost 80,000 yuan to a false customer service. The station reports, the desk stops and freezes,
  /// a second victim turns up, and both get their share.
  @Test("from the call to the money's return")
  func story() throws {
    let fixture = try Fixture()
    let station = Principal.of("st-02", uid: 3001)
    let desk = Principal.of("anti-fraud", uid: 3002)
    let colleague = Principal.of("anti-fraud", uid: 3003)

    // 09:00: she calls. 60,000 went to card 2 and 20,000 to card 3, ten minutes ago.
    let report = try fixture.report(
      [Fixture.transfer(1, 2, 6_000_000, "08:50:00"), Fixture.transfer(1, 3, 2_000_000, "08:52:00")],
      more: ["fraud_type": "fake_customer_service"], as: station)
    let next = try fixture.store.call("stoploss.next", ["limit": 1], as: desk)
    #expect(next["items"]?.arrayValue?.first?["account"]?.stringValue == fixture.accountID(2))

    // 09:05: the desk asks both banks. One finds another name on the account.
    try fixture.minutes(5)
    func ask(_ card: Int) throws -> String {
      try fixture.store.call(
        "stoploss.stop.request", ["report": .string(report), "account": .string(fixture.accountID(card))],
        as: desk
      )["id"]?.stringValue ?? ""
    }
    let (large, small) = (try ask(2), try ask(3))
    try fixture.minutes(7)
    try fixture.call("stop.record", large, ["result": "stopped", "held": 5_500_000], as: desk)
    try fixture.call("stop.record", small, ["result": "refused_mismatch", "mismatch": ["name"]], as: desk)

    // The statement shows that 5,000 had left card 2 for card 4 before the stop.
    try fixture.call(
      "add_transfers", report,
      ["accounts": [Fixture.account(4)], "transfers": [Fixture.transfer(2, 4, 500_000, "08:58:00")]],
      as: station)
    #expect(fixture.account(card: 2)?.holding == 5_500_000)
    #expect(fixture.account(card: 4)?.holding == 500_000)

    // The next day the chief approves the freeze; the bank freezes in time.
    try fixture.store.advance(to: Fixture.at("2026-03-03T15:00:00+08:00"))
    try fixture.call("freeze.request", large, fixture.application(large, ["amount": 5_500_000]), as: desk)
    try fixture.approve(large)
    try fixture.call("freeze.order", large, as: desk)
    try fixture.call("freeze.record", large, ["result": "frozen"], as: desk)
    try fixture.hours(48)
    #expect(fixture.events("lapsed_unhandled").isEmpty)

    // A second victim, of another station, had paid 20,000 into the same card before her.
    let other = try fixture.report(
      victims: [9], [Fixture.transfer(9, 2, 2_000_000, "08:30:00")],
      more: ["station": "st-03", "reported_at": "2026-03-04T10:00:00+08:00"])
    let shared = try fixture.store.call("stoploss.shared_accounts", [:], as: desk)["items"]?.arrayValue
    #expect(shared?.first?["reports"] == .array([.string(report), .string(other)]))
    // First in, first out: what left for card 4 was the other's.
    #expect(fixture.account(card: 4)?.holdings.lots.map(\.origin) == [other])

    // 55,000 is shared by 80,000 and 20,000.
    let decided = try fixture.call("return.decide", large, as: desk)
    #expect(
      decided["return"]?["shares"]?.arrayValue?.map { $0["amount"]?.intValue } == [4_400_000, 1_100_000])
    try fixture.call("return.approve", large, as: colleague)
    try fixture.store.advance(to: Fixture.at("2026-04-08T09:00:00+08:00"))
    try fixture.call("return.execute", large, as: desk)
    try fixture.hours(20)
    try fixture.call("return.record", large, as: desk)
    #expect(fixture.stop(large)?.state == .executed)

    let total = try fixture.store.call(
      "stoploss.figures", ["from": "2026-03-01", "to": "2026-03-31"], as: desk)["total"]
    #expect(total?["report_to_stop"]?["median_s"] == 720)
    #expect(total?["held"]?["text"] == "55.0 %")
    #expect(total?["returned"]?["text"] == "55.0 %")
    #expect(total?["lapses"]?["count"] == 0)
  }
}
