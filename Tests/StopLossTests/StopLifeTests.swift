import StationKit
import StopLoss
import Testing

@Suite("StopLife")
struct StopLifeTests {
  /// Written out by hand, so that a slip in the table shows: state, then action and the state it leads to.
  static let expected: [StopState: [StopAction: StopState]] = [
    .intake: [.validate: .validated],
    .validated: [.requestStop: .stopRequested],
    .stopRequested: [.answerStopped: .stopped, .answerMismatch: .refusedMismatch, .answerNone: .noAnswer],
    .stopped: [
      .requestFreeze: .freezeRequested, .findUnrelated: .stopped, .release: .released, .lapse: .lapsed,
    ],
    .refusedMismatch: [:],
    .noAnswer: [
      .answerStopped: .stopped, .answerMismatch: .refusedMismatch, .answerNone: .noAnswer,
      .requestFreeze: .freezeRequested,
    ],
    .freezeRequested: [
      .requestFreeze: .freezeRequested, .orderFreeze: .freezeRequested, .recordFrozen: .frozen,
      .recordQueued: .queued, .recordFreezeRefused: .stopped, .findUnrelated: .freezeRequested,
      .release: .released, .lapse: .lapsed, .answerStopped: .freezeRequested,
      .answerMismatch: .freezeRequested, .answerNone: .freezeRequested,
    ],
    .queued: [
      .recordFrozen: .frozen, .takeEffect: .frozen, .findUnrelated: .queued, .release: .released,
    ],
    .frozen: frozen.merging([.requeue: .queued, .confirmFreeze: .frozen]) { $1 },
    .renewed: frozen.merging(
      [
        .requestRenewal: .renewed, .orderRenewal: .renewed, .findUnrelated: .renewed,
        .confirmFreeze: .renewed,
      ]
    ) { $1 },
    .returnDecided: [
      .requestRenewal: .returnDecided, .orderRenewal: .returnDecided, .recordRenewal: .returnDecided,
      .findUnrelated: .returnDecided,
      .release: .released, .lapse: .lapsed, .withdrawReturn: .stopped, .approveReturn: .returnDecided,
      .beginNotice: .notice, .orderReturn: .returnDecided, .execute: .executed, .executePart: .frozen,
    ],
    .notice: [
      .requestRenewal: .notice, .orderRenewal: .notice, .recordRenewal: .notice, .findUnrelated: .notice,
      .release: .released,
      .lapse: .lapsed, .withdrawReturn: .stopped, .orderReturn: .notice, .execute: .executed,
      .executePart: .frozen,
    ],
    .executed: [:],
    .released: [:],
    .lapsed: [
      .requestFreeze: .freezeRequested, .orderFreeze: .lapsed, .recordFrozen: .frozen, .recordQueued: .queued,
      .recordFreezeRefused: .lapsed, .recordRenewal: .renewed, .withdrawReturn: .lapsed,
      .release: .released, .execute: .executed, .executePart: .lapsed,
    ],
  ]

  private static let frozen: [StopAction: StopState] = [
    .requestRenewal: .frozen, .orderRenewal: .frozen, .recordRenewal: .renewed, .findUnrelated: .frozen,
    .release: .released,
    .lapse: .lapsed, .decideReturn: .returnDecided,
  ]

  static let cells = StopState.allCases.flatMap { state in StopAction.allCases.map { (state, $0) } }

  @Test("every state and action is allowed or refused as the table says", arguments: cells)
  func cell(_ state: StopState, _ action: StopAction) throws {
    if let target = Self.expected[state]?[action] {
      #expect(try StopLife.table.next(state, action, former: .stopped) == target)
    } else {
      let error = #expect(throws: RPCError.self) { try StopLife.table.next(state, action) }
      #expect(error?.kind == .wrongState)
      #expect(error?.details?["allowed"] != .array([]))
    }
  }

