import KeyPerson
import ModuleTesting
import StationKit
import Testing

@Suite("RecordLife")
struct LifeCycleTests {
  /// Written out by hand, so that a slip in the table shows: state, then action and the state it leads to.
  static let expected: [State: [Action: State]] = {
    let open: [Action: State] = [:]
    func live(_ state: State, _ more: [Action: State]) -> [Action: State] {
      var cell = open
      for action in [
        Action.dutyAdd, .dutyRecord, .dutyExcuse, .dutyEnd, .visitAgree, .visitRecord, .visitWithdraw,
        .contactLost, .contactFound, .correct,
      ] { cell[action] = state }
      cell[.delist] = .delisted
      cell[.expire] = .delisted
      for (action, target) in more { cell[action] = target }
      return cell
    }
    return [
      .proposed: [
        .verifyInstrument: .instrumentVerified, .correct: .proposed, .delist: .delisted, .lapse: .delisted,
      ],
      .instrumentVerified: [
        .verifyInstrument: .instrumentVerified, .activate: .active, .correct: .instrumentVerified,
        .delist: .delisted, .lapse: .delisted,
      ],
      .active: live(.active, [.reviewOpens: .reviewDue]),
      .renewed: live(.renewed, [.reviewOpens: .reviewDue]),
      .reviewDue: live(
        .reviewDue,
        [
          .review: .renewed, .reviewMissed: .suspended, .renewRequest: .reviewDue, .renew: .renewed,
        ]),
      .suspended: [
        .review: .renewed, .visitWithdraw: .suspended, .contactFound: .suspended, .correct: .suspended,
        .delist: .delisted, .expire: .delisted,
      ],
      .delisted: [.correct: .delisted, .erase: .erased],
      .erased: [:],
    ]
  }()

  static let cells = State.allCases.flatMap { state in Action.allCases.map { (state, $0) } }

  @Test("every state and action is allowed or refused as the table says", arguments: cells)
  func cell(_ state: State, _ action: Action) throws {
    if let target = Self.expected[state]?[action] {
      #expect(try RecordLife.table.next(state, action, former: .renewed) == target)
    } else {
      let error = #expect(throws: RPCError.self) { try RecordLife.table.next(state, action) }
      #expect(error?.kind == .wrongState)
      #expect(error?.details?["allowed"] != .array([]))
    }
  }

  static let taskCells: [(TaskState, TaskAction, TaskState?)] = [
    (.open, .record, .done), (.open, .excuse, .excused), (.open, .miss, .missed), (.open, .skip, .unassessed),
    (.open, .drop, .void), (.missed, .record, .done), (.missed, .excuse, .excused), (.missed, .miss, nil),
    (.missed, .skip, nil), (.missed, .drop, nil), (.unassessed, .record, .done),
    (.unassessed, .excuse, .excused), (.unassessed, .miss, nil), (.unassessed, .skip, nil),
    (.unassessed, .drop, nil), (.done, .record, nil), (.done, .excuse, nil), (.done, .miss, nil),
    (.done, .skip, nil), (.done, .drop, nil), (.excused, .record, nil), (.excused, .excuse, nil),
    (.excused, .miss, nil), (.excused, .skip, nil), (.excused, .drop, nil), (.void, .record, nil),
    (.void, .excuse, nil), (.void, .miss, nil), (.void, .skip, nil), (.void, .drop, nil),
  ]

  @Test("a task goes as its table says", arguments: taskCells)
  func task(_ state: TaskState, _ action: TaskAction, _ target: TaskState?) {
    #expect((try? RecordLife.task.next(state, action)) == target)
  }

  @Test("all pairs of the task's table are written out")
  func complete() {
    #expect(Self.taskCells.count == TaskState.allCases.count * TaskAction.allCases.count)
  }

  /// A record in each state that a call can find it in.
  static func reach(_ state: State) throws -> (Fixture, String) {
    let fixture = try Fixture()
    let id: String
    switch state {
    case .proposed: id = try fixture.propose()
    case .instrumentVerified:
      id = try fixture.propose()
      try fixture.approve(try fixture.verify(id))
    case .active: id = try fixture.enter()
    case .reviewDue:
      id = try fixture.enter()
      try fixture.advance("2026-03-16T09:00:00+08:00")
    case .renewed:
      id = try fixture.enter()
      try fixture.advance("2026-03-16T09:00:00+08:00")
      try renew(fixture, id)
    case .suspended:
      id = try fixture.enter()
      try fixture.advance("2026-03-31T00:00:00+08:00")
    case .delisted, .erased:
      id = try fixture.enter()
      _ = try fixture.delist(id)
      try fixture.tell(id)
      if state == .erased { try fixture.call("erase", ["id": .string(id)]) }
    }
    return (fixture, id)
  }

