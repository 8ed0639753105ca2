import Mediation
import ModuleTesting
import StationKit
import Testing

@Suite("DisputeLife")
struct LifeCycleTests {
  /// Possible in every state where anything is owed.
  static let always: [Action] = [.updateParty, .call, .propose, .cancelProposal, .takeOver]

  /// Written out by hand, so that a slip in the table shows: state, then action and the state it leads to.
  static let expected: [State: [Action: State]] = {
    var table: [State: [Action: State]] = [
      .registered: [
        .accept: .eligibility, .addParty: .registered, .addRepresentative: .registered, .withdraw: .withdrawn,
      ],
      .eligibility: [
        .addParty: .eligibility, .addRepresentative: .eligibility, .findOpen: .consent, .exclude: .ineligible,
        .startAppraisal: .eligibility, .endAppraisal: .eligibility, .withdraw: .withdrawn,
      ],
      .consent: [
        .addParty: .consent, .addRepresentative: .consent, .exclude: .ineligible, .consent: .consent,
        .consentAll: .session1, .refuse: .ineligible, .startAppraisal: .consent, .endAppraisal: .consent,
        .withdraw: .withdrawn,
      ],
      .session1: [
        .addRepresentative: .session1, .exclude: .failed, .adjourn: .session2, .agree: .agreed,
        .endSession: .failed, .fail: .failed, .startAppraisal: .session1, .endAppraisal: .session1,
        .withdraw: .withdrawn,
      ],
      .session2: [
        .addRepresentative: .session2, .exclude: .failed, .agree: .agreed, .endSession: .failed,
        .fail: .failed,
        .startAppraisal: .session2, .endAppraisal: .session2, .withdraw: .withdrawn,
      ],
      .agreed: [.addRepresentative: .agreed, .sign: .performing, .fail: .failed, .endAppraisal: .agreed],
      .performing: [
        .performPart: .performing, .perform: .performed, .breach: .failed, .fail: .failed,
        .confirm: .performing, .endAppraisal: .performing,
      ],
      .performed: [.visit: .visited, .confirm: .performed, .endAppraisal: .performed],
      .visited: [.close: .closed, .confirm: .visited, .endAppraisal: .visited],
      .ineligible: [.advise: .advised, .endAppraisal: .ineligible],
      .failed: [
        .advise: .advised, .confirm: .failed, .startAppraisal: .failed, .endAppraisal: .failed,
        .requestExtension: .failed, .extend: .failed,
      ],
      .closed: [:], .advised: [:], .withdrawn: [:],
    ]
    for state in State.allCases where ![.closed, .advised, .withdrawn].contains(state) {
      for action in always { table[state]?[action] = state }
    }
    for state in State.allCases { table[state]?[.correct] = state }
    return table
  }()

  static let cells = State.allCases.flatMap { state in Action.allCases.map { (state, $0) } }

  @Test("every state and action is allowed or refused as the table says", arguments: cells)
  func cell(_ state: State, _ action: Action) throws {
    if let target = Self.expected[state]?[action] {
      #expect(try DisputeLife.table.next(state, action) == target)
    } else {
      let error = #expect(throws: RPCError.self) { try DisputeLife.table.next(state, action) }
      #expect(error?.kind == .wrongState)
      #expect(error?.details?["allowed"] != .array([]))
    }
  }

  /// The call that each action is.
  static let calls: [Action: (method: String, params: JSONObject)] = [
    .accept: ("accept", [:]), .addParty: ("party.add", ["role": "other", "name": "Sun"]),
    .addRepresentative: ("party.add", ["role": "proxy", "name": "Li", "for": "p1"]),
    .updateParty: ("party.update", ["person": "p1", "address": "12 Willow Lane"]),
    .correct: ("correct", ["person": "p1", "name": "Zhang Shan", "document": "ID card"]),
    .call: ("call.record", [:]), .findOpen: ("eligibility", [:]),
    .exclude: ("eligibility", ["open": false, "exclusions": ["new_offence"]]),
    .consent: ("consent", ["person": "p1", "agrees": true]),
    .consentAll: ("consent", ["person": "p2", "agrees": true]),
    .refuse: ("consent", ["person": "p1", "agrees": false]),
    .adjourn: ("session.record", ["result": "adjourned"]), .agree: ("session.record", [:]),
    .endSession: ("session.record", ["result": "failed"]), .sign: ("agreement.record", [:]),
    .performPart: ("performance.record", ["outcome": "part"]), .perform: ("performance.record", [:]),
    .breach: ("performance.record", ["outcome": "none"]), .visit: ("visit.record", [:]),
    .fail: ("fail", [:]), .confirm: ("court.confirm", [:]),
    .propose: ("hand_over.propose", ["body": "Committee"]), .cancelProposal: ("hand_over.cancel", [:]),
    .takeOver: ("hand_over.accept", ["taker": "Mediator Sun"]),
    .startAppraisal: ("appraisal.start", [:]), .endAppraisal: ("appraisal.end", [:]),
    .requestExtension: ("extend.request", [:]), .extend: ("extend", [:]), .withdraw: ("withdraw", [:]),
    .advise: ("close", ["advice": "court"]), .close: ("close", [:]),
  ]

