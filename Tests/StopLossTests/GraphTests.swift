import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite("Money graph")
struct GraphTests {
  /// What every account holds by a computation of everything from the stored reports.
  static func recomputed(_ fixture: Fixture) -> [String: Holdings] {
    MoneyFlow.holdings(after: fixture.reports.flatMap { $0.value.flows(id: $0.key) })
  }

  static func expectExact(_ fixture: Fixture) {
    let whole = recomputed(fixture)
    for (id, account) in fixture.accounts {
      #expect(account.holdings == whole[id] ?? Holdings(), "\(account.number)")
      #expect(!account.isApproximate)
      let row = fixture.store.contents.rows["stoploss.account"]?[id]?.record
      let traced = account.holdings.lots.filter { $0.origin.map { !account.victimOf.contains($0) } ?? false }
      #expect(row?["holding"]?.intValue == traced.reduce(0) { $0 + $1.amount })
      #expect(row?["arrived"]?.instantValue == traced.map(\.at).max())
    }
  }

  /// Random transfers among few accounts, in few minutes, so that they often meet at one instant.
  static func transfers(
    _ count: Int, victim: Int, minutes: Int, _ random: inout Seeded
  ) -> [JSONValue] {
    (0..<count).map { place in
      let from =
        place == 0 || Int.random(in: 0..<3, using: &random) == 0
        ? victim : Int.random(in: 10...17, using: &random)
      let to = (10...17).filter { $0 != from }.randomElement(using: &random) ?? 10
      let minute = Int.random(in: 0..<minutes, using: &random)
      return Fixture.transfer(
        from, to, Int.random(in: 1...50, using: &random),
        at: Fixture.at("2026-03-02T08:00:00+08:00").adding(minutes: minute))
    }
  }

  @Test(
    "what is kept at intake is what a computation of everything gives, in any order of arrival",
    arguments: 0..<40)
  func incremental(_ seed: UInt64) throws {
    var random = Seeded(state: seed)
    let fixture = try Fixture()
    var ids: [(id: String, victim: Int)] = []
    for _ in 0..<15 {
      if let known = ids.randomElement(using: &random), Bool.random(using: &random) {
        let rows = Self.transfers(
          Int.random(in: 1...3, using: &random), victim: known.victim, minutes: 20, &random)
        let numbers = Set(
          (10...17).filter { number in rows.contains { $0.encodedString.contains(Fixture.card(number)) } })
        let accounts = numbers.map { Fixture.account($0) }
        try fixture.call(
          "add_transfers", known.id, ["accounts": .array(accounts), "transfers": .array(rows)])
      } else {
        let victim = ids.count + 1
        let rows = Self.transfers(Int.random(in: 1...5, using: &random), victim: victim, minutes: 20, &random)
        ids.append((try fixture.report(victims: [victim], rows), victim))
      }
      Self.expectExact(fixture)
    }
  }

  @Test("a late transfer moves what hangs on it, hop by hop")
  func late() throws {
    let fixture = try Fixture()
    try fixture.report([
      Fixture.transfer(1, 2, 100, "08:00:00"), Fixture.transfer(2, 3, 60, "08:10:00"),
      Fixture.transfer(3, 4, 60, "08:20:00"),
    ])
    // Another victim's money was there before.
    let second = try fixture.report(victims: [5], [Fixture.transfer(5, 2, 60, "07:50:00")])
    Self.expectExact(fixture)
    #expect(fixture.account(card: 4)?.holdings.lots.map(\.origin) == [second])
    #expect(fixture.account(card: 2)?.holding == 100)
  }

  @Test("beyond the limit a late transfer is taken as the latest, no fen is lost, and it is said so")
  func approximate() throws {
    let tight = Fixture.configuration(changing: "stoploss.trace.recompute", "reports", 2)
    let fixture = try Fixture(tight)
    for victim in 20..<25 {
      try fixture.report(victims: [victim], [Fixture.transfer(victim, 2, 10, "08:30:00")])
    }
    // All at one instant: from the second on each is as late as the first.
    #expect(fixture.account(card: 2)?.holding == 50)
    #expect(fixture.account(card: 2)?.isApproximate == true)
    try fixture.report(victims: [30], [Fixture.transfer(30, 31, 5), Fixture.transfer(2, 31, 20, "08:55:00")])
    #expect(fixture.account(card: 31)?.isApproximate == true)
    let next = try fixture.store.call("stoploss.next", [:])
    #expect(next["items"]?.arrayValue?.map { $0["approximate"]?.boolValue } == [true, true])
    let total = fixture.accounts.values.flatMap(\.holdings.lots).reduce(0) { $0 + $1.amount }
    #expect(total == 55)
  }

