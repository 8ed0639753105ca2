import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite("Intake")
struct IntakeTests {
  @Test("a report tells the officer at once what to do, and how long is left")
  func firstAnswer() throws {
    let fixture = try Fixture()
    let answer = try fixture.store.call(
      "stoploss.report",
      Fixture.report([
        Fixture.transfer(1, 2, 300), Fixture.transfer(1, 3, 500), Fixture.transfer(3, 4, 100, "08:55:00"),
      ]))
    #expect(answer["id"] == "SL-2026-000001")
    #expect(answer["outcome"] == "accepted")
    #expect(answer["amount"] == 800)
    let steps = answer["steps"]?.arrayValue ?? []
    #expect(
      steps.map { $0["code"]?.stringValue ?? "" } == [
        "request_stop", "trace_onward", "secure_evidence", "request_freeze",
      ])
    #expect(steps.first?["due"] == "2026-03-02T09:30:00.000+08:00")
    #expect(steps.first?["left_s"] == 1800)
    #expect(steps.last?["due"] == "2026-03-04T09:00:00.000+08:00")
    // Most money first.
    let targets = steps.first?["accounts"]?.arrayValue ?? []
    #expect(targets.map { $0["amount"]?.intValue } == [400, 300, 100])
    #expect(targets.first?["account"]?.stringValue == fixture.accountID(3))
    #expect(fixture.events("reported").first?["to"] == ["st-02", "anti-fraud"])
  }

  @Test("one record for the report and one for each account, whatever the number of transfers")
  func fewRecords() throws {
    let fixture = try Fixture()
    try fixture.report((0..<5).map { Fixture.transfer(1 + $0, 2 + $0, 100, "08:5\($0):00") })
    #expect(fixture.reports.count == 1)
    #expect(fixture.accounts.count == 6)
  }

  @Test("time left counts from the report, also when it is entered later")
  func later() throws {
    let fixture = try Fixture()
    let answer = try fixture.store.call(
      "stoploss.report", Fixture.report(more: ["reported_at": "2026-03-02T08:00:00+08:00"]))
    #expect(answer["steps"]?.arrayValue?.first?["left_s"] == -1800)
  }

  // MARK: Keys

  @Test("the same key with the same content enters nothing twice; with another content it is refused")
  func keys() throws {
    let fixture = try Fixture()
    let params = Fixture.report(more: ["key": "call-1"])
    let first = try fixture.store.call("stoploss.report", params)
    let rows = fixture.store.contents.rows.values.reduce(0) { $0 + $1.count }
    let again = try fixture.store.call("stoploss.report", params)
    #expect(again["id"] == first["id"])
    #expect(again["outcome"] == "duplicate")
    #expect(fixture.store.contents.rows.values.reduce(0) { $0 + $1.count } == rows)
    let other = Fixture.report([Fixture.transfer(1, 2, 4)], more: ["key": "call-1"])
    expectRefused("stoploss.intake.key", at: "/key") { try fixture.store.call("stoploss.report", other) }
    // Another station's key is another key.
    #expect(try fixture.report(more: ["key": "call-1", "station": "st-03"]) == "SL-2026-000002")
    let get = try fixture.store.call("stoploss.get", ["id": first["id"] ?? ""])
    #expect(get["key"] == "call-1")
  }

  @Test(
    "a key holds no number of a person or a card: it is kept in the clear",
    arguments: [
      "11010519491231002X", "case-110105 19491231 002x", "6222020000000000018/1", "a13800001234",
      "+8613800001234",
    ])
  func clearKeys(_ key: String) throws {
    let fixture = try Fixture()
    let params = Fixture.report(more: ["key": .string(key)])
    expectRefused("stoploss.intake.key", at: "/key") { try fixture.store.call("stoploss.report", params) }
    let answer = try fixture.store.call("stoploss.import", ["reports": [.object(params)]])
    #expect(answer["items"]?.arrayValue?.first?["error"]?["pointer"] == "/reports/0/key")
    #expect(fixture.reports.isEmpty)
  }

  @Test(
    "a key may be a number of the caller's own",
    arguments: ["110", "1772413200000000000", "6222020000000000019", "20260302-000123", "12345678901", "案-7"])
  func ownKeys(_ key: String) throws {
    #expect(throws: Never.self) { try Fixture().report(more: ["key": .string(key)]) }
  }

  @Test(
    "the first answer names the account that the money has moved on to already, also when it is sent again")
  func movedOn() throws {
    let fixture = try Fixture()
    try fixture.report([
      Fixture.transfer(1, 2, 1_000, "08:00:00"), Fixture.transfer(2, 3, 9_000_000, "08:58:00"),
    ])
    let params = Fixture.report(
      victims: [5], [Fixture.transfer(5, 2, 5_000_000, "08:50:00")], more: ["key": "moved"])
    let answer = try fixture.store.call("stoploss.report", params)
    let step = answer["steps"]?.arrayValue?.first
    #expect(step?["code"] == "request_stop")
    #expect(step?["accounts"] == [["account": .string(fixture.accountID(3)), "amount": 5_001_000]])
    let again = try fixture.store.call("stoploss.report", params)
    #expect(again["outcome"] == "duplicate" && again["steps"] == answer["steps"])
  }

  @Test("an import answers for each item, in order, and repeating it changes nothing")
  func importing() throws {
    let fixture = try Fixture()
    var broken = Fixture.report(more: ["key": "b"])
    broken.set(1, "number", "1234567890123456")
    let items: [JSONValue] = [
      .object(Fixture.report(more: ["key": "a"])), .object(broken), 7, ["key": "c"],
      .object(Fixture.report([Fixture.transfer(1, 2, 9), Fixture.transfer(1, 3, 8)], more: ["key": "d"])),
      .object(Fixture.report(more: ["key": "a"])),
    ]
    let answer = try fixture.store.call("stoploss.import", ["reports": .array(items)])
    let outcomes = answer["items"]?.arrayValue?.compactMap { $0["outcome"]?.stringValue }
    #expect(outcomes == ["accepted", "refused", "refused", "refused", "accepted", "duplicate"])
    #expect(answer["accepted"] == 2 && answer["refused"] == 3 && answer["duplicate"] == 1)
    let pointers = answer["items"]?.arrayValue?.compactMap { $0["error"]?["pointer"]?.stringValue }
    #expect(pointers == ["/reports/1/accounts/1/number", "/reports/2", "/reports/3/station"])
    let before = fixture.store.contents.rows
    let again = try fixture.store.call("stoploss.import", ["reports": .array(items)])
    #expect(again["accepted"] == 0 && again["duplicate"] == 3)
    #expect(fixture.store.contents.rows["stoploss.account"]?.count == before["stoploss.account"]?.count)
    #expect(fixture.reports.count == 2)
  }

  @Test("a station out of scope is refused, and told of the item alone")
  func scope() throws {
    let fixture = try Fixture()
    let own = Principal.of("st-03")
    let error = #expect(throws: RPCError.self) { try fixture.report(as: own) }
    #expect(error?.kind == .denied)
    let answer = try fixture.store.call(
      "stoploss.import",
      [
        "reports": [
          .object(Fixture.report(more: ["key": "a"])),
          .object(Fixture.report(more: ["key": "a", "station": "st-03"])),
        ]
      ], as: own)
    #expect(answer["items"]?.arrayValue?.first?["error"]?["kind"] == "denied")
    #expect(answer["accepted"] == 1)
  }

  // MARK: Accounts

  @Test("an account is one record over all reports, found by its number; what is known of it holds")
  func sharedAccount() throws {
    let fixture = try Fixture()
    let first = try fixture.report()
    let second = try fixture.report(victims: [5], [Fixture.transfer(5, 2, 70)], more: ["station": "st-03"])
    let account = try #require(fixture.account(card: 2))
    #expect(account.reports == [first, second])
    #expect(account.stations == ["st-02", "st-03"])
    #expect(account.holding == 5_000_070)
    var other = Fixture.report()
    other.set(1, "bank", "ABOCCNBJ")
    expectRefused("stoploss.intake.known_accounts", at: "/accounts/1/bank") {
      try fixture.store.call("stoploss.report", other)
    }
    // A further name is kept beside the first.
    var named = Fixture.report([Fixture.transfer(1, 2, 1)])
    named.set(1, "holder", "另一人")
    try fixture.store.call("stoploss.report", named)
    #expect(fixture.account(card: 2)?.holders == ["户主2", "另一人"])
  }

  @Test("account numbers of two banks are two accounts")
  func corporateNumbers() throws {
    let fixture = try Fixture()
    for bank in ["CCB", "ABC", "CCB"] {
      var params = Fixture.report()
      params.replace(
        1, ["kind": "corporate", "number": "4400001234567", "role": "suspect", "bank": .string(bank)])
      params["transfers"] = [
        [
          "at": "2026-03-02T08:50:00+08:00", "amount": 5, "from": .string(Fixture.card(1)),
          "to": "4400001234567",
        ]
      ]
      try fixture.store.call("stoploss.report", params)
    }
    #expect(fixture.accounts.values.filter { $0.kind == .corporate }.count == 2)
  }

  // MARK: Further transfers

  @Test("transfers that became known later move the money on; equal ones are not added twice, and told")
  func addTransfers() throws {
    let fixture = try Fixture()
    let id = try fixture.report()
    let rows: [JSONValue] = [
      Fixture.transfer(2, 3, 2_000_000, "08:55:00"), Fixture.transfer(2, 3, 2_000_000, "08:55:00"),
    ]
    let more: JSONObject = ["accounts": [Fixture.account(3)], "transfers": .array(rows)]
    let answer = try fixture.call("add_transfers", id, more)
    #expect(answer["transfers"] == 3)
    #expect(answer["duplicates"] == [])
    #expect(fixture.account(card: 2)?.holding == 1_000_000)
    #expect(fixture.account(card: 3)?.holding == 4_000_000)
    // The statement is sent again, with one row more.
    let again = try fixture.call(
      "add_transfers", id, ["transfers": .array(rows + [Fixture.transfer(2, 3, 7, "08:56:00")])])
    #expect(again["duplicates"] == [0, 1])
    #expect(again["transfers"] == 4)
    #expect(fixture.account(card: 3)?.holding == 4_000_007)
    let conflict = #expect(throws: RPCError.self) {
      try fixture.call("add_transfers", id, ["version": 1, "transfers": .array(rows)])
    }
    #expect(conflict?.kind == .conflict)
  }

  @Test("the same transfer in two reports is one")
  func sameTransfer() throws {
    let fixture = try Fixture()
    let onward = Fixture.transfer(2, 3, 40, "08:55:00")
    try fixture.report([Fixture.transfer(1, 2, 100), onward])
    try fixture.report(victims: [5], [Fixture.transfer(5, 2, 60, "08:51:00"), onward])
    #expect(fixture.account(card: 2)?.holdings.lots.map(\.amount) == [60, 60])
    #expect(fixture.account(card: 3)?.holding == 40)
  }

  @Test("a report holds no more transfers than its limit")
  func limit() throws {
    let fixture = try Fixture()
    let id = try fixture.report((0..<100).map { Fixture.transfer(1, 2, 1 + $0) })
    for round in 1..<10 {
      let rows = (0..<100).map { Fixture.transfer(1, 2, 1 + round * 100 + $0) }
      try fixture.call("add_transfers", id, ["transfers": .array(rows)])
    }
    expectRefused("stoploss.intake.limits", at: "/transfers") {
      try fixture.call("add_transfers", id, ["transfers": [Fixture.transfer(1, 2, 5_000)]])
    }
    #expect(fixture.stored(id)?.transfers.count == 1000)
  }

  @Test(
    "the age band is found from the identity number",
    arguments: [
      ("11010519491231002X", "2026-03-02", "70+"), ("110105200803020013", "2026-03-01", "0-17"),
      ("110105200803020013", "2026-03-02", "18-29"), ("110105199603030019", "2026-03-02", "18-29"),
      ("110105199603030019", "2026-03-03", "30-39"), ("nonsense", "2026-03-02", "unknown"),
    ])
  func ageBands(_ number: String, _ day: String, _ band: String) throws {
    let date = try #require(CivilDate(day))
    let checked = Self.withCheckDigit(number)
    #expect(AgeBand.of(checked, on: date, bounds: [0, 18, 30, 40, 50, 60, 70]) == band)
    #expect(AgeBand.of(nil, on: date, bounds: [0, 18]) == "unknown")
  }

  /// The number with the last place set right.
  static func withCheckDigit(_ number: String) -> String {
    for last in "0123456789X" {
      let candidate = number.dropLast() + String(last)
      if IDNumber.isValid(String(candidate)) { return String(candidate) }
    }
    return number
  }
}