  @Test("the handlers follow the table in every state", arguments: cells)
  func handler(_ state: State, _ action: Action) throws {
    let fixture = try Fixture()
    let id = try fixture.register(["mode": "people"])["id"]?.stringValue ?? ""
    if action == .endAppraisal, state != .registered {
      try fixture.lead(id, to: .eligibility)
      try fixture.step("appraisal.start", id)
    }
    if state == .failed, action == .confirm {
      // Only what was agreed can go to court.
      try fixture.lead(id, to: .performing)
      try fixture.step("performance.record", id, ["outcome": "none"])
    }
    try fixture.lead(id, to: state)
    let isAllowed = Self.expected[state]?[action] != nil
    if isAllowed { try prepare(action, id, fixture) }
    let before = fixture.store.contents.rows["mediation.dispute"]?[id]?.record
    #expect(before?["state"] == .string(state.rawValue))

    let (method, params) = try #require(Self.calls[action])
    var named = params
    for key in ["person", "for"] {
      if let person = params[key]?.stringValue { named[key] = .string("\(id).\(person)") }
    }
    let other = Principal(uid: 7, gid: 7, roles: [], unit: nil, scope: .all)
    if let target = Self.expected[state]?[action] {
      #expect(
        try fixture.step(method, id, named, as: action == .takeOver ? other : .all)["state"]
          == .string(target.rawValue))
      #expect(fixture.events("changed").last?["action"] == .string(action.rawValue))
    } else {
      let error = #expect(throws: RPCError.self) { try fixture.step(method, id, named, as: other) }
      #expect(error?.kind == .wrongState || error?.kind == .refusedByRule, "\(method)")
      #expect(fixture.store.contents.rows["mediation.dispute"]?[id]?.record.version == before?.version)
    }
  }

  private func prepare(_ action: Action, _ id: String, _ fixture: Fixture) throws {
    switch action {
    case .consentAll: try fixture.step("consent", id, ["person": .string("\(id).p1"), "agrees": true])
    case .cancelProposal, .takeOver: try fixture.step("hand_over.propose", id, ["body": "Committee"])
    case .extend:
      try fixture.step("extend.request", id)
      try fixture.approve(id)
    default: break
    }
  }

  @Test("a wrong expected version is a conflict and changes nothing")
  func version() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    let error = #expect(throws: RPCError.self) { try fixture.step("accept", id, ["version": 2]) }
    #expect(error?.kind == .conflict && error?.pointer == "/version")
    #expect(fixture.dispute(id)?.state == .registered)
    #expect(try fixture.step("accept", id, ["version": 1])["version"] == 2)
  }

  @Test("an unknown dispute is not found, wherever", arguments: calls.values.map(\.method))
  func unknown(_ method: String) throws {
    let fixture = try Fixture()
    var more: JSONObject = [:]
    for (_, call) in Self.calls where call.method == method { more = call.params }
    for key in ["person", "for"] where more[key] != nil { more[key] = "MD-2026-000009.p1" }
    let error = #expect(throws: RPCError.self) { try fixture.step(method, "MD-2026-000009", more) }
    #expect(error?.kind == .notFound && error?.pointer == "/id")
  }

  @Test("steps that lead nowhere have an end; calls are records of their own; the way on stays open")
  func endless() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    var history = fixture.dispute(id)?.history.count ?? 0
    let update: JSONObject = ["person": .string("\(id).p1"), "address": "12 Willow Lane"]
    while history < Bounds.history {
      try fixture.step("party.update", id, update)
      history += 1
    }
    #expect(fixture.dispute(id)?.history.count == Bounds.history)
    let error = #expect(throws: RPCError.self) { try fixture.step("party.update", id, update) }
    #expect(error?.rule == "mediation.bounds" && error?.pointer == "/id")
    try fixture.step(
      "correct", id, ["person": .string("\(id).p1"), "phone": "13900000000", "document": "letter"])
    history += 1
    #expect(try fixture.step("call.record", id)["calls"] == 2)
    #expect(fixture.dispute(id)?.history.count == history)
    #expect(try fixture.step("accept", id)["state"] == "eligibility")
  }
}
