import CaseTransfer
import ModuleTesting
import StationKit
import Testing

@Suite("Figures")
struct FiguresTests {
  /// sent, dropped, now; and what they count as, with 100 as the end.
  static let limits: [(sent: Int?, dropped: Int?, now: Int, expected: String)] = [
    (99, nil, 500, "in time"), (100, nil, 500, "late"), (101, nil, 500, "late"), (nil, nil, 99, "running"),
    (nil, nil, 100, "late"), (nil, 99, 500, "dropped"), (nil, 100, 500, "late"), (0, nil, 0, "in time"),
  ]

  @Test(
    "in time is before the end; open counts once it is late; what was dropped in time is left out",
    arguments: limits)
  func limit(_ sent: Int?, _ dropped: Int?, _ now: Int, _ expected: String) {
    var figures = Figures()
    figures.add(leg: 100, sent: sent, accepted: sent, dropped: dropped, now: now)
    for limit in [figures.sent, figures.takenOver] {
      #expect(limit.rate.numerator == (expected == "in time" ? 1 : 0))
      #expect(limit.rate.denominator == (["in time", "late"].contains(expected) ? 1 : 0))
      #expect(limit.running == (expected == "running" ? 1 : 0))
      #expect(limit.dropped == (expected == "dropped" ? 1 : 0))
    }
  }

  static let sent: [(minutes: Int, inTime: Int)] = [(24 * 60 - 1, 1), (24 * 60, 0), (24 * 60 + 1, 0)]

  @Test("the within-24-hours rate: the minute before, at, after", arguments: sent)
  func within24Hours(_ minutes: Int, _ inTime: Int) throws {
    let fixture = try Fixture()
    let id = try fixture.receive()
    try fixture.screen(id)
    try fixture.minutes(minutes)
    try fixture.call("send", id)
    let total = try fixture.store.call("transfer.figures", ["target": 100])["total"]
    #expect(total?["sent_in_time"]?["numerator"] == .int(inTime))
    #expect(total?["sent_in_time"]?["denominator"] == 1)
    #expect(total?["sent_in_time"]?["reaches_target"] == .bool(inTime == 1))
    // Not taken over yet: within the limit it is left out, after it it is late.
    let running = minutes < 24 * 60 ? 1 : 0
    #expect(total?["taken_over_in_time"]?["exclusions"]?["running"] == .int(running))
  }

  @Test("a month: legs, disputes with their length, discrepancies by code, by sender")
  func month() throws {
    let fixture = try Fixture()
    for minutes in [10, 20, 600] {
      let id = try fixture.at(.acceptedUnderDispute)
      try fixture.minutes(minutes)
      try fixture.call("adjudicate", id, ["to": minutes == 20 ? "st-02" : .string(Fixture.brigade)])
    }
    _ = try fixture.at(.discrepancy)
    _ = try fixture.at(.acceptedUnderDispute)
    let superseded = try fixture.at(.acceptedUnderDispute)
    try fixture.call("reclassify", superseded)
    let result = try fixture.store.call(
      "transfer.figures", ["from": "2026-03-01", "to": "2026-03-31", "by": "sender"])
    let groups = result["groups"]?.arrayValue ?? []
    #expect(groups.map { $0["key"] } == ["public-security-brigade", "st-02"])
    let station = try #require(groups.last)
    #expect(station["legs"] == 6)
    #expect(
      station["sent_in_time"]?["text"] == "100.0 %" && station["taken_over_in_time"]?["denominator"] == 5)
    let disputes = station["disputes"]
    #expect(disputes?["opened"] == 5 && disputes?["stays"] == 2 && disputes?["moves"] == 1)
    #expect(disputes?["superseded"] == 1 && disputes?["measured"] == 3)
    #expect(disputes?["median_s"] == 1200 && disputes?["p90_s"] == 36000)
    #expect(disputes?["ruled_in_time"]?["exclusions"] == ["running": 1, "superseded": 1])
    let found = station["discrepancies"]
    #expect(found?["total"] == 1 && found?["by_code"]?["shortage"] == 1)
    #expect(found?["counts"]?["numerator"] == 1 && found?["counts"]?["denominator"] == 6)
    // The two legs that the brigade began: by a ruling, and by the reclassification.
    #expect(groups.first?["legs"] == 2 && groups.first?["disputes"]?["measured"] == 0)
    #expect(groups.first?["disputes"]?["median_s"] == .null)
    #expect(groups.first?["discrepancies"]?["counts"]?["text"] == "n/a")
  }

  @Test("figures are of the present month by default, within the caller's scope, and of at most 366 days")
  func period() throws {
    let fixture = try Fixture()
    _ = try fixture.at(.sent)
    let result = try fixture.store.call("transfer.figures", [:])
    #expect(
      result["from"] == "2026-03-01" && result["to"] == "2026-03-31" && result["method"] == "nearest_rank")
    #expect(result["rule"] == ["id": "transfer.figures", "version": "1"])
    func legs(_ params: JSONObject, as principal: Principal = .all) throws -> JSONValue? {
      try fixture.store.call("transfer.figures", params, as: principal)["total"]?["legs"]
    }
    #expect(try legs([:]) == 1)
    #expect(try legs(["sender": "st-03"]) == 0)
    #expect(try legs(["receiver": .string(Fixture.brigade)], as: Fixture.order) == 1)
    #expect(try legs(["kind": "criminal"]) == 0)
    #expect(try legs([:], as: Fixture.station) == 1)
    #expect(try legs([:], as: .of("st-03")) == 0)
    #expect(try legs([:], as: Fixture.legal) == 1)
    #expect(try legs(["from": "2026-03-02", "to": "2026-03-02"]) == 1)
    #expect(try legs(["from": "2026-03-03", "to": "2026-03-03"]) == 0)
    expectError(.denied) { _ = try legs(["sender": "st-03"], as: Fixture.station) }
    #expect(try legs(["from": "2026-01-01", "to": "2027-01-01"]) == 1)
    for (from, to) in [("2026-01-01", "2027-01-02"), ("2026-03-02", "2026-03-01")] {
      expectRefused("transfer.figures.period", "/to") {
        _ = try legs(["from": .string(from), "to": .string(to)])
      }
    }
  }
}
