import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite("Figures")
struct FiguresTests {
  func figures(_ fixture: Fixture, _ more: JSONObject = [:], as principal: Principal = .all) throws
    -> JSONValue
  {
    var params: JSONObject = ["from": "2026-03-01", "to": "2026-03-31"]
    for (key, value) in more { params[key] = value }
    return try fixture.store.call("stoploss.figures", params, as: principal)
  }

  @Test("nothing is counted where there is nothing: n/a, not zero percent")
  func empty() throws {
    let total = try figures(Fixture())["total"]
    #expect(total?["reports"] == 0)
    for name in ["held", "returned", "wrong_released"] {
      #expect(total?[name]?["text"] == "n/a" && total?[name]?["percent"] == .null)
    }
    #expect(total?["report_to_stop"]?["median_s"] == .null)
    #expect(total?["lapses"] == ["count": 0, "stops": 0, "target": 0])
  }

  @Test("report to stop, held and returned are three different figures")
  func main() throws {
    let fixture = try Fixture()
    let first = try fixture.report([Fixture.transfer(1, 2, 1_000)])
    try fixture.report(victims: [5], [Fixture.transfer(5, 6, 2_000)])
    try fixture.minutes(10)
    let id = try fixture.request(first)
    try fixture.call("stop.record", id, ["result": "stopped", "held": 750])
    try fixture.ordered(id, ["amount": 750])
    try fixture.call("freeze.record", id, ["result": "frozen"])
    try fixture.sendReturn(id)
    try fixture.call("return.record", id)
    let total = try figures(fixture)["total"]
    #expect(total?["reports"] == 2)
    #expect(total?["report_to_stop"]?["median_s"] == 600)
    #expect(total?["report_to_stop"]?["exclusions"] == ["not_stopped": 1])
    #expect(total?["held"]?["numerator"] == 750 && total?["held"]?["denominator"] == 3_000)
    #expect(total?["held"]?["text"] == "25.0 %")
    #expect(total?["returned"]?["numerator"] == 750)
    #expect(total?["lapses"]?["count"] == 0)
  }

  @Test(
    "wrong accounts released within three days: at the end it is too late",
    arguments: [
      ("2026-03-05T23:59:59.999+08:00", 1), ("2026-03-06T00:00:00+08:00", 0),
    ])
  func wrong(_ released: String, _ inTime: Int) throws {
    let fixture = try Fixture()
    let id = try fixture.frozen()
    try fixture.call("unrelated", id)
    let running = try figures(fixture)["total"]?["wrong_released"]
    #expect(running?["denominator"] == 0 && running?["exclusions"] == ["running": 1])
    try fixture.store.advance(to: Fixture.at(released))
    try fixture.call("release", id, ["reason": "unrelated"])
    let done = try figures(fixture)["total"]?["wrong_released"]
    #expect(done?["numerator"]?.intValue == inTime && done?["denominator"] == 1)
  }

  @Test("what is not released and late counts as late")
  func wrongLate() throws {
    let fixture = try Fixture()
    let id = try fixture.frozen()
    try fixture.call("unrelated", id)
    try fixture.hours(24 * 5)
    let late = try figures(fixture)["total"]?["wrong_released"]
    #expect(late?["numerator"] == 0 && late?["denominator"] == 1)
  }

  @Test(
    "what is let go by the end of its stop or freeze counts by that instant",
    arguments: [("stopped", "2026-03-04T09:00:00+08:00", 1), ("frozen", "2026-04-03T00:00:00+08:00", 0)])
  func wrongLapsed(_ measure: String, _ end: String, _ inTime: Int) throws {
    let fixture = try Fixture()
    let id = measure == "stopped" ? try fixture.stopped() : try fixture.frozen(2, of: nil, ["months": 1])
    try fixture.hours(47)
    try fixture.call("unrelated", id)
    try fixture.store.advance(to: Fixture.at(end))
    #expect(fixture.stop(id)?.state == .lapsed)
    for _ in 0..<2 {
      let figure = try figures(fixture)["total"]?["wrong_released"]
      #expect(figure?["numerator"]?.intValue == inTime && figure?["denominator"] == 1)
      try fixture.hours(24 * 7)
    }
  }

