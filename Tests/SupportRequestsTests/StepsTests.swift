import ModuleTesting
import StationKit
import SupportRequests
import Testing

@Suite("Steps")
struct StepsTests {
  @Test("a wrong expected version is a conflict and changes nothing")
  func version() throws {
    let fixture = try Fixture()
    let id = try fixture.open()
    let error = #expect(throws: RPCError.self) { try fixture.step("acknowledge", id, ["version": 2]) }
    #expect(error?.kind == .conflict)
    #expect(fixture.body(id)?.state == .submitted)
    #expect(try fixture.step("acknowledge", id, ["version": 1])["version"] == 2)
  }

  @Test("stations and departments act on their own side only")
  func sides() throws {
    let fixture = try Fixture()
    let id = try fixture.open()
    let station = Principal.of("st-02")
    let owner = Principal.of("command-centre")
    func denied(_ action: String, _ principal: Principal) {
      let error = #expect(throws: RPCError.self) { try fixture.step(action, id, as: principal) }
      #expect(error?.kind == .denied, "\(action)")
    }
    denied("acknowledge", station)
    denied("acknowledge", .of("logistics"))
    try fixture.step("acknowledge", id, as: owner)
    denied("withdraw", owner)
    try fixture.step("request_info", id, as: owner)
    denied("provide_info", owner)
    try fixture.step("provide_info", id, as: station)
    try fixture.step("redirect", id, as: owner)
    denied("acknowledge", owner)
    try fixture.step("acknowledge", id, as: .of("logistics"))
    #expect(throws: RPCError.self) {
      try fixture.store.call("support.get", ["id": .string(id)], as: .of("inspectorate"))
    }
    try fixture.store.call("support.get", ["id": .string(id)], as: .of("coordination-desk"))
  }

  /// Each step that a caller takes: the steps before it, and who may take it.
  static let takers: [(action: String, after: ArraySlice<String>, who: Set<String>)] = {
    let (station, department) = ("st-02", "command-centre")
    let path = Fixture.toTheEnd
    return [
      ("acknowledge", [], [department]), ("redirect", [], [department]),
      ("assign", path.prefix(1), [department]), ("start", path.prefix(2), [department]),
      ("request_info", path.prefix(3), [department]), ("complete", path.prefix(3), [department]),
      ("provide_info", ["acknowledge", "request_info"], [station]), ("feedback", path.prefix(4), [station]),
      ("withdraw", [], [station]), ("reopen", path.prefix(5), [station]),
      ("change_urgency", [], [station, department]), ("approve", [], [station, department]),
    ]
  }()

  /// The station and the department of a request of scenario 4, another of each, an owner, and who hears of all.
  static let callers = [
    "st-02", "command-centre", "st-03", "logistics", "criminal-brigade", "coordination-desk",
  ]

  @Test("a step is for its own side, and for nobody else", arguments: takers, callers)
  func taker(_ step: (action: String, after: ArraySlice<String>, who: Set<String>), _ caller: String) throws {
    let fixture = try Fixture()
    let id = try fixture.open(4)
    for action in step.after { try fixture.step(action, id) }
    let before = fixture.body(id)?.state
    if step.who.contains(caller) {
      try fixture.step(step.action, id, as: .of(caller))
    } else {
      let error = #expect(throws: RPCError.self) { try fixture.step(step.action, id, as: .of(caller)) }
      #expect(error?.kind == .denied && fixture.body(id)?.state == before)
    }
  }

  @Test("the table of who may take a step has every step")
  func everyTaker() {
    let taken = Action.allCases.filter { $0 != .lapse }.map(\.rawValue)
    #expect(Set(Self.takers.map(\.action)) == Set(taken))
  }

  @Test(
    "a change is told to the station, who has the request, who had it, the owners, the branch and the desk")
  func told() throws {
    let fixture = try Fixture()
    let id = try fixture.open(14, more: ["branch": "traffic-brigade"])
    for to in ["logistics", "inspectorate"] { try fixture.step("redirect", id, ["to": .string(to)]) }
    try fixture.step("acknowledge", id)
    let always: [JSONValue] = ["legal-department", "traffic-brigade", "coordination-desk"]
    #expect(
      fixture.events("changed").map { $0["to"] } == [
        .array(["st-02", "logistics"] + always), .array(["st-02", "inspectorate", "logistics"] + always),
        .array(["st-02", "inspectorate"] + always),
      ])
  }

  static let ofTheStation = ["provide_info", "feedback", "withdraw", "reopen"]

  @Test("to support a station is not to act for it", arguments: ofTheStation)
  func supporter(_ action: String) throws {
    let fixture = try Fixture()
    let id = try fixture.open()
    let desk = Principal(
      uid: 2001, gid: 2001, roles: ["desk"], unit: "command-centre",
      scope: .units(["command-centre", "st-02"]))
    try fixture.store.call("support.get", ["id": .string(id)], as: desk)
    let error = #expect(throws: RPCError.self) { try fixture.step(action, id, as: desk) }
    #expect(error?.kind == .denied)
  }

  @Test("a department changes the urgency of what it has, not of what its stations asked of others")
  func supporterOfOthers() throws {
    let fixture = try Fixture()
    let desk = Principal(
      uid: 2001, gid: 2001, roles: ["desk"], unit: "command-centre",
      scope: .units(["command-centre", "st-02"]))
    let own = try fixture.open()
    let other = try fixture.open(20)
    try fixture.step("change_urgency", own, as: desk)
    let error = #expect(throws: RPCError.self) { try fixture.step("change_urgency", other, as: desk) }
    #expect(error?.kind == .denied)
    try fixture.step("change_urgency", other, as: .of("st-02"))
  }

  @Test("redirects never move the response clock, and void an acknowledgement")
  func redirect() throws {
    let fixture = try Fixture()
    let id = try fixture.open()
    let due = try fixture.get(id)["response_due"]
    try fixture.minutes(20)
    try fixture.step("acknowledge", id)
    for to in ["logistics", "inspectorate"] {
      try fixture.minutes(5)
      #expect(try fixture.step("redirect", id, ["to": .string(to)])["response_due"] == due)
      #expect(fixture.body(id)?.clocks.acknowledged == nil)
    }
    try fixture.minutes(31)
    #expect(fixture.events("escalated").last?["to"] == ["inspectorate", "coordination-desk"])
    try fixture.step("acknowledge", id)
    #expect(fixture.body(id)?.response == .done(milliseconds: 61 * 60_000, onTime: false))
    #expect(fixture.body(id)?.outcome.redirects == 2)
  }

  /// Scenario 2: the urgency at the opening, its changes after so many minutes, and the end of the response.
  static let changes: [(opened: String, changes: [(Int, String)], due: String)] = [
    ("routine", [(4, "immediate")], "09:05"), ("immediate", [(4, "routine")], "10:00"),
    ("immediate", [(4, "routine"), (6, "urgent")], "09:15"),
    // The end had passed by the time of the change.
    ("immediate", [(20, "routine")], "09:05"), ("routine", [(4, "immediate"), (6, "routine")], "09:05"),
  ]

  @Test(
    "the response is due by the urgency that it has, whether it was redirected before the change or after",
    arguments: changes, [true, false])
  func redirectAndUrgency(
    _ change: (opened: String, changes: [(Int, String)], due: String), _ isBefore: Bool
  ) throws {
    let fixture = try Fixture()
    let id = try fixture.open(2, urgency: change.opened)
    try fixture.minutes(3)
    try fixture.step("acknowledge", id)
    if isBefore { try fixture.step("redirect", id) }
    for (minute, urgency) in change.changes {
      try fixture.store.advance(to: Fixture.morning.adding(minutes: minute))
      try fixture.step("change_urgency", id, ["urgency": .string(urgency)])
    }
    try fixture.store.advance(to: Fixture.morning.adding(minutes: 25))
    if !isBefore {
      #expect(fixture.body(id)?.response == .done(milliseconds: 3 * 60_000, onTime: true))
      try fixture.step("redirect", id)
    }
    #expect(try fixture.get(id)["response_due"] == .string("2026-03-02T\(change.due):00.000+08:00"))
    // Another redirect moves nothing.
    let again = try fixture.step("redirect", id, ["to": "inspectorate"])
    #expect(again["response_due"] == .string("2026-03-02T\(change.due):00.000+08:00"))
  }

  static let badRedirects = [
    ("command-centre", "support.redirect.department"), ("st-03", "support.redirect.department"),
    ("nowhere", nil),
  ]

  @Test("a redirect goes to another active department or desk", arguments: badRedirects)
  func redirectRefused(_ to: String, _ rule: String?) throws {
    let fixture = try Fixture()
    let id = try fixture.open()
    let error = #expect(throws: RPCError.self) { try fixture.step("redirect", id, ["to": .string(to)]) }
    #expect(error?.rule == rule)
    #expect(error?.pointer == "/to")
  }

  @Test("manpower waits for an approval by someone else; the clocks do not")
  func approval() throws {
    let fixture = try Fixture()
    let officer = Principal(uid: 7, gid: 7, roles: [], unit: nil, actor: "P1", scope: .all)
    let id = try fixture.open(19, as: officer)
    let due = try fixture.get(id)["support_due"]
    try fixture.step("acknowledge", id)
    try fixture.step("assign", id)
    let waiting = #expect(throws: RPCError.self) { try fixture.step("start", id) }
    #expect(waiting?.kind == .approvalRequired && waiting?.rule == "support.approval.secondment")
    let own = #expect(throws: RPCError.self) { try fixture.step("approve", id, as: officer) }
    #expect(own?.rule == "support.approval.second_person")
    try fixture.step("approve", id)
    #expect(throws: RPCError.self) { try fixture.step("approve", id) }
    #expect(try fixture.step("start", id)["support_due"] == due)
    #expect(try fixture.get(id)["approved_by"] == "uid:1000")
    let free = try fixture.open(19, facts: ["secondment": false])
    #expect(try fixture.get(free)["marks"] == [:])
  }

  @Test("marks follow the facts, and what was done stays done")
  func marks() throws {
    let fixture = try Fixture()
    let id = try fixture.open(19)
    for action in ["acknowledge", "assign", "request_info"] { try fixture.step(action, id) }
    #expect(try fixture.step("provide_info", id, ["facts": ["secondment": false]])["marks"] == [:])
    try fixture.step("start", id)
    let missing = try fixture.open(4, facts: ["missing_age": 9])
    for action in ["acknowledge", "request_info"] { try fixture.step(action, missing) }
    let header = try fixture.step("provide_info", missing, ["facts": ["missing_age": 40]])
    #expect(header["marks"] == ["transfer_to_criminal_brigade": true])
    #expect(fixture.events("transfer_to_criminal_brigade").count == 1)
  }

  @Test("an approval of urgent help is recorded and holds nothing")
  func urgentApproval() throws {
    let fixture = try Fixture()
    let officer = Principal(uid: 7, gid: 7, roles: [], unit: nil, scope: .all)
    let id = try fixture.open(4, as: officer)
    for action in ["acknowledge", "assign", "start", "approve", "complete"] { try fixture.step(action, id) }
    #expect(fixture.body(id)?.approvedBy == "uid:1000")
  }

  @Test("a reopened request is a new cycle with new clocks; the old breach stays on record")
  func reopen() throws {
    let fixture = try Fixture()
    let id = try fixture.open()
    try fixture.minutes(61)
    for action in ["acknowledge", "assign", "start", "complete", "feedback"] { try fixture.step(action, id) }
    try fixture.minutes(10)
    let header = try fixture.step("reopen", id)
    #expect(header["state"] == "reopened")
    #expect(header["opened_at"] == "2026-03-02T10:11:00.000+08:00")
    #expect(try fixture.get(id)["cycle"]?["number"] == 2)
    #expect(try fixture.get(id)["rungs_fired"]?["response"] == [])
    let archived = fixture.store.contents.rows["support.cycle"]?["\(id).1"]?.record.body
    #expect(
      archived?["response"]?.intValue.map(ClockFigure.init(column:))
        == .done(milliseconds: 61 * 60_000, onTime: false))
  }

  @Test("explain tells rule, version, start and every day that was skipped, in both languages")
  func explain() throws {
    let fixture = try Fixture(now: Instant(rfc3339: "2026-03-06T09:00:00+08:00") ?? .earliest)
    let id = try fixture.open(8)
    let terms = try fixture.store.call("support.explain", ["id": .string(id)])["terms"]?.arrayValue ?? []
    #expect(terms.map { $0["clock"] } == ["response", "support"])
    let steps = terms.last?["steps"]?.arrayValue ?? []
    #expect(steps.filter { $0["code"] == "day_skipped" }.count == 2)
    #expect(
      steps.allSatisfy { $0["en"]?.stringValue?.isEmpty == false && $0["zh"]?.stringValue?.isEmpty == false })
    #expect(terms.last?["rule"] == ["id": "support.limit.support", "version": "1"])
    #expect(terms.last?["steps_apply"] == true)
  }
}
