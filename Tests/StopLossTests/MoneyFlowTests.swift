import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite("MoneyFlow")
struct MoneyFlowTests {
  /// Written as: minute, from, to, amount; accounts V… are victims' own, and name the report.
  static func flows(_ rows: [(Int, String, String, Int)], report: String = "SL-2026-000001") -> [Flow] {
    rows.enumerated().map { place, row in
      Flow(
        at: Instant(milliseconds: Int64(row.0) * 60_000), amount: row.3, from: row.1, to: row.2,
        origin: row.1.hasPrefix("V") ? row.1 : nil, report: report, place: place)
    }
  }

  /// Written as `V1:30 -:5`; `-` for money that no report explains.
  static func shown(_ holdings: Holdings?) -> String {
    (holdings?.lots ?? []).map { "\($0.origin ?? "-"):\($0.amount)" }.joined(separator: " ")
  }

  static let cases: [(String, [(Int, String, String, Int)], [String: String])] = [
    ("one hop", [(1, "V1", "A", 100)], ["A": "V1:100"]),
    ("two hops", [(1, "V1", "A", 100), (2, "A", "B", 60)], ["A": "V1:40", "B": "V1:60"]),
    (
      "the first in is the first out", [(1, "V1", "A", 100), (2, "V2", "A", 50), (3, "A", "B", 120)],
      ["A": "V2:30", "B": "V1:100 V2:20"]
    ),
    (
      "by instant, not by order of entry", [(2, "V2", "A", 50), (1, "V1", "A", 100), (3, "A", "B", 100)],
      ["A": "V2:50", "B": "V1:100"]
    ),
    (
      "money that no report explains goes first where it came first",
      [(1, "X", "A", 30), (2, "V1", "A", 50), (3, "A", "B", 40)], ["A": "V1:40", "B": "-:30 V1:10"]
    ),
    (
      "more going out than is known to have come in", [(1, "V1", "A", 10), (2, "A", "B", 25)],
      ["A": "", "B": "V1:10 -:15"]
    ),
    (
      "money leaves before it came: not that money", [(1, "A", "B", 10), (2, "V1", "A", 10)],
      ["A": "V1:10", "B": "-:10"]
    ),
    (
      "at one instant it arrives before it leaves", [(1, "A", "B", 10), (1, "V1", "A", 10)],
      ["A": "", "B": "V1:10"]
    ),
    (
      "a chain at one instant, entered backwards",
      [(1, "C", "D", 10), (1, "B", "C", 10), (1, "A", "B", 10), (1, "V1", "A", 10)],
      ["A": "", "B": "", "C": "", "D": "V1:10"]
    ),
    (
      "a circle at one instant begins with what was entered first",
      [(1, "A", "B", 10), (1, "B", "A", 10)], ["A": "-:10", "B": ""]
    ),
    (
      "round and back", [(1, "V1", "A", 10), (2, "A", "B", 10), (3, "B", "A", 4)], ["A": "V1:4", "B": "V1:6"]
    ),
    (
      "from the victim's own account it is the victim's, whatever else is there",
      [(1, "V1", "V2", 30), (2, "V2", "A", 30)], ["V2": "V1:30", "A": "V2:30"]
    ),
    (
      "neighbours of one origin are one lot", [(1, "V1", "A", 10), (2, "V1", "A", 5), (3, "V2", "A", 1)],
      ["A": "V1:15 V2:1"]
    ),
  ]

  @Test("money is followed first in, first out", arguments: cases)
  func follow(_ name: String, _ rows: [(Int, String, String, Int)], _ expected: [String: String]) {
    let holdings = MoneyFlow.holdings(after: Self.flows(rows))
    for (account, lots) in expected { #expect(Self.shown(holdings[account]) == lots, "\(account)") }
  }

  @Test("an equal transfer of two reports is one; of one report it is as many as were entered")
  func distinct() {
    let one = Self.flows([(1, "A", "B", 10), (1, "A", "B", 10)], report: "SL-2026-000001")
    let two = Self.flows([(1, "A", "B", 10)], report: "SL-2026-000002")
    #expect(MoneyFlow.ordered(one + two).count == 2)
    #expect(MoneyFlow.ordered(two).count == 1)
    // The victim's own account in one of them makes it that victim's money.
    let victim = Flow(
      at: one[0].at, amount: 10, from: "A", to: "B", origin: "SL-2026-000003", report: "SL-2026-000003",
      place: 0)
    #expect(Set(MoneyFlow.ordered(two + [victim]).map(\.origin)) == ["SL-2026-000003"])
    // Another reference is another transfer.
    let referred = Flow(
      at: one[0].at, amount: 10, from: "A", to: "B", reference: "7", origin: nil, report: "SL-2026-000002",
      place: 1)
    #expect(MoneyFlow.ordered(one + [referred]).count == 3)
  }

  @Test("no fen is lost or made, in whatever order transfers are given", arguments: 0..<20)
  func conservation(_ seed: UInt64) {
    var random = Seeded(state: seed)
    let names = (0..<8).map { "A\($0)" }
    let rows = (0..<200).map { _ -> (Int, String, String, Int) in
      let from =
        Int.random(in: 0..<4, using: &random) == 0
        ? "V\(Int.random(in: 1...3, using: &random))" : names.randomElement(using: &random) ?? ""
      let to = names.filter { $0 != from }.randomElement(using: &random) ?? ""
      return (Int.random(in: 0..<50, using: &random), from, to, Int.random(in: 1...100, using: &random))
    }
    let flows = Self.flows(rows)
    let holdings = MoneyFlow.holdings(after: flows)
    for victim in ["V1", "V2", "V3"] {
      let paid = rows.filter { $0.1 == victim }.reduce(0) { $0 + $1.3 }
      let held = holdings.values.flatMap(\.lots).filter { $0.origin == victim }.reduce(0) { $0 + $1.amount }
      #expect(held == paid)
    }
    #expect(holdings.values.flatMap(\.lots).allSatisfy { $0.amount > 0 })
    #expect(
      MoneyFlow.holdings(after: flows.shuffled(using: &random)).filter { !$0.value.lots.isEmpty }
        == holdings.filter { !$0.value.lots.isEmpty })
  }

  @Test("a hundred thousand transfers are followed in a moment, also all of one instant")
  func large() {
    var random = Seeded(state: 1)
    let rows = (0..<100_000).map { number -> (Int, String, String, Int) in
      let from = number % 5 == 0 ? "V\(number)" : "A\(Int.random(in: 0..<20_000, using: &random))"
      return (number / 2, from, "A\(20_000 + number % 20_000)", 100)
    }
    let started = ContinuousClock.now
    #expect(MoneyFlow.ordered(Self.flows(rows)).count == 100_000)
    #expect(MoneyFlow.ordered(Self.flows(rows.map { (1, $0.1, $0.2, $0.3) })).count > 90_000)
    #expect(ContinuousClock.now - started < .seconds(30))
  }
}