  // MARK: What to stop next

  @Test("stop next: most money first, at the same amount the least time gone, only what can be stopped")
  func next() throws {
    let fixture = try Fixture()
    let report = try fixture.report([
      Fixture.transfer(1, 2, 300, "08:10:00"), Fixture.transfer(1, 3, 900, "08:00:00"),
      Fixture.transfer(1, 4, 300, "08:40:00"), Fixture.transfer(1, 5, 100, "08:45:00"),
    ])
    func order() throws -> [Int] {
      let items = try fixture.store.call("stoploss.next", [:])["items"]?.arrayValue ?? []
      return [2, 3, 4, 5].map { card in
        items.firstIndex { $0["account"]?.stringValue == fixture.accountID(card) } ?? -1
      }
    }
    #expect(try order() == [2, 0, 1, 3])
    let first = try fixture.store.call("stoploss.next", ["limit": 1])
    #expect(first["items"]?.arrayValue?.first?["gone_s"] == 3600)
    #expect(first["rule"]?["id"] == "stoploss.next.order")
    // The pages go on where they ended.
    let second = try fixture.store.call("stoploss.next", ["limit": 3, "cursor": first["next"] ?? ""])
    #expect(second["items"]?.arrayValue?.map { $0["holding"]?.intValue } == [300, 300, 100])
    #expect(second["next"] == nil)
    // With a stop under way it is not proposed; when the bank refused, it is again.
    let stop = try fixture.request(report, 3)
    #expect(try order() == [1, -1, 0, 2])
    try fixture.call("stop.record", stop, ["result": "refused_mismatch", "mismatch": ["name"]])
    #expect(try order() == [2, 0, 1, 3])
    // Two stops that came about, and there is no third.
    for _ in 0..<2 {
      let stop = try fixture.stopped(3, of: report)
      #expect(try order() == [1, -1, 0, 2])
      try fixture.call("release", stop, ["reason": "repaid"])
    }
    try fixture.minutes(1)
    try fixture.call("add_transfers", report, ["transfers": [Fixture.transfer(1, 3, 900, "09:00:30")]])
    #expect(try order() == [1, -1, 0, 2])
  }

  @Test("what was returned is not proposed again; what comes later is")
  func nextAfterReturn() throws {
    let fixture = try Fixture()
    let id = try fixture.frozen()
    try fixture.sendReturn(id)
    try fixture.call("return.record", id)
    #expect(fixture.row(2)?["holding"] == 0 && fixture.row(2)?["stoppable"] == 0)
    #expect(try fixture.store.call("stoploss.next", [:])["items"] == [])
    try fixture.report(victims: [5], [Fixture.transfer(5, 2, 70, "08:55:00")])
    #expect(fixture.row(2)?["holding"] == 70 && fixture.row(2)?["stoppable"] == 1)
  }

  @Test("what was found unrelated and let go by the end of its stop is not proposed again")
  func nextAfterEnd() throws {
    let fixture = try Fixture()
    let id = try fixture.stopped()
    try fixture.call("unrelated", id)
    try fixture.hours(48)
    #expect(fixture.stop(id)?.state == .lapsed)
    #expect(fixture.row(2)?["stoppable"] == 0)
  }

  @Test("accounts whose reports are closed are not proposed, unless another report's money is there")
  func nextAfterClose() throws {
    let fixture = try Fixture()
    let first = try fixture.report([Fixture.transfer(1, 2, 100, "08:00:00")])
    let second = try fixture.report(
      victims: [5], [Fixture.transfer(5, 6, 10, "08:00:00"), Fixture.transfer(2, 3, 60, "08:10:00")])
    try fixture.call("close", second)
    #expect(fixture.row(6)?["stoppable"] == 0)
    // Money of the first, which is open.
    #expect(fixture.row(3)?["open"] == 0 && fixture.row(3)?["stoppable"] == 1)
    try fixture.call("close", first)
    #expect(fixture.row(2)?["stoppable"] == 0)
    try fixture.call("reopen", first)
    #expect(fixture.row(2)?["stoppable"] == 1)
  }

