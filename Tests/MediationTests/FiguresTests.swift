import Mediation
import ModuleTesting
import StationKit
import Testing

@Suite("Figures")
struct FiguresTests {
  static let ratios: [(Int, Int, String?)] = [
    (0, 0, nil), (0, 3, "0.00"), (1, 3, "0.33"), (2, 3, "0.67"), (7, 2, "3.50"), (1, 200, "0.01"),
  ]

  @Test("repeats per dispute, with two decimals", arguments: ratios)
  func ratio(_ calls: Int, _ disputes: Int, _ text: String?) {
    #expect(Rate(numerator: calls, denominator: disputes).ratio == text)
  }

  static let outcomes: [Outcome] =
    [.performed, .failed, .ineligible] + State.allCases.map(Outcome.withdrawn)

  @Test("an outcome's column reads back as it was written", arguments: outcomes)
  func column(_ outcome: Outcome) { #expect(Outcome(column: outcome.column) == outcome) }

  /// A dispute of its own matter, in a state.
  @discardableResult
  private static func add(_ fixture: Fixture, _ state: State, _ more: JSONObject = [:]) throws -> String {
    let number = fixture.store.contents.rows["mediation.dispute"]?.count ?? 0
    return try fixture.at(state, (["matter": .string("matter \(number)")] as JSONObject).merging(more))
  }

  @Test("a month: success of all eligible that closed; withdrawals are listed beside it")
  func month() throws {
    let fixture = try Fixture()
    for state: State in [
      .closed, .closed, .closed, .advised, .withdrawn, .withdrawn, .failed, .visited, .consent,
    ] {
      try Self.add(fixture, state)
    }
    let out = try Self.add(fixture, .ineligible)
    try fixture.step("close", out, ["advice": "case"])
    let session = try Self.add(fixture, .session2)
    try fixture.step("withdraw", session)
    let total = try fixture.store.call(
      "mediation.figures", ["from": "2026-03-01", "to": "2026-03-31"])["total"]
    let success = total?["success"]
    #expect(success?["numerator"] == 3 && success?["denominator"] == 4 && success?["text"] == "75.0 %")
    #expect(success?["target"] == 98 && success?["reaches_target"] == false)
    #expect(success?["exclusions"] == ["not_eligible": 1, "withdrawn": 3, "failed_not_closed": 1])
    #expect(success?["rule"] == ["id": "mediation.figures.success", "version": "1"])
    #expect(
      total?["withdrawals"]
        == ["registered": 0, "eligibility": 0, "consent": 2, "session_1": 0, "session_2": 1])
    #expect(total?["visits"]?["numerator"] == 4 && total?["visits"]?["text"] == "100.0 %")
    #expect(total?["repeats"]?["text"] == "0.00" && total?["repeats"]?["denominator"] == 11)
  }

  @Test("a visit that is overdue counts against the rate; one that is not due yet is left out")
  func visits() throws {
    let fixture = try Fixture()
    try Self.add(fixture, .visited)
    try Self.add(fixture, .performed)
    func rate() throws -> JSONValue? {
      try fixture.store.call("mediation.figures", ["from": "2026-03-01", "to": "2026-03-31"])["total"]?[
        "visits"]
    }
    try fixture.set("2026-03-17T23:59:00+08:00")
    #expect(try rate()?["text"] == "100.0 %")
    #expect(try rate()?["exclusions"] == ["not_due": 1])
    try fixture.set("2026-03-18T00:00:00+08:00")
    #expect(try rate()?["text"] == "50.0 %")
    #expect(try rate()?["reaches_target"] == false)
  }

  @Test("nothing is n/a; periods have an end; units are within the scope")
  func period() throws {
    let fixture = try Fixture()
    let total = try fixture.store.call("mediation.figures", [:])["total"]
    for figure in ["success", "visits", "repeats"] { #expect(total?[figure]?["text"] == "n/a") }
    #expect(total?["success"]?["reaches_target"] == .null)
    for (from, to, isFine) in [
      ("2026-01-01", "2027-01-01", true), ("2026-01-01", "2027-01-02", false),
      ("2026-03-02", "2026-03-01", false),
    ] {
      let params: JSONObject = ["from": .string(from), "to": .string(to)]
      for method in ["figures", "repeats"] {
        if isFine {
          try fixture.store.call("mediation.\(method)", params)
        } else {
          let error = #expect(throws: RPCError.self) { try fixture.store.call("mediation.\(method)", params) }
          #expect(error?.rule == "mediation.figures.period" && error?.pointer == "/to")
        }
      }
    }
    let denied = #expect(throws: RPCError.self) {
      try fixture.store.call("mediation.figures", ["owner": "st-03"], as: .of("st-04"))
    }
    #expect(denied?.kind == .denied)
  }

  @Test("by owner, kind and mode the groups add up to the total", arguments: ["owner", "kind", "mode"])
  func groups(_ by: String) throws {
    let fixture = try Fixture()
    for (state, station, kind) in [
      (State.closed, "st-02", "debt"), (.closed, "st-03", "family"), (.advised, "st-03", "debt"),
      (.withdrawn, "st-04", "labour"),
    ] {
      try Self.add(fixture, state, ["station": .string(station), "kind": .string(kind)])
    }
    let all = try fixture.store.call("mediation.figures", [:])["total"]?["success"]
    let groups = try fixture.store.call("mediation.figures", ["by": .string(by)])["groups"]?.arrayValue ?? []
    for member in ["numerator", "denominator"] {
      let sum = groups.reduce(0) { $0 + ($1["success"]?[member]?.intValue ?? 0) }
      #expect(.int(sum) == all?[member])
    }
    #expect(
      groups.compactMap { $0["key"]?.stringValue } == groups.compactMap { $0["key"]?.stringValue }.sorted())
    let one = try fixture.store.call("mediation.figures", [:], as: .of("st-03"))["total"]?["success"]
    #expect(one?["numerator"] == 1 && one?["denominator"] == 2)
    #expect(
      try fixture.store.call("mediation.figures", ["kind": "debt"])["total"]?["success"]?["text"] == "50.0 %")
  }
}
