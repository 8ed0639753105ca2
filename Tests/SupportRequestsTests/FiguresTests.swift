import ModuleTesting
import StationKit
import SupportRequests
import Testing

@Suite("Figures")
struct FiguresTests {
  static let now = Instant(milliseconds: 1_000_000)

  static let columns: [ClockFigure] = [
    .running(due: Instant(milliseconds: 1)), .running(due: Instant(milliseconds: 1_772_416_800_000)), .paused,
    .breached, .withdrawn, .done(milliseconds: 0, onTime: true), .done(milliseconds: 0, onTime: false),
    .done(milliseconds: 1, onTime: false), .done(milliseconds: 3_155_760_000_000, onTime: true),
  ]

  @Test("a clock's column reads back as it was written", arguments: columns)
  func roundTrip(_ figure: ClockFigure) { #expect(ClockFigure(column: figure.column) == figure) }

  static let outcomes: [Outcome] = [0, 1, 70].flatMap { redirects in
    [Outcome.Feedback.open, .given, .missing, .none].map { feedback in
      var outcome = Outcome()
      outcome.redirects = redirects
      outcome.feedback = feedback
      outcome.inTime = redirects == 1
      outcome.worked = redirects == 70
      return outcome
    }
  }

  @Test("an outcome's column reads back as it was written", arguments: outcomes)
  func outcomeRoundTrip(_ outcome: Outcome) { #expect(Outcome(column: outcome.column) == outcome) }

  @Test("sums agree with counting by hand over random cycles", arguments: 0..<20)
  func bruteForce(_ seed: UInt64) {
    var random = Seeded(state: seed)
    var figures = Figures()
    var rows: [(ClockFigure, ClockFigure, Outcome)] = []
    for _ in 0..<Int.random(in: 0...300, using: &random) {
      var outcome = Outcome()
      outcome.redirects = Int.random(in: 0...2, using: &random)
      outcome.feedback = [.open, .given, .missing, .none].randomElement(using: &random) ?? .open
      outcome.inTime = outcome.feedback == .given && Bool.random(using: &random)
      let row = (Self.figure(&random, pauses: false), Self.figure(&random, pauses: true), outcome)
      rows.append(row)
      figures.add(response: row.0.column, support: row.1.column, outcome: outcome.column, now: Self.now)
    }
    for (sum, clocks) in [(figures.response, rows.map(\.0)), (figures.support, rows.map(\.1))] {
      let onTime = clocks.filter { if case .done(_, true) = $0 { true } else { false } }.count
      let late = clocks.filter { clock in
        switch clock {
        case .done(_, false), .breached: true
        case .running(let due): due <= Self.now
        default: false
        }
      }.count
      #expect(sum.onTime == Rate(numerator: onTime, denominator: onTime + late))
      #expect(Int(sum.onTime.denominator) + sum.running + sum.paused + sum.withdrawn == rows.count)
      let lengths = clocks.compactMap { if case .done(let length, _) = $0 { length } else { nil } }
      #expect(sum.lengths == lengths)
      let median = lengths.sorted().first { value in lengths.filter { $0 <= value }.count * 2 >= lengths.count
      }
      #expect(Percentile.nearestRank(lengths.sorted(), percent: 50) == median)
    }
    #expect(figures.redirects == rows.reduce(0) { $0 + $1.2.redirects })
    #expect(
      figures.redirected
        == Rate(numerator: rows.filter { $0.2.redirects > 0 }.count, denominator: rows.count))
    let given = rows.filter { $0.2.feedback == .given }.count
    #expect(
      figures.feedback
        == Rate(numerator: given, denominator: given + rows.filter { $0.2.feedback == .missing }.count))
    for (path, rate) in Self.rates(.object(figures.json(target: nil))) {
      let left = rate["exclusions"]?.objectValue?.compactMap(\.value.intValue).reduce(0, +)
      #expect(rate["denominator"]?.intValue == left.map { rows.count - $0 }, "\(path)")
    }
  }

  /// Every rate in an answer, with where it stands.
  static func rates(_ value: JSONValue, at path: String = "") -> [(path: String, rate: JSONValue)] {
    if value["numerator"] != nil { return [(path, value)] }
    return (value.objectValue ?? [:]).flatMap { rates($0.value, at: "\(path)/\($0.key)") }
  }

  @Test("what was left out is named with its count, and what was counted is all the rest")
  func exclusions() throws {
    let fixture = try Fixture()
    let lapsed = try fixture.open()
    for step in Fixture.toTheEnd.dropLast() { try fixture.step(step, lapsed) }
    try fixture.store.advance(to: fixture.store.now.adding(hours: 24 * 7))
    _ = try fixture.closed(1, redirectedTo: "logistics")
    let twice = try fixture.open()
    for to in ["logistics", "inspectorate"] { try fixture.step("redirect", twice, ["to": .string(to)]) }
    try fixture.open()
    try fixture.step("withdraw", try fixture.open())
    let total = try #require(try fixture.store.call("support.figures", [:])["total"])
    let expected = [
      "/response/on_time": "2 of 2, running 2, withdrawn 1",
      "/support/on_time": "2 of 2, paused 0, running 2, withdrawn 1",
      "/redirects/redirected": "2 of 5",
      "/feedback/complete": "1 of 2, open 2, withdrawn 1",
      "/feedback/in_time": "1 of 1, missing 1, open 2, withdrawn 1",
      "/feedback/worked": "1 of 1, missing 1, open 2, withdrawn 1",
    ]
    let shown = Self.rates(total).map { path, rate in
      let left = (rate["exclusions"]?.objectValue ?? [:]).map { "\($0.key) \($0.value.intValue ?? -1)" }
      let counted = "\(rate["numerator"]?.intValue ?? -1) of \(rate["denominator"]?.intValue ?? -1)"
      return (path, ([counted] + left.sorted()).joined(separator: ", "))
    }
    #expect(Dictionary(shown) { $1 } == expected)
    #expect(total["redirects"]?["total"] == 3 && total["cycles"] == 5)
  }