  /// The method of each action that a caller takes, with params that fit its schema.
  static let methods: [(StopAction, String, JSONObject)] = [
    (.answerStopped, "stop.record", ["result": "stopped"]),
    (.answerMismatch, "stop.record", ["result": "refused_mismatch", "mismatch": ["name"]]),
    (.answerNone, "stop.record", ["result": "no_answer"]),
    (.requestFreeze, "freeze.request", [:]), (.orderFreeze, "freeze.order", [:]),
    (.recordFrozen, "freeze.record", ["result": "frozen"]),
    (.recordQueued, "freeze.record", ["result": "queued"]),
    (.recordFreezeRefused, "freeze.record", ["result": "refused"]), (.requestRenewal, "renew.request", [:]),
    (.orderRenewal, "renew.order", [:]), (.recordRenewal, "renew.record", [:]),
    (.findUnrelated, "unrelated", [:]),
    (.release, "release", ["reason": "repaid"]), (.decideReturn, "return.decide", [:]),
    (.withdrawReturn, "return.withdraw", [:]), (.approveReturn, "return.approve", [:]),
    (.orderReturn, "return.execute", [:]), (.execute, "return.record", [:]),
  ]

  /// A stop in each state that a record can be stored in.
  static func reach(_ state: StopState, _ fixture: Fixture) throws -> String {
    switch state {
    case .stopRequested: return try fixture.request(fixture.report())
    case .stopped: return try fixture.stopped()
    case .refusedMismatch:
      let id = try fixture.request(fixture.report())
      try fixture.call("stop.record", id, ["result": "refused_mismatch", "mismatch": ["amount"]])
      return id
    case .noAnswer:
      let id = try fixture.request(fixture.report())
      try fixture.call("stop.record", id, ["result": "no_answer"])
      return id
    case .freezeRequested:
      let id = try fixture.stopped()
      try fixture.ordered(id)
      return id
    case .queued:
      let id = try fixture.stopped()
      try fixture.ordered(id)
      try fixture.call("freeze.record", id, ["result": "queued"])
      return id
    case .frozen: return try fixture.frozen()
    case .renewed:
      let id = try fixture.frozen()
      try fixture.call("renew.request", id)
      try fixture.approve(id, renewal: true)
      try fixture.call("renew.record", id)
      return id
    case .returnDecided:
      let id = try fixture.frozen()
      try fixture.call("return.decide", id)
      return id
    case .notice:
      try fixture.report(victims: [7], [Fixture.transfer(7, 2, 1_000_000)])
      let id = try fixture.frozen()
      try fixture.call("return.decide", id)
      try fixture.call("return.approve", id, as: Fixture.second)
      return id
    case .executed:
      let id = try fixture.frozen()
      try fixture.sendReturn(id)
      try fixture.call("return.record", id)
      return id
    case .released:
      let id = try fixture.stopped()
      try fixture.call("release", id, ["reason": "repaid"])
      return id
    case .lapsed:
      let id = try fixture.stopped()
      try fixture.hours(48)
      return id
    case .intake, .validated: return ""
    }
  }

  static let stored = StopState.allCases.filter { $0 != .intake && $0 != .validated }

  @Test("the methods follow the table in every state that is stored", arguments: stored)
  func handlers(_ state: StopState) throws {
    for (action, method, given) in Self.methods {
      let fixture = try Fixture()
      let id = try Self.reach(state, fixture)
      #expect(fixture.stop(id)?.state == state)
      let before = fixture.store.contents.rows["stoploss.stop"]?[id]?.record
      let params = action == .requestFreeze ? try fixture.application(id) : given
      do {
        try fixture.call(method, id, params)
        #expect(Self.expected[state]?[action] != nil, "\(state) \(action)")
      } catch let error as RPCError {
        // Allowed by the table, but a rule asks for more; or not allowed.
        if Self.expected[state]?[action] == nil {
          #expect(error.kind == .wrongState, "\(state) \(action)")
        } else {
          #expect(
            error.kind == .refusedByRule || error.kind == .approvalRequired, "\(state) \(action) \(error)")
        }
        #expect(fixture.store.contents.rows["stoploss.stop"]?[id]?.record.version == before?.version)
      }
    }
  }

  @Test("what is stored reads back as it is, in every state", arguments: stored)
  func roundTrip(_ state: StopState) throws {
    let fixture = try Fixture()
    let id = try Self.reach(state, fixture)
    let record = try #require(fixture.store.contents.rows["stoploss.stop"]?[id]?.record)
    #expect(Stop(record.body)?.body == record.body)
    #expect(throws: Never.self) {
      try fixture.call("stop.get", id)
      try fixture.call("explain", id)
    }
  }
}