  @Test("patterns name a type of fraud and an age band, and never so few that it could be a person")
  func patterns() throws {
    let fixture = try Fixture()
    for victim in 20..<23 {
      try fixture.report(victims: [victim], [Fixture.transfer(victim, 2, 100, at: Fixture.morning)])
    }
    try fixture.report(victims: [30], [Fixture.transfer(30, 2, 7)], more: ["fraud_type": "romance"])
    let answer = try figures(fixture)
    #expect(
      answer["patterns"] == [
        ["fraud_type": "brushing_rebate", "age_band": "70+", "reports": 3, "amount": 300]
      ])
    #expect(answer["small_cells"] == ["reports": 1, "amount": 7])
    let byType = try figures(fixture, ["by": "fraud_type"])["groups"]?.arrayValue
    #expect(byType?.map { $0["key"] } == ["brushing_rebate", "romance"])
    let young: JSONObject = ["name": "李四", "id_number": .string(CorrectionTests.other)]
    for (victim, said) in [(31, young), (32, ["name": "王五"])] {
      try fixture.report(victims: [victim], [Fixture.transfer(victim, 2, 7)], more: ["victim": .object(said)])
    }
    func byBand() throws -> [JSONValue] {
      try figures(fixture, ["by": "age_band"])["groups"]?.arrayValue ?? []
    }
    #expect(try byBand().map { $0["key"] } == ["70+", "small_cells"])
    #expect(try byBand().last == ["key": "small_cells", "reports": 2], "too few even together")
    try fixture.report(victims: [33], [Fixture.transfer(33, 2, 7)], more: ["victim": .object(young)])
    #expect(try byBand().map { $0["key"] } == ["70+", "small_cells"])
    #expect(try byBand().last?["held"]?["denominator"] == 21)
  }

  @Test("a station sees its own figures; a period has its limits")
  func scope() throws {
    let fixture = try Fixture()
    try fixture.report()
    #expect(try figures(fixture, as: .of("st-03"))["total"]?["reports"] == 0)
    #expect(try figures(fixture, as: .of("st-02"))["total"]?["reports"] == 1)
    expectRefused("stoploss.figures.period", at: "/to") { _ = try figures(fixture, ["to": "2027-03-02"]) }
    expectRefused("stoploss.figures.period", at: "/to") { _ = try figures(fixture, ["to": "2026-02-28"]) }
    #expect(throws: Never.self) { try figures(fixture, ["to": "2027-03-01"]) }
  }

  @Test("sums of the largest amounts do not overflow")
  func wide() {
    var figures = Figures()
    for _ in 0..<20_000 {
      figures.add(amount: 1_000_000_000_000_000, toStop: nil, held: 1_000_000_000_000_000, returned: 0)
    }
    #expect(figures.held.percent == "100.0")
    #expect(figures.json()["held"]?["numerator"]?.encodedString == "20000000000000000000")
  }

  /// Finds the money of every other stop unrelated, and lets some of it go in time, some late and some not at all.
  private static func letGo(_ fixture: Fixture) throws {
    let ids = fixture.stops.keys.sorted()
    func each(_ remainder: Int, of divisor: Int, _ method: String, _ params: JSONObject = [:]) {
      for (place, id) in ids.enumerated() where place % divisor == remainder {
        // Refused where nothing is held.
        _ = try? fixture.call(method, id, params)
      }
    }
    each(0, of: 2, "unrelated")
    try fixture.hours(24)
    each(0, of: 4, "release", ["reason": "unrelated"])
    each(1, of: 4, "release", ["reason": "wrong_account"])
    try fixture.hours(24 * 5)
    each(2, of: 8, "release", ["reason": "unrelated"])
    each(3, of: 8, "unrelated")
  }

  private enum Letting { case inTime, late, running }

  /// Whether money that should not have been held was let go within three days, by the stop's history; nil where none
  /// was found.
  private static func wasInTime(_ stop: Stop, by now: Instant) -> Letting? {
    var found: Instant?
    var released: Instant?
    for line in stop.history {
      let when = Fixture.at(line["when"]?.stringValue ?? "")
      switch line["action"]?.stringValue {
      case "find_unrelated": found = when
      case "release":
        if ["unrelated", "wrong_account"].contains(line["reason"]?.stringValue) { found = found ?? when }
        released = when
      case "lapse": released = found == nil ? nil : when
      case "record_frozen", "take_effect", "record_renewal": released = nil
      default: break
      }
    }
    guard let found else { return nil }
    // The day on which it was found does not count.
    let over = Fixture.at("\(found.date(in: .shanghai).adding(days: 4))T00:00:00+08:00")
    guard let released else { return now < over ? .running : .late }
    return released < over ? .inTime : .late
  }

  @Test("figures equal a recount from the raw records", arguments: 0..<5)
  func recount(_ seed: UInt64) throws {
    let fixture = try InvariantTests.run(seed, steps: 120)
    try Self.letGo(fixture)
    let total = try figures(fixture)["total"]
    let reports = fixture.reports.values
    let stops = fixture.stops.values
    #expect(total?["reports"]?.intValue == reports.count)
    let said = Dictionary(grouping: stops, by: \.account).values.map(InvariantTests.said)
    #expect(total?["held"]?["numerator"]?.intValue == said.reduce(0, +))
    #expect(total?["held"]?["denominator"]?.intValue == reports.reduce(0) { $0 + $1.loss })
    #expect(total?["returned"]?["numerator"]?.intValue == stops.reduce(0) { $0 + $1.returned })
    #expect(total?["lapses"]?["count"]?.intValue == stops.reduce(0) { $0 + $1.lapses })
    #expect(total?["lapses"]?["stops"]?.intValue == stops.count)
    let wrong = stops.compactMap { Self.wasInTime($0, by: fixture.store.now) }
    #expect(total?["wrong_released"]?["numerator"]?.intValue == wrong.filter { $0 == .inTime }.count)
    #expect(total?["wrong_released"]?["denominator"]?.intValue == wrong.filter { $0 != .running }.count)
    #expect(
      total?["wrong_released"]?["exclusions"]?["running"]?.intValue == wrong.filter { $0 == .running }.count)
    #expect(fixture.events("lapsed_unhandled").count >= stops.reduce(0) { $0 + $1.lapses })
    let firsts = fixture.reports.compactMap { id, report in
      stops.filter { $0.report == id }.compactMap { $0.hold?.start }.min().map {
        Int(max(0, $0.milliseconds(since: report.reported)))
      }
    }.sorted()
    #expect(total?["report_to_stop"]?["measured"]?.intValue == firsts.count)
    if !firsts.isEmpty {
      #expect(total?["report_to_stop"]?["median_s"]?.intValue == firsts[(firsts.count + 1) / 2 - 1] / 1000)
    }
    for group in ["station", "fraud_type", "age_band"] {
      let groups = try figures(fixture, ["by": .string(group)])["groups"]?.arrayValue ?? []
      #expect(groups.reduce(0) { $0 + ($1["reports"]?.intValue ?? 0) } == reports.count)
    }
  }
}
