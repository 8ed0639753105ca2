import ModuleTesting
import StationKit
import StopLoss
import Testing

/// Random calls on a few reports and accounts, with the clock moving on, now and then while the daemon is down.
@Suite("Invariants")
struct InvariantTests {
  static let steps: [(String, JSONObject)] = [
    ("stop.record", ["result": "stopped"]), ("stop.record", ["result": "stopped"]),
    ("stop.record", ["result": "refused_mismatch", "mismatch": ["name"]]),
    ("stop.record", ["result": "no_answer"]), ("freeze.request", [:]), ("freeze.request", [:]),
    ("approve", [:]),
    ("approve", [:]), ("freeze.order", [:]), ("freeze.order", [:]), ("freeze.record", ["result": "frozen"]),
    ("freeze.record", ["result": "frozen"]), ("freeze.record", ["result": "queued"]),
    ("freeze.record", ["result": "refused"]), ("renew.request", ["months": 2]), ("renew.order", [:]),
    ("renew.record", [:]), ("unrelated", [:]), ("release", ["reason": "court_order"]), ("return.decide", [:]),
    ("return.decide", [:]),
    ("return.approve", [:]), ("return.withdraw", [:]), ("return.execute", [:]), ("return.record", [:]),
    ("return.record", [:]),
  ]

  @discardableResult
  static func run(_ seed: UInt64, steps count: Int) throws -> Fixture {
    var random = Seeded(state: seed)
    let fixture = try Fixture()
    for victim in 1...3 {
      let rows = GraphTests.transfers(12, victim: victim, minutes: 30, &random)
      let station: JSONValue = victim == 2 ? "st-03" : "st-02"
      try fixture.report(victims: [victim], rows, more: ["station": station])
    }
    for _ in 0..<count {
      let before = fixture.store.contents.rows
      do {
        try step(fixture, &random)
      } catch let error as RPCError {
        // Refused for its state, by a rule, or for want of approval: and then nothing has changed.
        let expected: Set<ErrorKind> = [.wrongState, .refusedByRule, .approvalRequired, .expired, .conflict]
        #expect(expected.contains(error.kind), "\(error)")
        #expect(fixture.store.contents.rows.mapValues(\.count) == before.mapValues(\.count))
      }
      let longest = Int.random(in: 0..<12, using: &random) == 0 ? 24 * 60 * 30 : 3 * 60
      let pause = fixture.store.now.adding(minutes: Int.random(in: 0...longest, using: &random))
      if Int.random(in: 0..<4, using: &random) == 0 {
        try fixture.store.sleep(to: pause)
      } else {
        try fixture.store.advance(to: pause)
      }
      try check(fixture)
    }
    return fixture
  }

  /// Mostly what comes next for a stop, so that sequences go deep; now and then anything.
  private static func step(_ fixture: Fixture, _ random: inout Seeded) throws {
    let all = fixture.stops
    let frozen = all.filter { $0.value.state.isFrozen || $0.value.state == .freezeRequested }
    let stops = (Bool.random(using: &random) && !frozen.isEmpty ? frozen : all).keys.sorted()
    guard let id = stops.randomElement(using: &random), let stop = fixture.stop(id),
      Int.random(in: 0..<8, using: &random) > 0
    else {
      let report = fixture.reports.keys.sorted().randomElement(using: &random) ?? ""
      let cards = (10...17).filter { !fixture.accountID($0).isEmpty }
      let amount = Int.random(in: 1...300, using: &random)
      try fixture.request(report, cards.randomElement(using: &random) ?? 10, ["amount": .int(amount)])
      return
    }
    let isAny = Int.random(in: 0..<8, using: &random) == 0
    guard let (method, params) = (isAny ? steps : usual(stop)).randomElement(using: &random) else { return }
    switch method {
    case "approve":
      if stop.freeze != nil { try fixture.approve(id, renewal: stop.freeze?.renewal != nil) }
    case "freeze.request": try fixture.call(method, id, fixture.application(id, ["months": 2]))
    case "freeze.record"
    where !isAny
      && all.contains { $0.key != id && $0.value.account == stop.account && $0.value.state.isFrozen }:
      try fixture.call(method, id, ["result": "queued"])
    case "freeze.record" where params["result"] == "frozen":
      // A bank says how much, or that it is all.
      var params = params
      if let freeze = stop.freeze, Bool.random(using: &random) {
        params["amount"] = .int(Int.random(in: 1...freeze.amount, using: &random))
      }
      try fixture.call(method, id, params)
    case "return.approve": try fixture.call(method, id, as: Fixture.second)
    default: try fixture.call(method, id, params)
    }
  }

  /// What comes next.
  private static func usual(_ stop: Stop) -> [(String, JSONObject)] {
    switch stop.state {
    case .stopRequested:
      [
        ("stop.record", ["result": "stopped"]), ("stop.record", ["result": "stopped"]),
        ("stop.record", ["result": "refused_mismatch", "mismatch": ["name"]]),
      ]
    case .stopped, .noAnswer: [("freeze.request", [:])]
    case .lapsed: [("freeze.request", [:]), ("renew.record", [:]), ("freeze.record", ["result": "frozen"])]
    case .freezeRequested:
      stop.freeze?.ordered == nil
        ? [("approve", [:]), ("freeze.order", [:])]
        : [
          ("freeze.record", ["result": "frozen"]), ("freeze.record", ["result": "queued"]),
          ("freeze.record", ["result": "refused"]),
        ]
    case .queued: [("freeze.record", ["result": "frozen"])]
    case .frozen, .renewed:
      if stop.freeze?.isPresumed == true {
        [("freeze.record", ["result": "frozen"]), ("renew.request", ["months": 2]), ("return.decide", [:])]
      } else if stop.freeze?.renewal == nil {
        [("renew.request", ["months": 2]), ("return.decide", [:])]
      } else {
        [("approve", [:]), ("renew.order", [:]), ("renew.record", [:]), ("renew.record", [:])]
      }
    case .returnDecided, .notice:
      stop.decision?.bank != nil
        ? [("return.record", [:])]
        : [
          ("return.approve", [:]), ("return.execute", [:]), ("return.execute", [:]), ("return.execute", [:]),
          ("return.execute", [:]), ("return.execute", [:]), ("return.withdraw", [:]),
        ]
    default: []
    }
  }

