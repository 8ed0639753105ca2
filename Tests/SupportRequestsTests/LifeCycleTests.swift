import ModuleTesting
import StationKit
import SupportRequests
import Testing

@Suite("LifeCycle")
struct LifeCycleTests {
  /// Written out by hand, so that a slip in the table shows: state, then action and the state it leads to.
  static let expected: [State: [Action: State]] = [
    .submitted: [
      .acknowledge: .acknowledged, .redirect: .redirected, .changeUrgency: .submitted, .withdraw: .withdrawn,
      .approve: .submitted,
    ],
    .redirected: [
      .acknowledge: .acknowledged, .redirect: .redirected, .changeUrgency: .redirected, .withdraw: .withdrawn,
      .approve: .redirected,
    ],
    .reopened: [
      .acknowledge: .acknowledged, .redirect: .redirected, .changeUrgency: .reopened, .withdraw: .withdrawn,
      .approve: .reopened,
    ],
    .acknowledged: [
      .redirect: .redirected, .assign: .assigned, .requestInfo: .infoRequested, .changeUrgency: .acknowledged,
      .withdraw: .withdrawn, .approve: .acknowledged,
    ],
    .assigned: [
      .redirect: .redirected, .assign: .assigned, .start: .supporting, .requestInfo: .infoRequested,
      .changeUrgency: .assigned, .withdraw: .withdrawn, .approve: .assigned,
    ],
    .supporting: [
      .requestInfo: .infoRequested, .changeUrgency: .supporting, .complete: .feedbackDue,
      .withdraw: .withdrawn,
      .approve: .supporting,
    ],
    .infoRequested: [
      .provideInfo: .assigned, .changeUrgency: .infoRequested, .withdraw: .withdrawn,
      .approve: .infoRequested,
    ],
    .feedbackDue: [.feedback: .closed, .lapse: .closed],
    .closed: [.reopen: .reopened],
    .withdrawn: [:],
  ]

  static let cells = State.allCases.flatMap { state in Action.allCases.map { (state, $0) } }

  @Test("every state and action is allowed or refused as the table says", arguments: cells)
  func cell(_ state: State, _ action: Action) throws {
    if let target = Self.expected[state]?[action] {
      #expect(try RequestLife.table.next(state, action, former: .assigned) == target)
    } else {
      let error = #expect(throws: RPCError.self) { try RequestLife.table.next(state, action) }
      #expect(error?.kind == .wrongState && error?.rule == "support.life_cycle")
      #expect(error?.details?["allowed"] != .array([]))
    }
  }

  @Test("there is no action that rejects")
  func noReject() throws {
    let words = Action.allCases.map(\.rawValue) + State.allCases.map(\.rawValue)
    #expect(!words.contains { $0.contains("reject") || $0.contains("refus") || $0.contains("declin") })
    let module = try SupportRequests.module(configuration: Fixture.catalogueValue)
    #expect(!module.methods.contains { $0.name.contains("reject") })
  }

  @Test("the handlers follow the table in every state they can reach")
  func handlers() throws {
    let paths: [State: [String]] = [
      .submitted: [], .redirected: ["redirect"], .acknowledged: ["acknowledge"],
      .assigned: ["acknowledge", "assign"],
      .supporting: ["acknowledge", "assign", "start"],
      .infoRequested: ["acknowledge", "assign", "request_info"],
      .feedbackDue: ["acknowledge", "assign", "start", "complete"], .withdrawn: ["withdraw"],
      .closed: ["acknowledge", "assign", "start", "complete", "feedback"],
      .reopened: ["acknowledge", "assign", "start", "complete", "feedback", "reopen"],
    ]
    for (state, path) in paths {
      for action in Action.allCases where action != .lapse && action != .approve {
        let fixture = try Fixture()
        let id = try fixture.open()
        for step in path { try fixture.step(step, id) }
        #expect(fixture.body(id)?.state == state)
        let more: JSONObject = action == .redirect ? ["to": "inspectorate"] : [:]
        if let target = Self.expected[state]?[action] {
          #expect(try fixture.step(action.rawValue, id, more)["state"] == .string(target.rawValue))
        } else {
          let error = #expect(throws: RPCError.self) { try fixture.step(action.rawValue, id, more) }
          #expect(error?.kind == .wrongState)
        }
      }
    }
  }
}
