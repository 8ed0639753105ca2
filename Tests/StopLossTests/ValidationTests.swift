import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite("Validation at intake")
struct ValidationTests {
  typealias Change = @Sendable (inout JSONObject) -> Void

  static let refusals: [(String, String, String, Change)] = [
    (
      "a card without a check digit", "stoploss.intake.card", "/accounts/1/number",
      { $0.set(1, "number", "6222020000000000019") }
    ),
    (
      "a card of 15 digits", "stoploss.intake.card", "/accounts/1/number",
      { $0.set(1, "number", "622202000000006") }
    ),
    (
      "a corporate account without its bank", "stoploss.intake.account", "/accounts/1/bank",
      {
        $0.replace(1, ["kind": "corporate", "number": "4400001234567", "role": "suspect"])
      }
    ),
    (
      "a corporate account with a space", "stoploss.intake.account", "/accounts/1/number",
      {
        $0.replace(1, ["kind": "corporate", "number": "440000 1234567", "role": "suspect", "bank": "CCB"])
      }
    ),
    (
      "a credit code", "stoploss.intake.credit_code", "/accounts/1/credit_code",
      { $0.set(1, "credit_code", "91350100M000100Y44") }
    ),
    (
      "an identity number", "stoploss.intake.id_number", "/victim/id_number",
      {
        $0["victim"] = ["name": "张三", "id_number": "110105194912310021"]
      }
    ),
    (
      "a birthday that does not exist", "stoploss.intake.id_number", "/victim/id_number",
      {
        $0["victim"] = ["name": "张三", "id_number": "110105194902300028"]
      }
    ),
    (
      "somebody born after the report", "stoploss.intake.id_number", "/victim/id_number",
      {
        $0["victim"] = ["name": "张三", "id_number": "110105202603030021"]
      }
    ),
    (
      "an identity number as a bank", "stoploss.text", "/accounts/1/bank",
      { $0.set(1, "bank", "11010519491231002X") }
    ),
    (
      "a transfer in the future", "stoploss.intake.instant", "/transfers/0/at",
      {
        $0["transfers"] = [Fixture.transfer(1, 2, 1, "09:00:01")]
      }
    ),
    (
      "a fraud in the future", "stoploss.intake.instant", "/occurred_at",
      { $0["occurred_at"] = "2026-03-02T09:00:00.001+08:00" }
    ),
    (
      "a report in the future", "stoploss.intake.instant", "/reported_at",
      { $0["reported_at"] = "2026-03-03T09:00:00+08:00" }
    ),
    (
      "a report before the fraud", "stoploss.intake.instant", "/occurred_at",
      { $0["reported_at"] = "2026-03-02T07:59:59.999+08:00" }
    ),
    (
      "a transfer to the same account", "stoploss.intake.parties", "/transfers/0/to",
      {
        $0["transfers"] = [Fixture.transfer(1, 1, 1)]
      }
    ),
    (
      "an account that is not listed", "stoploss.intake.known_accounts", "/transfers/0/to",
      {
        $0["transfers"] = [Fixture.transfer(1, 3, 1)]
      }
    ),
    (
      "an account that is listed twice", "stoploss.intake.known_accounts", "/accounts/2/number",
      {
        $0["accounts"] = .array([Fixture.account(1, "victim"), Fixture.account(2), Fixture.account(2)])
      }
    ),
    (
      "nothing left the victim's accounts", "stoploss.intake.loss", "/transfers",
      {
        $0["transfers"] = [Fixture.transfer(2, 1, 1)]
      }
    ),
    (
      "as much came back as left", "stoploss.intake.loss", "/transfers",
      {
        $0["transfers"] = .array([Fixture.transfer(1, 2, 7), Fixture.transfer(2, 1, 7, "08:55:00")])
      }
    ),
    (
      "more than can be added up", "stoploss.intake.amount", "/transfers",
      {
        $0["transfers"] = .array([Fixture.transfer(1, 2, 1_000_000_000_000_000), Fixture.transfer(1, 2, 1)])
      }
    ),
    ("a department", "stoploss.intake.station", "/station", { $0["station"] = "logistics" }),
  ]

