import CaseTransfer
import ModuleTesting
import StationKit
import Testing

@Suite("CaseLife")
struct LifeCycleTests {
  private static let always: [Action: State?] = [
    .urgentStep: nil, .tellReporter: nil, .correct: nil, .trouble: nil,
  ]
  private static let unsent: [Action: State?] = [
    .screen: .screened, .reclassify: .screened, .addEvidence: nil, .moveEvidence: nil, .correctEvidence: nil,
  ]
  private static let taken: [Action: State?] = [
    .screen: .screened, .reclassify: .screened, .recordPapers: nil, .addEvidence: nil, .moveEvidence: nil,
    .correctEvidence: nil,
  ]
  private static let outward: [Action: State?] = [
    .reclassify: nil, .addEvidence: nil, .moveEvidence: nil, .correctEvidence: nil,
  ]

  /// Written out by hand, so that a slip in the table shows. nil: the state stays as it is.
  static let expected: [State: [Action: State?]] = [
    .received: merged(unsent, [.urgentStep: nil, .correct: nil, .trouble: nil]),
    .screened: merged(
      always, unsent,
      [
        .requestApproval: .approval, .issueNotice: .noticeIssued, .recordPapers: nil, .send: .sent,
        .negotiate: .negotiating,
      ]),
    .approval: merged(
      always, unsent, [.requestApproval: .approval, .approve: nil, .issueNotice: .noticeIssued]),
    .noticeIssued: merged(always, unsent, [.recordPapers: nil, .send: .sent]),
    .sent: merged(
      always, [.recordPapers: nil, .sign: nil, .count: .counted, .findDiscrepancy: .discrepancy]),
    .discrepancy: merged(always, [.recordPapers: nil, .recount: .sent, .correctEvidence: nil]),
    .counted: merged(always, [.recordPapers: nil, .accept: .accepted]),
    .accepted: merged(always, taken, [.dispute: .acceptedUnderDispute, .negotiate: .negotiating]),
    .acceptedUnderDispute: merged(always, taken, [.adjudicate: .adjudicated]),
    .adjudicated: merged(
      always, taken, [.issueNotice: nil, .send: .sent, .negotiate: .negotiating]),
    .negotiating: merged(always, outward, [.screen: .screened, .keep: .screened, .designate: .designated]),
    .designated: merged(always, outward, [.endJurisdiction: .jurisdictionEnded]),
    .jurisdictionEnded: [.handOut: nil, .tellReporter: nil, .correct: nil],
  ]

  private static func merged(_ rows: [Action: State?]...) -> [Action: State?] {
    rows.reduce(into: [:]) { $0.merge($1) { _, new in new } }
  }

  static let cells = State.allCases.flatMap { state in Action.allCases.map { (state, $0) } }

  @Test("every state and action is allowed or refused as the table says", arguments: cells)
  func cell(_ state: State, _ action: Action) throws {
    if let target = Self.expected[state]?[action] {
      #expect(try CaseLife.table.next(state, action) == target ?? state)
    } else {
      let error = #expect(throws: RPCError.self) { try CaseLife.table.next(state, action) }
      #expect(error?.kind == .wrongState)
      if action != .receive { #expect(error?.details?["allowed"] != .array([])) }
    }
  }

  /// Actions that a call is by its params alone, so that a test can aim at each cell.
  static let aimed = State.allCases.flatMap { state in
    Action.allCases.filter { Fixture.needed[$0] != nil }.map { (state, $0) }
  }

  /// Cells in which the table allows the step and a rule of its own refuses it, for the case that `at` makes.
  static let ruled: [State: Set<Action>] = [
    .screened: [.requestApproval, .negotiate], .approval: [.issueNotice, .approve, .reclassify],
    .accepted: [.screen], .acceptedUnderDispute: [.screen], .adjudicated: [.send, .issueNotice, .screen],
    .negotiating: [.screen], .discrepancy: [],
  ]

  @Test(
    "the handlers follow the table in every state, and what they refuse changes nothing", arguments: aimed)
  func handler(_ state: State, _ action: Action) throws {
    let fixture = try Fixture()
    let id = try fixture.at(state)
    let before = try fixture.body(id)
    #expect(before.state == state)
    let version = fixture.version(id)
    let (method, params) = try #require(Fixture.needed[action])
    let isAllowed = Self.expected[state]?[action] != nil
    let isRuled = Self.ruled[state]?.contains(action) ?? false
    // The case at `approval` has no evidence.
    let lacksItem = (state == .approval || state == .received) && params["item"] != nil
    if isAllowed, !isRuled, !lacksItem {
      let answer = try fixture.call(method, id, params)
      let target = Self.expected[state]?[action].flatMap { $0 } ?? state
      #expect(answer["state"] == .string(target.rawValue))
      #expect(answer["version"] == .int(version + 1))
      return
    }
    let error = #expect(throws: RPCError.self) { try fixture.call(method, id, params) }
    #expect(fixture.version(id) == version)
    if !isAllowed {
      let isEnded = state == .jurisdictionEnded
      let isOpenDiscrepancy = state == .discrepancy && action == .accept
      #expect(error?.kind == (isEnded || isOpenDiscrepancy ? .refusedByRule : .wrongState), "\(error as Any)")
      if isEnded { #expect(error?.rule == "transfer.jurisdiction.ended") }
    } else if isRuled {
      #expect(error?.rule != nil, "\(error as Any)")
    }
  }

  @Test("a step of an older version is a conflict, and names the present one")
  func version() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.received)
    try fixture.call("urgent_step", id, ["measure": "search", "version": 1])
    let error = #expect(throws: RPCError.self) {
      try fixture.call("urgent_step", id, ["measure": "search", "version": 1])
    }
    #expect(error?.kind == .conflict && error?.pointer == "/version")
    #expect(error?.details?["version"] == 2)
  }

  @Test("an unknown case is not found, by every method that names one")
  func unknown() throws {
    let fixture = try Fixture()
    for (_, step) in Fixture.needed {
      expectError(.notFound, "/id") { try fixture.call(step.method, "CT-2026-000009", step.params) }
    }
    for method in ["get", "history", "ownership", "explain"] {
      expectError(.notFound, "/id") { try fixture.call(method, "CT-2026-000009") }
    }
    expectError(.notFound, "/id") { try fixture.call("custody", "CT-2026-000009", ["item": 1]) }
    expectError(.notFound, "/id") { try fixture.count("CT-2026-000009", "giving", []) }
  }

  @Test("a clock that stands before the last step refuses, and says when to try again")
  func clock() throws {
    let fixture = try Fixture()
    let id = try fixture.receive()
    fixture.store.now = Fixture.morning.adding(milliseconds: -1)
    let error = #expect(throws: RPCError.self) { try fixture.screen(id) }
    #expect(error?.kind == .unavailable && error?.retryAfterMs == 1000)
  }
}
