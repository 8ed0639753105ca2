import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite("Returns to many payers")
struct ManyPayersTests {
  /// Money of that many reports, a multiple of 100, in card 2. It comes by way of mules, each of a hundred reports:
  /// so no account grows long while the reports are entered.
  static func collected(_ fixture: Fixture, reports count: Int) throws -> [String] {
    let start = Fixture.at("2026-03-02T08:10:00+08:00")
    var collected = 0
    return try (0..<count).map { number in
      let (victim, mule) = (1_000 + number / 100, 2_000 + number / 100)
      let at = start.adding(milliseconds: Int64(1_000 * number))
      var rows = [Fixture.transfer(victim, mule, 1_000 + number, at: at)]
      collected += 1_000 + number
      if number % 100 == 99 {
        rows.append(Fixture.transfer(mule, 2, collected, at: at.adding(milliseconds: 1)))
        collected = 0
      }
      return try fixture.report(victims: [victim], rows)
    }
  }

  @Test("as many as an account has reports get theirs back to the fen; one more is refused")
  func limit() throws {
    #expect(Limits.payersPerReturn == Limits.reportsPerAccount)
    let fixture = try Fixture()
    let reports = try Self.collected(fixture, reports: Limits.payersPerReturn)
    let frozen = 1_000_003
    let id = try fixture.request(reports[reports.count - 1], 2, ["amount": .int(frozen)])
    try fixture.call("stop.record", id, ["result": "stopped"])
    try fixture.ordered(id)
    try fixture.call("freeze.record", id, ["result": "frozen"])
    // All named, as well as none.
    let names = JSONValue.array(reports.map(JSONValue.string))
    try fixture.call("return.decide", id, ["reports": names])
    try fixture.call("return.withdraw", id)
    let shares = try fixture.call("return.decide", id)["return"]?["shares"]?.arrayValue ?? []
    #expect(shares.map { $0["report"]?.stringValue ?? "" } == reports)
    #expect(shares.reduce(0) { $0 + ($1["amount"]?.intValue ?? 0) } == frozen)
    try fixture.call("return.approve", id, as: Fixture.second)
    try fixture.store.advance(to: Fixture.at("2026-04-02T00:00:00+08:00"))
    try fixture.call("return.execute", id)
    try fixture.call("return.record", id)
    #expect(fixture.stop(id)?.state == .executed)
    let stored = fixture.reports.values
    #expect(stored.reduce(0) { $0 + $1.returned } == frozen)
    #expect(stored.allSatisfy { $0.reserved == 0 && (1..<$0.loss).contains($0.returned) })

    // All are still owed a part when another's money comes.
    let another = try fixture.report(victims: [3_000], [Fixture.transfer(3_000, 2, 500)])
    let again = try fixture.frozen(2, of: another)
    expectRefused("stoploss.intake.limits", at: "/reports") { try fixture.call("return.decide", again) }
    let error = #expect(throws: RPCError.self) {
      try fixture.call(
        "return.decide", again, ["reports": .array((reports + [another]).map(JSONValue.string))])
    }
    #expect(error?.kind == .invalidParams && error?.pointer == "/reports")
    #expect(fixture.account(card: 2)?.isApproximate == false)
  }

  @Test("a list tells of a return without its shares, the stop itself with them")
  func lists() throws {
    let fixture = try Fixture()
    let (id, reports) = try ReturnTests.shared(fixture)
    try fixture.call("return.decide", id)
    let listed = try fixture.store.call("stoploss.stop.list", ["state": "return_decided"])
    let items = [
      listed["items"]?.arrayValue?.first, try fixture.call("get", reports[0])["stops"]?.arrayValue?.first,
    ]
    for item in items {
      #expect(item?["return"]?["total"] == 200 && item?["return"]?["shares"] == nil)
    }
    #expect(try fixture.call("stop.get", id)["return"]?["shares"]?.arrayValue?.count == 2)
  }
}