  @Test("what does not hold is refused by its rule, at its member", arguments: refusals)
  func refused(
    _ name: String, _ rule: String, _ pointer: String, _ change: Change
  ) throws {
    let fixture = try Fixture()
    var params = Fixture.report()
    change(&params)
    let before = fixture.store.contents.rows.values.reduce(0) { $0 + $1.count }
    expectRefused(rule, at: pointer) { try fixture.store.call("stoploss.report", params) }
    #expect(fixture.store.contents.rows.values.reduce(0) { $0 + $1.count } == before)
    // The same within an import: told of the item, and nothing of it is entered.
    params["key"] = "k"
    let answer = try fixture.store.call("stoploss.import", ["reports": [.object(params)]])
    #expect(answer["refused"] == 1)
    let error = answer["items"]?.arrayValue?.first?["error"]
    #expect(error?["rule"]?.stringValue == rule)
    #expect(error?["pointer"]?.stringValue == "/reports/0" + pointer)
    #expect(fixture.store.contents.rows.values.reduce(0) { $0 + $1.count } == before)
  }

  static let misfits: [(String, Change)] = [
    ("/transfers/0/amount", { $0["transfers"] = [Fixture.transfer(1, 2, 0)] }),
    ("/transfers/0/amount", { $0["transfers"] = [Fixture.transfer(1, 2, -5)] }),
    ("/transfers/0/amount", { $0["transfers"] = [Fixture.transfer(1, 2, 1_000_000_000_000_001)] }),
    ("/fraud_type", { $0["fraud_type"] = "theft" }),
    ("/transfers", { $0["transfers"] = [] }),
    ("/victim/name", { $0["victim"] = ["name": " "] }),
    ("/accounts/1/holder", { $0.set(1, "holder", "a\u{7}b") }),
    // A message could not hold it.
    ("/accounts/1/bank", { $0.set(1, "bank", "IC\nBK") }),
    ("/accounts/1/bank", { $0.set(1, "bank", "ICBK\u{7}") }),
    (
      "/transfers/0/reference",
      {
        let transfer = Fixture.transfer(1, 2, 5).objectValue ?? [:]
        $0["transfers"] = [.object(transfer.merging(["reference": "a\u{85}b"]))]
      }
    ),
    ("/transfers", { $0["transfers"] = .array((0..<101).map { _ in Fixture.transfer(1, 2, 1) }) }),
  ]

  @Test("what does not fit the schema is invalid, at its member", arguments: misfits)
  func misfit(_ pointer: String, _ change: Change) throws {
    let fixture = try Fixture()
    var params = Fixture.report()
    change(&params)
    let error = #expect(throws: RPCError.self) { try fixture.store.call("stoploss.report", params) }
    #expect(error?.kind == .invalidParams)
    #expect(error?.pointer == pointer)
    params["key"] = "k"
    let answer = try fixture.store.call("stoploss.import", ["reports": [.object(params)]])
    let item = answer["items"]?.arrayValue?.first
    #expect(item?["error"]?["kind"] == "invalid_params")
    #expect(item?["error"]?["pointer"]?.stringValue == "/reports/0" + pointer)
  }

  static let bounds: [Change] = [
    { $0["transfers"] = .array((0..<100).map { Fixture.transfer(1, 2, 1 + $0) }) },
    { $0["transfers"] = [Fixture.transfer(1, 2, 1_000_000_000_000_000)] },
    { $0["transfers"] = [Fixture.transfer(1, 2, 1, "09:00:00")] },
    { $0.set(1, "credit_code", "91350100M000100Y43") },
    {
      $0["accounts"] = .array([
        Fixture.account(1, "victim"),
        ["kind": "corporate", "number": "4400001234567", "role": "suspect", "bank": "CCB"],
      ])
      $0["transfers"] = [
        [
          "at": "2026-03-02T08:50:00+08:00", "amount": 5, "from": .string(Fixture.card(1)),
          "to": "4400001234567",
        ]
      ]
    },
    { $0["victim"] = ["name": "John Smith"] },
    { $0["victim"] = ["name": "新生儿", "id_number": "110105202603020026"] },
  ]

  @Test("what lies on the bound is taken", arguments: bounds)
  func accepted(_ change: Change) throws {
    let fixture = try Fixture()
    var params = Fixture.report()
    change(&params)
    #expect(throws: Never.self) { try fixture.store.call("stoploss.report", params) }
  }
}

extension JSONObject {
  /// Sets one member of one account.
  mutating func set(_ place: Int, _ member: String, _ value: JSONValue) {
    var accounts = self["accounts"]?.arrayValue ?? []
    guard var account = accounts[place].objectValue else { return }
    account[member] = value
    accounts[place] = .object(account)
    self["accounts"] = .array(accounts)
  }

  mutating func replace(_ place: Int, _ account: JSONObject) {
    var accounts = self["accounts"]?.arrayValue ?? []
    accounts[place] = .object(account)
    self["accounts"] = .array(accounts)
  }
}
