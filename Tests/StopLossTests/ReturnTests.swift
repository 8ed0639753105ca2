import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite("Returns")
struct ReturnTests {
  /// Two victims' money in one frozen account: 300 and 100 lost, 200 frozen.
  static func shared(_ fixture: Fixture) throws -> (stop: String, reports: [String]) {
    let first = try fixture.report([Fixture.transfer(1, 2, 300, "08:00:00")])
    let second = try fixture.report(victims: [5], [Fixture.transfer(5, 2, 100, "08:01:00")])
    let id = try fixture.request(first, 2, ["amount": 200])
    try fixture.call("stop.record", id, ["result": "stopped"])
    try fixture.ordered(id)
    try fixture.call("freeze.record", id, ["result": "frozen"])
    return (id, [first, second])
  }

  @Test("money of one payer goes to that payer, without a notice")
  func single() throws {
    let fixture = try Fixture()
    let report = try fixture.report()
    let id = try fixture.frozen(of: report)
    let decided = try fixture.call("return.decide", id)
    #expect(
      decided["return"]?["shares"] == [["report": .string(report), "loss": 5_000_000, "amount": 5_000_000]])
    try fixture.call("return.approve", id, as: Fixture.second)
    let ordered = try fixture.call("return.execute", id)
    // Three working days from Monday.
    #expect(ordered["return"]?["bank_due"] == "2026-03-06T00:00:00.000+08:00")
    let done = try fixture.call("return.record", id)
    #expect(done["state"] == "executed" && done["held"] == 0 && done["returned"] == 5_000_000)
    #expect(fixture.stored(report)?.returned == 5_000_000)
    #expect(fixture.stored(report)?.reserved == 0)
    #expect(done["returns"]?.arrayValue?.count == 1)
  }

  @Test("money of several payers is divided by loss, put on notice for 30 days, and only then returned")
  func several() throws {
    let fixture = try Fixture()
    let (id, reports) = try Self.shared(fixture)
    let decided = try fixture.call("return.decide", id)
    #expect(decided["return"]?["shares"]?.arrayValue?.map { $0["amount"]?.intValue } == [150, 50])
    let noticed = try fixture.call("return.approve", id, as: Fixture.second)
    #expect(noticed["state"] == "notice")
    // Thirty days after 2 March: 1 April, a Wednesday.
    #expect(noticed["return"]?["notice_ends"] == "2026-04-02T00:00:00.000+08:00")
    try fixture.store.advance(to: Fixture.at("2026-04-01T23:59:59.999+08:00"))
    expectRefused("stoploss.return.notice", at: "/id") { try fixture.call("return.execute", id) }
    expectRefused("stoploss.return.bank", at: "/id") { try fixture.call("return.record", id) }
    try fixture.store.advance(to: Fixture.at("2026-04-02T00:00:00+08:00"))
    #expect(fixture.events("due").map { $0["what"] } == ["notice_over"])
    let ordered = try fixture.call("return.execute", id)
    // Thursday 2 April; Friday counts, then Qingming until Monday, then Tuesday and Wednesday.
    #expect(ordered["return"]?["bank_due"] == "2026-04-09T00:00:00.000+08:00")
    try fixture.store.advance(to: Fixture.at("2026-04-09T00:00:00+08:00"))
    #expect(fixture.events("due").map { $0["what"] } == ["notice_over", "bank_late"])
    try fixture.call("return.record", id)
    #expect(fixture.stored(reports[0])?.returned == 150)
    #expect(fixture.stored(reports[1])?.returned == 50)
    #expect(fixture.stop(id)?.state == .executed)
  }

  static let notices: [(String, String)] = [
    // The thirtieth day is a Saturday: the term ends with the next working day.
    ("2026-03-12T10:00:00+08:00", "2026-04-14T00:00:00.000+08:00"),
    // It falls into the days of Labour Day.
    ("2026-04-02T10:00:00+08:00", "2026-05-07T00:00:00.000+08:00"),
    // It is Saturday 9 May, which is worked.
    ("2026-04-09T10:00:00+08:00", "2026-05-10T00:00:00.000+08:00"),
  ]

  @Test("the notice ends with a working day", arguments: notices)
  func notice(_ approved: String, _ ends: String) throws {
    let fixture = try Fixture()
    let (id, _) = try Self.shared(fixture)
    try fixture.store.advance(to: Fixture.at(approved))
    try fixture.call("return.decide", id)
    let noticed = try fixture.call("return.approve", id, as: Fixture.second)
    #expect(noticed["return"]?["notice_ends"]?.stringValue == ends)
    #expect(noticed["return"]?["provisional"] == false)
  }

  @Test(
    "a notice into a year without a calendar is provisional, and computed again when the calendar is there")
  func provisional() throws {
    let fixture = try Fixture()
    let (id, _) = try Self.shared(fixture)
    for _ in 0..<2 {
      try fixture.call("renew.request", id)
      try fixture.approve(id, renewal: true)
      try fixture.call("renew.record", id)
    }
    try fixture.store.advance(to: Fixture.at("2026-12-03T10:00:00+08:00"))
    try fixture.call("return.decide", id)
    let noticed = try fixture.call("return.approve", id, as: Fixture.second)
    // 2 January 2027 is a Saturday; on weekends alone the term ends on Monday the fourth.
    #expect(noticed["return"]?["notice_ends"] == "2027-01-05T00:00:00.000+08:00")
    #expect(noticed["return"]?["provisional"] == true)
    let day = try #require(CivilDate("2027-01-01"))
    let year = try YearCalendar(
      year: 2027, version: "2027.1", source: .init(title: "notice", documentNumber: "1", published: day),
      holidays: [.init(name: "元旦", englishName: "New Year", first: day, last: day.adding(days: 3))],
      workedDays: [])
    fixture.store.calendar = try fixture.store.calendar.replacing(year)
    let again = try fixture.call("renew.request", id)
    #expect(again["return"]?["notice_ends"] == "2027-01-06T00:00:00.000+08:00")
    #expect(again["return"]?["provisional"] == false)
  }

  @Test("two officers: who decides does not approve, and nothing goes to the bank without approval")
  func twoOfficers() throws {
    let fixture = try Fixture()
    let id = try fixture.frozen()
    try fixture.call("return.decide", id)
    expectRefused("stoploss.return.two_officers", at: "/id") { try fixture.call("return.approve", id) }
    let error = #expect(throws: RPCError.self) { try fixture.call("return.execute", id) }
    #expect(error?.kind == .approvalRequired)
    try fixture.call("return.approve", id, as: Fixture.second)
    expectRefused("stoploss.return.two_officers", at: "/id") {
      try fixture.call("return.approve", id, as: Fixture.second)
    }
  }

  @Test("what remains stays frozen, with its clock running")
  func remains() throws {
    let fixture = try Fixture()
    let report = try fixture.report([Fixture.transfer(1, 2, 300)])
    let id = try fixture.request(report, 2, ["amount": 1_000])
    try fixture.call("stop.record", id, ["result": "stopped"])
    try fixture.ordered(id)
    try fixture.call("freeze.record", id, ["result": "frozen"])
    let decided = try fixture.call("return.decide", id)
    #expect(decided["return"]?["total"] == 300 && decided["return"]?["remains"] == 700)
    try fixture.call("return.approve", id, as: Fixture.second)
    try fixture.call("return.execute", id)
    let done = try fixture.call("return.record", id)
    #expect(done["state"] == "frozen" && done["held"] == 700 && done["returned"] == 300)
    expectRefused("stoploss.return.payers", at: "/reports") { try fixture.call("return.decide", id) }
    try fixture.store.advance(to: Fixture.at("2026-09-03T00:00:00+08:00"))
    #expect(fixture.stop(id)?.state == .lapsed)
  }

  @Test("no two decisions promise the same loss")
  func reserved() throws {
    let fixture = try Fixture()
    let report = try fixture.report([Fixture.transfer(1, 2, 300), Fixture.transfer(1, 3, 300)])
    func frozen(_ card: Int) throws -> String {
      let id = try fixture.request(report, card, ["amount": 500])
      try fixture.call("stop.record", id, ["result": "stopped"])
      try fixture.ordered(id)
      try fixture.call("freeze.record", id, ["result": "frozen"])
      return id
    }
    let (a, b) = (try frozen(2), try frozen(3))
    #expect(try fixture.call("return.decide", a)["return"]?["total"] == 500)
    #expect(try fixture.call("return.decide", b)["return"]?["total"] == 100)
    try fixture.call("return.withdraw", a)
    #expect(fixture.stored(report)?.reserved == 100)
    #expect(fixture.stop(a)?.state == .frozen)
    #expect(try fixture.call("return.decide", a)["return"]?["total"] == 500)
    // What a release or a lapse ends is promised no more.
    try fixture.call("release", a, ["reason": "court_order"])
    #expect(fixture.stored(report)?.reserved == 100)
    try fixture.store.advance(to: Fixture.at("2026-09-03T00:00:00+08:00"))
    #expect(fixture.stop(b)?.state == .lapsed)
    #expect(fixture.stored(report)?.reserved == 0)
  }

  @Test("a loss that shrinks after the decision is not returned in full: the return is decided anew")
  func shrunk() throws {
    let fixture = try Fixture()
    let report = try fixture.report([Fixture.transfer(1, 2, 1_000)])
    let id = try fixture.frozen(of: report)
    func comesBack(_ amount: Int, _ time: String) throws {
      try fixture.call(
        "add_transfers", report,
        ["accounts": [Fixture.account(9)], "transfers": [Fixture.transfer(9, 1, amount, time)]])
    }
    try fixture.call("return.decide", id)
    try comesBack(600, "08:55:00")
    expectRefused("stoploss.return.shares", at: "/id") {
      try fixture.call("return.approve", id, as: Fixture.second)
    }
    try fixture.call("return.withdraw", id)
    #expect(try fixture.call("return.decide", id)["return"]?["total"] == 400)
    try fixture.call("return.approve", id, as: Fixture.second)
    try comesBack(1, "08:56:00")
    expectRefused("stoploss.return.shares", at: "/id") { try fixture.call("return.execute", id) }
    try fixture.call("return.withdraw", id)
    try fixture.sendReturn(id)
    try fixture.call("return.record", id)
    #expect(fixture.stored(report)?.returned == 399 && fixture.stored(report)?.loss == 399)
  }

  @Test("payers can be named, but only those whose money is known to have come, and nobody is left out")
  func named() throws {
    let fixture = try Fixture()
    let (id, reports) = try Self.shared(fixture)
    let other = try fixture.report(victims: [8], [Fixture.transfer(8, 9, 10)])
    expectRefused("stoploss.return.payers", at: "/reports/1") {
      try fixture.call("return.decide", id, ["reports": .array([.string(reports[0]), .string(other)])])
    }
    let missing = #expect(throws: RPCError.self) {
      try fixture.call("return.decide", id, ["reports": ["SL-2026-999999"]])
    }
    #expect(missing?.kind == .notFound && missing?.pointer == "/reports/0")
    for left in reports {
      expectRefused("stoploss.return.payers", at: "/reports") {
        try fixture.call("return.decide", id, ["reports": .array([.string(left)])])
      }
    }
    let decided = try fixture.call(
      "return.decide", id, ["reports": .array(reports.reversed().map(JSONValue.string))])
    #expect(decided["return"]?["shares"]?.arrayValue?.map { $0["amount"]?.intValue } == [150, 50])
    #expect(try fixture.call("return.approve", id, as: Fixture.second)["state"] == "notice")
  }

  @Test("a report that only lists the account has no money in it")
  func listedOnly() throws {
    let fixture = try Fixture()
    let (id, reports) = try Self.shared(fixture)
    let accounts = [Fixture.account(8, "victim"), Fixture.account(9), Fixture.account(2)]
    let other = try fixture.report(
      victims: [8], [Fixture.transfer(8, 9, 10)], more: ["accounts": .array(accounts)])
    #expect(fixture.account(card: 2)?.reports.contains(other) == true)
    expectRefused("stoploss.return.payers", at: "/reports/2") {
      try fixture.call(
        "return.decide", id, ["reports": .array((reports + [other]).map(JSONValue.string))])
    }
  }

  @Test("who paid into the account and is still owed can be named, though the money has left since")
  func paidBefore() throws {
    let fixture = try Fixture()
    let first = try fixture.report([
      Fixture.transfer(1, 2, 300, "08:00:00"), Fixture.transfer(2, 3, 300, "08:02:00"),
    ])
    let second = try fixture.report(victims: [5], [Fixture.transfer(5, 2, 100, "08:05:00")])
    let id = try fixture.frozen(2, of: second)
    #expect(try fixture.call("return.decide", id)["return"]?["total"] == 100)
    try fixture.call("return.withdraw", id)
    let decided = try fixture.call(
      "return.decide", id, ["reports": .array([.string(first), .string(second)])])
    #expect(decided["return"]?["shares"]?.arrayValue?.map { $0["amount"]?.intValue } == [75, 25])
  }

  @Test("once it is with the bank a return is neither withdrawn nor released nor sent again")
  func withBank() throws {
    let fixture = try Fixture()
    let id = try fixture.frozen()
    try fixture.sendReturn(id)
    for (method, params) in [
      ("return.withdraw", JSONObject()), ("return.execute", [:]), ("release", ["reason": "court_order"]),
    ] {
      expectRefused("stoploss.return.bank", at: "/id") { try fixture.call(method, id, params) }
    }
  }

  // MARK: Told after the freeze's end

  /// 1,000 were stopped and are frozen to the end of 2 April; a return is with the bank since the morning of the first.
  ///
  /// - Parameter meanwhile: what happens to the report's account before the return is decided.
  static func returning(
    _ fixture: Fixture, lost: Int, frozen: Int = 1_000, meanwhile: (String) throws -> Void = { _ in }
  ) throws -> (stop: String, report: String) {
    let report = try fixture.report([Fixture.transfer(1, 2, lost)])
    let id = try fixture.request(report, 2, ["amount": 1_000])
    try fixture.call("stop.record", id, ["result": "stopped"])
    try fixture.ordered(id, ["months": 1])
    try fixture.call("freeze.record", id, ["result": "frozen", "amount": .int(frozen)])
    try meanwhile(report)
    try fixture.store.advance(to: Fixture.at("2026-04-01T10:00:00+08:00"))
    try fixture.sendReturn(id)
    return (id, report)
  }

  static let lateCases: [(Int, StopState, Int)] = [
    // All of it was returned: nothing was left to lapse.
    (1_000, .executed, 0),
    // The rest lapsed all the same.
    (300, .lapsed, 1),
  ]

  @Test(
    "a return that the bank finished before the freeze ended is recorded afterwards", arguments: lateCases)
  func toldLate(_ lost: Int, _ state: StopState, _ lapses: Int) throws {
    let fixture = try Fixture()
    let (id, report) = try Self.returning(fixture, lost: lost)
    try fixture.store.advance(to: Fixture.at("2026-04-03T09:00:00+08:00"))
    #expect(fixture.stop(id)?.state == .lapsed && fixture.stop(id)?.lapses == 1)
    #expect(fixture.stored(report)?.reserved == lost)
    for at in ["2026-04-03T00:00:00+08:00", "2026-04-03T09:00:00+08:00"] {
      expectRefused("stoploss.lapse", at: "/at") {
        try fixture.call("return.record", id, ["at": .string(at)])
      }
    }
    try fixture.call("return.record", id, ["at": "2026-04-02T10:00:00+08:00"])
    #expect(fixture.stop(id)?.state == state && fixture.stop(id)?.lapses == lapses)
    #expect(fixture.stop(id)?.held == 0 && fixture.stop(id)?.returned == lost)
    #expect(fixture.stored(report)?.returned == lost && fixture.stored(report)?.reserved == 0)
  }

  @Test(
    "what the bank has not returned by the freeze's end is asked after, and withdrawn before a new freeze")
  func neverReturned() throws {
    let fixture = try Fixture()
    let (id, report) = try Self.returning(fixture, lost: 1_000)
    try fixture.store.advance(to: Fixture.at("2026-04-10T09:00:00+08:00"))
    #expect(fixture.events("due").map { $0["what"] } == ["bank_late"])
    let application = try fixture.application(id)
    expectRefused("stoploss.return.bank", at: "/id") { try fixture.call("freeze.request", id, application) }
    try fixture.call("return.withdraw", id)
    #expect(fixture.stop(id)?.state == .lapsed && fixture.stop(id)?.decision == nil)
    #expect(fixture.stored(report)?.reserved == 0)
    expectRefused("stoploss.return.bank", at: "/id") { try fixture.call("return.withdraw", id) }
    #expect(try fixture.call("freeze.request", id, application)["state"] == "freeze_requested")
  }

  @Test("a renewal in time that is told after the return holds what that left, and no more")
  func renewedAfterReturn() throws {
    let fixture = try Fixture()
    let (id, _) = try Self.returning(fixture, lost: 300, frozen: 900)
    try fixture.orderRenewal(id)
    try fixture.store.advance(to: Fixture.at("2026-04-03T09:00:00+08:00"))
    try fixture.call("return.record", id, ["at": "2026-04-02T10:00:00+08:00"])
    #expect(fixture.stop(id)?.state == .lapsed)
    try fixture.call("renew.record", id, ["at": "2026-04-02T09:00:00+08:00"])
    #expect(fixture.stop(id)?.state == .renewed)
    #expect(fixture.stop(id)?.held == 600 && fixture.stop(id)?.returned == 300)
  }

  @Test("a renewal in time that is told late lets the return go on")
  func renewedMeanwhile() throws {
    let fixture = try Fixture()
    let (id, report) = try Self.returning(fixture, lost: 300)
    try fixture.orderRenewal(id)
    try fixture.store.advance(to: Fixture.at("2026-04-03T09:00:00+08:00"))
    #expect(fixture.stop(id)?.state == .lapsed)
    try fixture.call("renew.record", id, ["at": "2026-04-02T09:00:00+08:00"])
    #expect(fixture.stop(id)?.state == .returnDecided && fixture.stop(id)?.held == 1_000)
    #expect(fixture.stop(id)?.lapses == 0)
    #expect(try fixture.call("return.record", id)["held"] == 700)
    #expect(fixture.stored(report)?.returned == 300)
    // The rest lapses with the renewed freeze; a renewal that is told late holds the rest, and no more.
    try fixture.orderRenewal(id)
    try fixture.store.advance(to: Fixture.at("2026-10-03T09:00:00+08:00"))
    #expect(fixture.stop(id)?.state == .lapsed)
    try fixture.call("renew.record", id, ["at": "2026-10-02T09:00:00+08:00"])
    #expect(fixture.stop(id)?.state == .renewed && fixture.stop(id)?.held == 700)
  }

  @Test("a return that comes after the end of the freeze and before its deadline finds the lapse")
  func beforeDeadline() throws {
    let fixture = try Fixture()
    let decided = try fixture.frozen(2, of: nil, ["months": 1])
    try fixture.call("return.decide", decided)
    try fixture.call("return.approve", decided, as: Fixture.second)
    fixture.store.now = Fixture.at("2026-04-03T10:00:00+08:00")
    let error = #expect(throws: RPCError.self) { try fixture.call("return.execute", decided) }
    #expect(error?.kind == .wrongState)

    let other = try Fixture()
    let (id, _) = try Self.returning(other, lost: 300)
    other.store.now = Fixture.at("2026-04-03T10:00:00+08:00")
    expectRefused("stoploss.lapse", at: "/at") { try other.call("return.record", id) }
    let done = try other.call("return.record", id, ["at": "2026-04-02T10:00:00+08:00"])
    #expect(done["state"] == "lapsed" && done["lapses"] == 1 && done["returned"] == 300)
    try other.hours(1)
    #expect(other.stop(id)?.lapses == 1 && other.events("lapsed_unhandled").count == 1)
  }
}