  /// Who asks with which filter, and how many cycles the answer counts: two of the command centre, both of st-02,
  /// and one of the public-security brigade, of st-03.
  static let scopes: [(unit: String, filter: JSONObject, cycles: Int?)] = [
    ("command-centre", [:], 2), ("public-security-brigade", [:], 1), ("logistics", [:], 0),
    ("st-02", [:], 2), ("st-03", [:], 1),
    ("command-centre", ["department": "command-centre"], 2), ("command-centre", ["by": "department"], 2),
    ("public-security-brigade", ["by": "department"], 1), ("st-03", ["by": "scenario"], 1),
    ("command-centre", ["department": "public-security-brigade"], nil),
    ("command-centre", ["station": "st-03"], nil), ("st-03", ["department": "command-centre"], nil),
  ]

  @Test("a unit gets the figures of its own cycles, and of no other's", arguments: scopes)
  func scope(_ unit: String, _ filter: JSONObject, _ cycles: Int?) throws {
    let fixture = try Fixture()
    for _ in 0..<2 { try fixture.open() }
    try fixture.open(8, station: "st-03")
    let call = { try fixture.store.call("support.figures", filter, as: .of(unit)) }
    guard let cycles else {
      #expect(#expect(throws: RPCError.self) { try call() }?.kind == .denied)
      return
    }
    let result = try call()
    let groups = result["groups"]?.arrayValue ?? [result["total"] ?? .null]
    #expect(groups.reduce(0) { $0 + ($1["cycles"]?.intValue ?? 0) } == cycles)
    #expect(groups.count <= 1)
  }

  private static func figure(_ random: inout Seeded, pauses: Bool) -> ClockFigure {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: .running(due: Instant(milliseconds: Int64.random(in: 999_990...1_000_010, using: &random)))
    case 1 where pauses: .paused
    case 2: .breached
    case 3: .withdrawn
    case 4: .done(milliseconds: Int64.random(in: 0...20, using: &random), onTime: false)
    default: .done(milliseconds: Int64.random(in: 0...20, using: &random), onTime: true)
    }
  }

  @Test("a month by department: the reopened request's breach stays, the withdrawn one is excluded")
  func month() throws {
    let fixture = try Fixture()
    let late = try fixture.open()
    let withdrawn = try fixture.open()
    let prompt = try fixture.open(8)
    try fixture.step("withdraw", withdrawn)
    try fixture.minutes(10)
    try fixture.step("acknowledge", prompt)
    try fixture.minutes(80)
    for step in ["acknowledge", "assign", "start", "complete", "feedback", "reopen"] {
      try fixture.step(step, late)
    }
    let result = try fixture.store.call(
      "support.figures", ["from": "2026-03-01", "to": "2026-03-31", "by": "department", "target": 100])
    let groups = result["groups"]?.arrayValue ?? []
    #expect(groups.map { $0["key"] } == ["command-centre", "public-security-brigade"])
    let response = groups.first?["response"]
    #expect(groups.first?["cycles"] == 3)
    #expect(response?["on_time"]?["denominator"] == 1)
    #expect(response?["on_time"]?["numerator"] == 0)
    #expect(response?["on_time"]?["reaches_target"] == false)
    #expect(response?["on_time"]?["exclusions"] == ["running": 1, "withdrawn": 1])
    #expect(response?["median_s"] == 5400)
    #expect(groups.last?["response"]?["on_time"]?["text"] == "100.0 %")
    #expect(groups.last?["support"]?["on_time"]?["text"] == "n/a")
    #expect(groups.last?["support"]?["on_time"]?["percent"] == .null)
  }

  @Test("figures are of the present month by default, of one unit if named, and of at most 366 days")
  func period() throws {
    let fixture = try Fixture()
    try fixture.open()
    try fixture.open(8, station: "st-03")
    let result = try fixture.store.call("support.figures", [:])
    #expect(result["from"] == "2026-03-01" && result["to"] == "2026-03-31")
    #expect(result["total"]?["cycles"] == 2)
    #expect(try fixture.store.call("support.figures", ["station": "st-03"])["total"]?["cycles"] == 1)
    #expect(try fixture.store.call("support.figures", ["scenario": 9])["total"]?["cycles"] == 0)
    #expect(try fixture.store.call("support.figures", [:], as: .of("st-03"))["total"]?["cycles"] == 1)
    #expect(
      try fixture.store.call("support.figures", ["from": "2026-04-01", "to": "2026-04-30"])["total"]?[
        "cycles"] == 0)
    for (from, to, isFine) in [
      ("2026-01-01", "2027-01-01", true), ("2026-01-01", "2027-01-02", false),
      ("2026-03-02", "2026-03-01", false),
    ] {
      let params: JSONObject = ["from": .string(from), "to": .string(to)]
      if isFine {
        try fixture.store.call("support.figures", params)
      } else {
        let error = #expect(throws: RPCError.self) { try fixture.store.call("support.figures", params) }
        #expect(error?.rule == "support.figures.period")
      }
    }
    #expect(throws: RPCError.self) {
      try fixture.store.call("support.figures", ["station": "st-03"], as: .of("st-04"))
    }
  }
}