  @Test("a station sees what its own reports touch; the desk sees all")
  func nextScope() throws {
    let fixture = try Fixture()
    try fixture.report()
    try fixture.report(victims: [5], [Fixture.transfer(5, 6, 70)], more: ["station": "st-03"])
    func seen(_ principal: Principal, _ params: JSONObject = [:]) throws -> Int? {
      try fixture.store.call("stoploss.next", params, as: principal)["items"]?.arrayValue?.count
    }
    #expect(try seen(.of("st-03")) == 1)
    #expect(try seen(.of("anti-fraud")) == 2)
    #expect(try seen(.of("anti-fraud"), ["station": "st-02"]) == 1)
    let error = #expect(throws: RPCError.self) { try seen(.of("st-03"), ["station": "st-02"]) }
    #expect(error?.kind == .denied)
  }

  @Test("the victim's own account is never proposed for what came back to it")
  func ownAccount() throws {
    let fixture = try Fixture()
    let report = try fixture.report([Fixture.transfer(1, 2, 100), Fixture.transfer(2, 1, 30, "08:55:00")])
    #expect(fixture.row(1)?["holding"] == 0)
    #expect(fixture.row(1)?["stoppable"] == 0)
    expectRefused("stoploss.stop.target", at: "/account") { try fixture.request(report, 1) }
    // Another victim's money in it can be stopped: whoever says that an account is theirs does not shield it.
    let other = try fixture.report(victims: [5], [Fixture.transfer(5, 1, 40)])
    #expect(fixture.row(1)?["holding"] == 40)
    #expect(throws: Never.self) { try fixture.request(other, 1) }
  }

  @Test("accounts of several reports, those in most of them first")
  func shared() throws {
    let fixture = try Fixture()
    for victim in 20..<23 { try fixture.report(victims: [victim], [Fixture.transfer(victim, 2, 10)]) }
    for victim in 23..<25 { try fixture.report(victims: [victim], [Fixture.transfer(victim, 3, 10)]) }
    let answer = try fixture.store.call("stoploss.shared_accounts", [:])["items"]?.arrayValue ?? []
    #expect(answer.map { $0["account"]?.stringValue } == [fixture.accountID(2), fixture.accountID(3)])
    #expect(answer.first?["reports"] == ["SL-2026-000001", "SL-2026-000002", "SL-2026-000003"])
    let many = try fixture.store.call("stoploss.shared_accounts", ["at_least": 3])["items"]?.arrayValue
    #expect(many?.count == 1)
  }

  // MARK: Trace

  @Test("the trace of a report names every account that holds its money, over other reports' transfers too")
  func trace() throws {
    let fixture = try Fixture()
    let first = try fixture.report([Fixture.transfer(1, 2, 100, "08:00:00")])
    let second = try fixture.report(
      victims: [5],
      [
        Fixture.transfer(5, 2, 50, "08:05:00"), Fixture.transfer(2, 3, 120, "08:10:00"),
        Fixture.transfer(3, 4, 30, "08:15:00"),
      ])
    func traced(_ report: String) throws -> [String: Int] {
      let answer = try fixture.store.call("stoploss.trace", ["report": .string(report)])
      #expect(answer["approximate"] == false && answer["truncated"] == false)
      let items = answer["accounts"]?.arrayValue ?? []
      let pairs = items.map { ($0["number"]?.stringValue ?? "", $0["amount"]?.intValue ?? 0) }
      #expect(answer["traced"]?.intValue == pairs.reduce(0) { $0 + $1.1 })
      return Dictionary(uniqueKeysWithValues: pairs)
    }
    #expect(try traced(first) == [Fixture.card(3): 70, Fixture.card(4): 30])
    #expect(try traced(second) == [Fixture.card(2): 30, Fixture.card(3): 20])
    let account = try fixture.store.call("stoploss.trace", ["account": .string(fixture.accountID(3))])
    #expect(
      account["victims"] == [
        ["report": .string(first), "amount": 70], ["report": .string(second), "amount": 20],
      ])
    let error = #expect(throws: RPCError.self) { try fixture.store.call("stoploss.trace", [:]) }
    #expect(error?.kind == .invalidParams)
  }

  @Test("an account is found by its exact number, and by nothing less")
  func byNumber() throws {
    let fixture = try Fixture()
    try fixture.report()
    func found(_ number: String, as principal: Principal = .all) throws -> Int? {
      try fixture.store.call("stoploss.account", ["number": .string(number)], as: principal)["items"]?
        .arrayValue?.count
    }
    #expect(try found(Fixture.card(2)) == 1)
    #expect(try found(String(Fixture.card(2).dropLast())) == 0)
    #expect(try found(Fixture.card(2), as: .of("st-03")) == 0)
  }
}

extension JSONValue {
  var instantValue: Instant? { intValue.map { Instant(milliseconds: Int64($0)) } }
}
