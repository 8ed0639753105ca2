import ModuleTesting
import StationKit
import StopLoss
import Testing

@Suite("Stops")
struct StopTests {
  @Test("a request asks for what is traced to the account, or for the amount that is named")
  func amounts() throws {
    let fixture = try Fixture()
    let report = try fixture.report([Fixture.transfer(1, 2, 500), Fixture.transfer(2, 3, 200, "08:55:00")])
    #expect(fixture.stop(try fixture.request(report, 2))?.amount == 300)
    #expect(fixture.stop(try fixture.request(report, 3, ["amount": 150]))?.amount == 150)
  }

  @Test("not for an account that the report does not touch, nor without an amount where nothing is traced")
  func targets() throws {
    let fixture = try Fixture()
    let report = try fixture.report([Fixture.transfer(1, 2, 500), Fixture.transfer(2, 3, 500, "08:55:00")])
    let other = try fixture.report(
      victims: [5], [Fixture.transfer(5, 6, 70), Fixture.transfer(3, 6, 100, "08:56:00")])
    expectRefused("stoploss.stop.target", at: "/account") { try fixture.request(other, 2) }
    expectRefused("stoploss.stop.target", at: "/amount") { try fixture.request(report, 2) }
    #expect(throws: Never.self) { try fixture.request(report, 2, ["amount": 5]) }
    // Money of the first report is in an account that only the second names.
    #expect(throws: Never.self) { try fixture.request(report, 6) }
    let missing = #expect(throws: RPCError.self) {
      try fixture.store.call("stoploss.stop.request", ["report": .string(report), "account": "none"])
    }
    #expect(missing?.kind == .notFound && missing?.pointer == "/account")
  }

  @Test("what the officer knows better is kept: the name that holds, the bank of a card")
  func corrections() throws {
    let fixture = try Fixture()
    let report = try fixture.report()
    try fixture.request(report, 2, ["holder": "真名", "bank": "ABOCCNBJ"])
    #expect(fixture.account(card: 2)?.holder == "真名")
    #expect(fixture.account(card: 2)?.bank == "ABOCCNBJ")
  }

  // MARK: Answers

  @Test("a stop lapses 48 hours after the bank's stop instant, to the minute")
  func term() throws {
    let fixture = try Fixture()
    let id = try fixture.request(fixture.report())
    try fixture.minutes(20)
    let answer = try fixture.call(
      "stop.record", id, ["result": "stopped", "at": "2026-03-02T09:13:45+08:00", "held": 4_000_000])
    #expect(answer["ends_at"] == "2026-03-04T09:13:45.000+08:00")
    #expect(answer["held"] == 4_000_000)
    try fixture.store.advance(to: Fixture.at("2026-03-04T09:12:45+08:00"))
    #expect(fixture.stop(id)?.state == .stopped)
    try fixture.store.advance(to: Fixture.at("2026-03-04T09:13:44.999+08:00"))
    #expect(fixture.stop(id)?.state == .stopped)
    try fixture.store.advance(to: Fixture.at("2026-03-04T09:13:45+08:00"))
    #expect(fixture.stop(id)?.state == .lapsed)
    #expect(fixture.stop(id)?.held == 0)
    #expect(fixture.events("lapsed_unhandled").count == 1)
    #expect(
      fixture.events("lapsed_unhandled").first?["to"] == [
        "st-02", "anti-fraud", "command-centre", "coordination-desk",
      ])
  }

  static let refusedAnswers: [(String, JSONObject, String)] = [
    ("stoploss.stop.answer", ["result": "stopped", "at": "2026-03-02T09:00:00.001+08:00"], "/at"),
    ("stoploss.stop.answer", ["result": "stopped", "at": "2026-03-02T08:59:59+08:00"], "/at"),
    ("stoploss.stop.answer", ["result": "stopped", "held": 5_000_001], "/held"),
    ("stoploss.stop.match", ["result": "refused_mismatch"], "/mismatch"),
    ("stoploss.stop.match", ["result": "refused_mismatch", "mismatch": []], "/mismatch"),
  ]

  @Test("an answer that cannot be is refused, at its member", arguments: refusedAnswers)
  func refused(_ rule: String, _ params: JSONObject, _ pointer: String) throws {
    let fixture = try Fixture()
    let id = try fixture.request(fixture.report())
    expectRefused(rule, at: pointer) { try fixture.call("stop.record", id, params) }
    #expect(fixture.stop(id)?.state == .stopRequested)
  }

  @Test("the bank's clock may show the minute of the request")
  func sameMinute() throws {
    let fixture = try Fixture(now: Fixture.at("2026-03-02T09:00:30+08:00"))
    let id = try fixture.request(fixture.report())
    #expect(throws: Never.self) {
      try fixture.call("stop.record", id, ["result": "stopped", "at": "2026-03-02T09:00:00+08:00"])
    }
  }

  @Test("a mismatch is no stop: nothing is held, nothing is counted, the account has its turns")
  func mismatch() throws {
    let fixture = try Fixture()
    let report = try fixture.report()
    for _ in 0..<5 {
      let id = try fixture.request(report)
      try fixture.call("stop.record", id, ["result": "refused_mismatch", "mismatch": ["name", "amount"]])
      #expect(fixture.stop(id)?.held == 0)
    }
    #expect(fixture.stored(report)?.held == 0)
    #expect(fixture.account(card: 2)?.stops == 0)
    #expect(try fixture.stop(fixture.stopped(of: report))?.attempt == 1)
  }

  @Test("a bank that does not answer in time has given no answer, to the minute, and it is told")
  func unanswered() throws {
    let fixture = try Fixture()
    let id = try fixture.request(fixture.report())
    try fixture.store.advance(to: Fixture.at("2026-03-02T09:29:59.999+08:00"))
    #expect(fixture.stop(id)?.state == .stopRequested)
    try fixture.store.advance(to: Fixture.at("2026-03-02T09:30:00+08:00"))
    #expect(fixture.stop(id)?.state == .noAnswer)
    #expect(fixture.events("due").first?["what"] == "unanswered")
    // The answer comes late: it is a fact.
    try fixture.call("stop.record", id, ["result": "stopped", "at": "2026-03-02T09:05:00+08:00"])
    #expect(fixture.stop(id)?.state == .stopped)
    #expect(fixture.account(card: 2)?.stops == 1)
  }

  /// A freeze that was asked for while no answer was there.
  func freezeUnanswered(_ fixture: Fixture) throws -> String {
    let id = try fixture.request(fixture.report())
    try fixture.store.advance(to: Fixture.at("2026-03-02T09:31:00+08:00"))
    try fixture.call("freeze.request", id, fixture.application(id))
    #expect(fixture.stop(id)?.former == .noAnswer)
    return id
  }

  @Test("an answer is taken also after a freeze was asked for in its absence, and the 48 hours are watched")
  func answeredAfterRequest() throws {
    let fixture = try Fixture()
    let id = try freezeUnanswered(fixture)
    let answered = try fixture.call(
      "stop.record", id, ["result": "stopped", "at": "2026-03-02T09:20:00+08:00"])
    #expect(answered["state"] == "freeze_requested" && answered["held"] == 5_000_000)
    #expect(answered["ends_at"] == "2026-03-04T09:20:00.000+08:00")
    #expect(fixture.account(card: 2)?.stops == 1 && fixture.account(card: 2)?.active == 1)
    expectRefused("stoploss.stop.answer", at: "/id") {
      try fixture.call("stop.record", id, ["result": "stopped"])
    }
    try fixture.store.advance(to: Fixture.at("2026-03-04T09:20:00+08:00"))
    #expect(fixture.stop(id)?.state == .lapsed && fixture.stop(id)?.lapses == 1)
    #expect(fixture.events("alarm").map { $0["hours_before"] } == [12, 4, 1])
  }

  @Test("a mismatch that comes after a freeze was asked for leaves the freeze as it is")
  func mismatchAfterRequest() throws {
    let fixture = try Fixture()
    let id = try freezeUnanswered(fixture)
    let answered = try fixture.call(
      "stop.record", id, ["result": "refused_mismatch", "mismatch": ["name"]])
    #expect(answered["state"] == "freeze_requested" && answered["held"] == 0)
    #expect(answered["ends_at"] == nil)
    try fixture.approve(id)
    try fixture.call("freeze.order", id)
    #expect(try fixture.call("freeze.record", id, ["result": "refused"])["state"] == "refused_mismatch")
    #expect(fixture.account(card: 2)?.stops == 0 && fixture.account(card: 2)?.active == 0)
  }

  // MARK: Twice

  @Test("an account is stopped at most twice, over all reports")
  func twice() throws {
    let fixture = try Fixture()
    let first = try fixture.report()
    let second = try fixture.report(victims: [5], [Fixture.transfer(5, 2, 70)], more: ["station": "st-03"])
    #expect(try fixture.stop(fixture.stopped(of: first))?.attempt == 1)
    #expect(try fixture.stop(fixture.stopped(of: second))?.attempt == 2)
    expectRefused("stoploss.stop.twice", at: "/account") { try fixture.request(first) }
    expectRefused("stoploss.stop.twice", at: "/account") { try fixture.request(second) }
  }

  @Test("a request that waits takes a turn; a late answer beyond the turns is refused")
  func lateThird() throws {
    let fixture = try Fixture()
    let report = try fixture.report()
    let given = try fixture.request(report)
    try fixture.call("stop.record", given, ["result": "no_answer"])
    try fixture.stopped(of: report)
    try fixture.request(report)
    expectRefused("stoploss.stop.twice", at: "/account") { try fixture.request(report) }
    expectRefused("stoploss.stop.twice", at: "/at") {
      try fixture.call("stop.record", given, ["result": "stopped"])
    }
    #expect(fixture.account(card: 2)?.stops == 2)
  }

  @Test("a late answer takes a turn that no other stop of the account has")
  func lateTurn() throws {
    let fixture = try Fixture()
    let report = try fixture.report()
    let given = try fixture.request(report)
    try fixture.call("stop.record", given, ["result": "no_answer"])
    let second = try fixture.request(report)
    try fixture.call("stop.record", second, ["result": "no_answer"])
    try fixture.call("stop.record", second, ["result": "stopped"])
    #expect(fixture.stop(second)?.attempt == 1)
    #expect(try fixture.call("stop.record", given, ["result": "stopped"])["attempt"] == 2)
    #expect(fixture.stop(second)?.attempt == 1)
  }

  @Test("a request takes the turn that one which never came about has given back")
  func turnGivenBack() throws {
    let fixture = try Fixture()
    let report = try fixture.report()
    let (first, second) = (try fixture.request(report), try fixture.request(report))
    #expect(fixture.stop(second)?.attempt == 2)
    try fixture.call("stop.record", first, ["result": "refused_mismatch", "mismatch": ["name"]])
    #expect(fixture.stop(try fixture.request(report))?.attempt == 1)
  }

  /// When a second stop began, the first ending at 9:00 on 4 March, and whether that end is a lapse.
  static let seconds: [(at: String, isLapse: Bool)] = [
    ("2026-03-04T08:59:00+08:00", false), ("2026-03-04T09:00:00+08:00", false),
    ("2026-03-04T09:01:00+08:00", true),
  ]

  @Test("a stop that began after the end of another does not make that end no lapse", arguments: seconds)
  func gap(_ at: String, _ isLapse: Bool) throws {
    let fixture = try Fixture()
    let report = try fixture.report()
    let first = try fixture.stopped(of: report)
    try fixture.store.advance(to: Fixture.at("2026-03-04T08:30:00+08:00"))
    let second = try fixture.request(report)
    // The first has ended, and its deadline has not had its turn.
    fixture.store.now = Fixture.at("2026-03-04T09:10:00+08:00")
    try fixture.call("stop.record", second, ["result": "stopped", "at": .string(at)])
    try fixture.store.advance(to: fixture.store.now)
    #expect(fixture.stop(first)?.state == .lapsed && fixture.stop(second)?.state == .stopped)
    #expect(fixture.stop(first)?.lapses == (isLapse ? 1 : 0))
    #expect(fixture.events("lapsed_unhandled").count == (isLapse ? 1 : 0))
  }

  @Test("a freeze holds without a gap since the stop that it took the place of", arguments: [false, true])
  func frozenSince(_ isAfterLapse: Bool) throws {
    let fixture = try Fixture()
    let report = try fixture.report()
    let other = try fixture.stopped(of: report)
    try fixture.hours(isAfterLapse ? 10 : 47)
    let first = try fixture.stopped(of: report)
    if isAfterLapse {
      // The other lapses, and what freezes it comes after the end of the first, too.
      try fixture.store.advance(to: Fixture.at("2026-03-04T18:00:00+08:00"))
      #expect(fixture.stop(other)?.state == .lapsed && fixture.stop(first)?.state == .stopped)
    }
    let (ending, holding) = isAfterLapse ? (first, other) : (other, first)
    let end = try #require(fixture.stop(ending)?.ends)
    try fixture.store.advance(to: end.adding(minutes: -1))
    try fixture.call("freeze.request", holding, fixture.application(holding))
    fixture.store.now = end.adding(minutes: 1)
    try fixture.approve(holding)
    try fixture.call("freeze.order", holding)
    try fixture.call("freeze.record", holding, ["result": "frozen"])
    try fixture.store.advance(to: fixture.store.now)
    #expect(fixture.stop(ending)?.state == .lapsed && fixture.stop(holding)?.state == .frozen)
    #expect(fixture.stop(ending)?.lapses == (isAfterLapse ? 1 : 0))
  }

  @Test("what a step finds to have lapsed has lapsed by the clock, and the step is its caller's")
  func lapsedByClock() throws {
    let fixture = try Fixture()
    let id = try fixture.stopped()
    fixture.store.now = Fixture.at("2026-03-04T09:10:00+08:00")
    try fixture.call("freeze.request", id, fixture.application(id), as: .of("st-02", uid: 2207))
    let steps = (fixture.stop(id)?.history ?? []).suffix(2).map { [$0["action"], $0["by"]] }
    #expect(steps == [["lapse", "system"], ["request_freeze", "uid:2207"]])
    // So it is where the deadline fires.
    let report = try fixture.report(victims: [5], [Fixture.transfer(5, 3, 500)])
    let other = try fixture.stopped(3, of: report)
    try fixture.hours(48)
    let last = fixture.stop(other)?.history.last
    #expect(last?["action"] == "lapse" && last?["by"] == "system")
  }

  @Test("a second stop that holds beyond the first one's end makes that end no lapse")
  func extended() throws {
    let fixture = try Fixture()
    let report = try fixture.report()
    let first = try fixture.stopped(of: report)
    try fixture.hours(47)
    let second = try fixture.stopped(of: report)
    try fixture.hours(1)
    #expect(fixture.stop(first)?.state == .lapsed)
    #expect(fixture.stop(first)?.lapses == 0)
    #expect(fixture.events("lapsed_unhandled").isEmpty)
    try fixture.hours(47)
    #expect(fixture.stop(second)?.lapses == 1)
    #expect(fixture.events("lapsed_unhandled").map { $0["stop"] } == [.string(second)])
  }

  // MARK: Figures of the report

  @Test("money held is counted once for an account, however often it was stopped")
  func heldOnce() throws {
    let fixture = try Fixture()
    let report = try fixture.report()
    let first = try fixture.request(report)
    try fixture.call("stop.record", first, ["result": "stopped", "held": 3_000_000])
    #expect(fixture.stored(report)?.held == 3_000_000)
    let second = try fixture.request(report)
    try fixture.call("stop.record", second, ["result": "stopped", "held": 3_500_000])
    #expect(fixture.stored(report)?.held == 3_500_000)
  }

  @Test("the time from report to stop is that of the first stop, in whatever order answers come")
  func reportToStop() throws {
    let fixture = try Fixture()
    let report = try fixture.report([Fixture.transfer(1, 2, 10), Fixture.transfer(1, 3, 20)])
    let (a, b) = (try fixture.request(report, 2), try fixture.request(report, 3))
    try fixture.minutes(25)
    try fixture.call("stop.record", a, ["result": "stopped", "at": "2026-03-02T09:20:00+08:00"])
    #expect(fixture.stored(report)?.toStop == 1_200_000)
    try fixture.call("stop.record", b, ["result": "stopped", "at": "2026-03-02T09:15:00+08:00"])
    #expect(fixture.stored(report)?.toStop == 900_000)
  }

  @Test("only the report's station and the desk take steps; a version that has passed is a conflict")
  func scope() throws {
    let fixture = try Fixture()
    let id = try fixture.request(fixture.report())
    let denied = #expect(throws: RPCError.self) {
      try fixture.call("stop.record", id, ["result": "stopped"], as: .of("st-03"))
    }
    #expect(denied?.kind == .denied)
    let conflict = #expect(throws: RPCError.self) {
      try fixture.call("stop.record", id, ["result": "stopped", "version": 7], as: .of("st-02"))
    }
    #expect(conflict?.kind == .conflict && conflict?.details?["version"] == 1)
    #expect(throws: Never.self) {
      try fixture.call("stop.record", id, ["result": "stopped", "version": 1], as: .of("anti-fraud"))
    }
  }

  @Test("a stop has room for so many steps, and its end is among them")
  func limit() throws {
    let fixture = try Fixture()
    let id = try fixture.frozen()
    var refused: RPCError?
    for _ in 0..<500 where refused == nil {
      do { try fixture.call("renew.request", id) } catch let error as RPCError { refused = error }
    }
    #expect(refused?.rule == "stoploss.intake.limits" && refused?.pointer == "/id")
    try fixture.store.advance(to: Fixture.at("2026-09-03T00:00:00+08:00"))
    #expect(fixture.stop(id)?.state == .lapsed)
    #expect(fixture.stop(id)?.history.last?["action"] == "lapse")
  }

  @Test("what is left of a report after an account was erased can be read and worked with")
  func erased() throws {
    let fixture = try Fixture()
    let report = try fixture.report([Fixture.transfer(1, 2, 10), Fixture.transfer(2, 3, 4, "08:55:00")])
    let id = try fixture.request(report)
    let account = fixture.accountID(2)
    fixture.store.contents.rows["stoploss.account"]?[account] = nil
    let get = try fixture.store.call("stoploss.get", ["id": .string(report)])
    #expect(get["accounts"]?.arrayValue?.count == 3)
    #expect(throws: Never.self) {
      try fixture.store.call("stoploss.trace", ["report": .string(report)])
      try fixture.store.call("stoploss.next", [:])
      try fixture.call("stop.record", id, ["result": "stopped"])
    }
    let error = #expect(throws: RPCError.self) {
      try fixture.call(
        "freeze.request", id,
        ["name": "a", "account": "b", "amount": 1, "kind": "ordinary", "scope": "amount", "interest": true])
    }
    #expect(error?.kind == .notFound)
    #expect(throws: Never.self) { try fixture.report([Fixture.transfer(1, 3, 6, "08:40:00")]) }
  }
}