  static let renewal: JSONObject = [
    "instrument": ["authority": "Qingping County Court", "number": "(2026) 0102-77", "date": "2026-03-10"],
    "to": "2026-12-31", "next_review": "2026-05-20",
  ]

  static func renew(_ fixture: Fixture, _ id: String) throws {
    var params = renewal
    params["id"] = .string(id)
    let approval = try fixture.call("renew.request", params)["approval"]?.stringValue ?? ""
    try fixture.approve(approval)
    try fixture.call("renew", ["id": .string(id)])
  }

  /// What each method needs besides the id.
  static let more: [Action: JSONObject] = [
    .verifyInstrument: ["seen": "original"],
    .dutyAdd: ["kind": "report_in", "first_due": "2026-04-20T10:00:00+08:00"],
    .visitAgree: [
      "first_due": "2026-04-20T10:00:00+08:00",
      "consent": ["by": "person", "document": "agreement 1", "date": "2026-03-02"],
    ],
    .review: ["in_force": true, "needed": true, "next_review": "2026-05-20"],
    .renewRequest: renewal, .contactLost: ["urgency": "urgent"], .contactFound: ["outcome": "found_well"],
    .correct: ["phone": "137 0000 0000", "document": "request 1"], .delist: ["reason": "error"],
  ]

  static let called: [(State, Action)] = State.allCases.filter { $0 != .erased }.flatMap { state in
    [
      Action.verifyInstrument, .activate, .dutyAdd, .visitAgree, .review, .renewRequest, .contactLost,
      .correct,
      .delist, .erase,
    ].map { (state, $0) }
  }

  @Test("the methods follow the table in every state", arguments: called)
  func handlers(_ state: State, _ action: Action) throws {
    let (fixture, id) = try Self.reach(state)
    #expect(fixture.state(id) == state)
    var params = Self.more[action] ?? [:]
    params["id"] = .string(id)
    let version = fixture.store.contents.rows["keyperson.record"]?[id]?.record.version
    if let target = Self.expected[state]?[action] {
      // A review leads back to where the record was.
      let wanted: State = action == .review ? .active : target
      #expect(try fixture.call(action.rawValue, params)["state"] == .string(wanted.rawValue))
      #expect((fixture.state(id) ?? .erased) == wanted)
    } else {
      let error = #expect(throws: RPCError.self) { try fixture.call(action.rawValue, params) }
      #expect(error?.kind == .wrongState, "\(String(describing: error))")
      #expect(fixture.store.contents.rows["keyperson.record"]?[id]?.record.version == version)
    }
  }

  @Test(
    "an erased record takes no step at all", arguments: Self.more.keys.sorted { $0.rawValue < $1.rawValue })
  func erased(_ action: Action) throws {
    let (fixture, id) = try Self.reach(.erased)
    var params = Self.more[action] ?? [:]
    params["id"] = .string(id)
    let error = #expect(throws: RPCError.self) { try fixture.call(action.rawValue, params) }
    #expect(error?.rule == "keyperson.erased")
  }

  @Test("a step with another version than the present one is a conflict, in every method that takes one")
  func versions() throws {
    let (fixture, id) = try Self.reach(.reviewDue)
    for (action, more) in Self.more where action != .verifyInstrument {
      var params = more
      params["id"] = .string(id)
      params["version"] = 99
      let error = #expect(throws: RPCError.self) { try fixture.call(action.rawValue, params) }
      #expect(error?.kind == .conflict && error?.pointer == "/version", "\(action)")
      #expect(
        error?.details?["version"]
          == .int(fixture.store.contents.rows["keyperson.record"]?[id]?.record.version ?? 0))
    }
  }

  @Test("a review leads back to where the record was", arguments: [State.active, .renewed])
  func former(_ state: State) throws {
    let (fixture, id) = try Self.reach(state)
    try fixture.store.advance(to: try #require(fixture.record(id)).reviewOpens)
    #expect(fixture.state(id) == .reviewDue)
    try fixture.review(id, next: fixture.record(id)?.nextReview.adding(days: 20).description ?? "")
    #expect(fixture.state(id) == state)
  }
}