  static func check(_ fixture: Fixture) throws {
    let now = fixture.store.now
    let all = fixture.stops
    for (id, stop) in all {
      #expect(Stop(stop.body)?.body == stop.body)
      // An open end lies ahead, and one deadline waits for the next thing to happen.
      let deadline = fixture.store.contents.deadlines["stoploss|stop|\(id)"]
      if let ends = stop.ends {
        #expect(ends > now)
        #expect(deadline != nil)
        #expect(deadline.map { $0.due <= ends } ?? false)
      }
      if let deadline { #expect(deadline.due > now) }
      // Nothing is held that no bank holds.
      if stop.state.isOver || stop.state == .stopRequested { #expect(stop.held == 0) }
      if stop.state.isFrozen { #expect(stop.held > 0 && stop.freeze?.term != nil) }
      // What was with the bank when the freeze ended stays promised until it is told.
      if let decision = stop.decision {
        #expect(stop.state == .lapsed ? decision.bank != nil : decision.total <= stop.held)
      }
    }
    for (id, account) in fixture.accounts {
      let stops = all.values.filter { $0.account == id }
      #expect(account.stops == stops.filter(\.isCounted).count)
      #expect(account.stops <= 2)
      // Each of them takes a turn of its own.
      #expect(Set(stops.filter(\.isCounted).map(\.attempt)).count == account.stops)
      #expect(account.active == stops.filter { !$0.state.isOver }.count)
      // Frozen once, however many wait.
      #expect(stops.filter(\.state.isFrozen).count <= 1)
      #expect(account.returned == stops.reduce(0) { $0 + $1.returned })
      // No money but what banks said was there.
      let frozen = stops.filter(\.state.isFrozen).reduce(0) { $0 + $1.held }
      #expect(account.returned + frozen <= said(stops))
      let origins = account.holdings.lots.compactMap(\.origin).filter { !account.victimOf.contains($0) }
      let isAsked = account.open > 0 || origins.contains { !account.reports.contains($0) }
      let isFresh = account.cleared.map { account.arrived ?? .earliest > $0 } ?? true
      let isFree = account.holding > 0 && account.active == 0 && account.stops < 2
      let row = fixture.store.contents.rows["stoploss.account"]?[id]?.record
      #expect(row?["stoppable"]?.intValue == (isFree && isAsked && isFresh ? 1 : 0))
    }
    for (id, report) in fixture.reports {
      #expect(Report(report.body)?.body == report.body)
      let promised = all.values.flatMap { $0.decision?.shares ?? [] }.filter { $0.report == id }
      #expect(report.reserved == promised.reduce(0) { $0 + $1.amount })
      let returned = all.values.flatMap(\.returns).flatMap(\.shares).filter { $0.report == id }
      #expect(report.returned == returned.reduce(0) { $0 + $1.amount })
      #expect(report.returned + report.reserved <= report.loss)
    }
  }

  /// The most that banks have said they held of an account, with what they had returned by then: read from the
  /// histories of its stops alone.
  static func said(_ stops: [Stop]) -> Int {
    let returns = ["execute", "execute_part"]
    let words = ["answer_stopped", "record_frozen", "confirm_freeze"] + returns
    let lines = stops.flatMap(\.history).filter { words.contains($0["action"]?.stringValue ?? "") }
    var (most, returned) = (0, 0)
    for line in lines.sorted(by: { ($0["at"]?.stringValue ?? "") < ($1["at"]?.stringValue ?? "") }) {
      let amount = line["amount"]?.intValue ?? 0
      if returns.contains(line["action"]?.stringValue ?? "") {
        returned += amount
      } else {
        most = max(most, returned + amount)
      }
    }
    return most
  }

  @Test("hold through random sequences of calls", arguments: 100..<110)
  func sequence(_ seed: UInt64) throws {
    let fixture = try Self.run(seed, steps: 250)
    for event in fixture.events("changed") {
      #expect(event["to"]?.arrayValue?.contains("anti-fraud") == true)
    }
    // Each alarm of each term once.
    let alarms = fixture.events("alarm").map { JSONValue.object($0).encodedString }
    #expect(Set(alarms).count == alarms.count)
  }

  @Test("the sequences reach every action")
  func reach() throws {
    var reached: Set<String> = []
    for seed: UInt64 in 200..<290 {
      reached.formUnion(
        try Self.run(seed, steps: 250).events("changed").compactMap { $0["action"]?.stringValue })
    }
    // Nothing here is told late, so that no lapse turns out to be none; a bank that names another freeze may be there.
    let others: [StopAction] = [.validate, .requeue]
    #expect(reached.union(others.map(\.rawValue)) == Set(StopAction.allCases.map(\.rawValue)))
  }
}
