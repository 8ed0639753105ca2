import Mediation
import ModuleTesting
import StationKit
import Testing

@Suite("A dispute from the call to the visit")
struct StoryTests {
  static let riverside = Principal.of("st-02", uid: 20)
  static let leader = Principal(uid: 9, gid: 9, roles: ["leader"], unit: nil, scope: .all)

  @Test("neighbours quarrel, a boy is hurt, the committee mediates, and peace holds")
  func peace() throws {
    let fixture = try Fixture()
    // Monday morning: Riverside takes the call, and owns the dispute.
    let boy: JSONValue = ["role": "injured", "name": "Li Xiao", "id_number": "110101201003030036"]
    let id =
      try fixture.register(["parties": [boy, Fixture.offender]], as: Self.riverside)["id"]?.stringValue ?? ""
    func step(_ method: String, _ more: JSONObject = [:], as who: Principal = Self.riverside) throws
      -> JSONValue
    {
      try fixture.step(method, id, more, as: who)
    }
    _ = try step("accept")
    // The bruise is looked at for a week; nothing is due meanwhile.
    #expect(try step("appraisal.start")["next_due"] == .null)
    #expect(try step("eligibility", ["reason": "A slight injury among neighbours"])["state"] == "consent")
    _ = try step("party.add", ["role": "guardian", "name": "Li Da", "for": .string("\(id).p1")])
    for person in ["p1", "p2"] {
      _ = try step("consent", ["person": .string("\(id).\(person)"), "agrees": true])
    }
    try fixture.set("2026-03-09T15:00:00+08:00")
    #expect(try step("appraisal.end")["next_due"] == "2026-03-13T00:00:00.000+08:00")
    // The people's committee of the quarter knows both families, and takes it over.
    let offer: JSONObject = ["mode": "people", "to": "st-02", "body": "Riverside committee"]
    _ = try step("hand_over.propose", offer)
    let committee = Principal.of("st-02", uid: 21)
    #expect(try step("hand_over.accept", ["taker": "Mediator Sun"], as: committee)["mode"] == "people")
    // Wednesday: without the father there is no session; with him there is, and no agreement yet.
    try fixture.set("2026-03-11T10:00:00+08:00")
    let alone = #expect(throws: RPCError.self) { try step("session.record", ["result": "adjourned"]) }
    #expect(alone?.rule == "mediation.minor.guardian")
    let all = Fixture.attendees(id, "p1", "p2", "p3")
    let first = try step("session.record", all.merging(["result": "adjourned"]))
    // Seven working days later: Friday 20 March.
    #expect(first["next_due"] == "2026-03-21T00:00:00.000+08:00" && first["late"] == [])
    try fixture.set("2026-03-16T10:00:00+08:00")
    #expect(try step("session.record", all)["state"] == "agreed")
    // The paper forgets how it is to be performed, and is not taken.
    let paper: JSONObject = [
      "performance": ["by": "2026-03-31"], "signatures": [.string("\(id).p3"), .string("\(id).p2")],
    ]
    let forgotten = #expect(throws: RPCError.self) { try step("agreement.record", paper) }
    #expect(forgotten?.rule == "mediation.agreement.method" && forgotten?.pointer == "/performance/method")
    let whole = paper.merging(["performance": ["by": "2026-03-31", "method": "at the station, in cash"]])
    #expect(try step("agreement.record", whole)["state"] == "performing")
    // Both go to court for confirmation; then the money is paid.
    try fixture.set("2026-03-18T10:00:00+08:00")
    _ = try step("court.confirm", ["applied_on": "2026-03-18"])
    _ = try step("court.confirm", ["applied_on": "2026-03-18", "outcome": "confirmed"])
    try fixture.set("2026-03-30T10:00:00+08:00")
    _ = try step("performance.record")
    try fixture.set("2026-04-10T10:00:00+08:00")
    _ = try step("visit.record", ["note": "They greet each other"])
    let closed = try step("close")
    #expect(closed["state"] == "closed" && closed["late"] == [])
    let figures = try fixture.store.call("mediation.figures", [:], as: Self.riverside)["total"]
    #expect(figures?["success"]?["text"] == "100.0 %" && figures?["visits"]?["text"] == "n/a")
    #expect(fixture.store.contents.deadlines.isEmpty)
  }

  @Test("tenants fight again and again, nobody gives way, and the brigade is asked for help")
  func violence() throws {
    let fixture = try Fixture()
    let id =
      try fixture.register(["kind": "debt", "matter": "rent"], as: Self.riverside)["id"]?.stringValue ?? ""
    try fixture.lead(id, to: .session1)
    try fixture.set("2026-03-04T10:00:00+08:00")
    try fixture.step("session.record", id, ["result": "adjourned"], as: Self.riverside)
    try fixture.set("2026-03-05T22:00:00+08:00")
    // At night somebody calls again, and another station's car is nearer: it is a call of the same dispute.
    let night = try fixture.register(
      ["station": "st-05", "kind": "debt", "matter": "rent", "violence_risk": true], as: .of("st-05", uid: 50)
    )
    #expect(night["id"] == .string(id) && night["owner"] == "st-02" && night["folded"] == true)
    try fixture.set("2026-03-06T09:00:00+08:00")
    try fixture.step("call.record", id, as: Self.riverside)
    #expect(fixture.events("support").isEmpty)
    // The second session fails too: the case clock starts, and support is asked for in the same step.
    let failed = try fixture.step("session.record", id, ["result": "failed"], as: Self.riverside)
    #expect(failed["state"] == "failed" && failed["support_requests"] == ["SR-2026-000001"])
    #expect(failed["next_due"] == "2026-04-08T00:00:00.000+08:00")
    let request = try fixture.store.call("support.get", ["id": "SR-2026-000001"])
    #expect(request["scenario"] == 8 && request["department"] == "public-security-brigade")
    let third = #expect(throws: RPCError.self) { try fixture.step("session.record", id, as: Self.riverside) }
    #expect(third?.rule == "mediation.session.at_most")
    // The case is difficult; somebody higher gives it thirty days more.
    try fixture.step("extend.request", id, as: Self.riverside)
    try fixture.approve(id)
    #expect(try fixture.step("extend", id, as: Self.riverside)["next_limit"] == "case_extended")
    try fixture.set("2026-04-20T09:00:00+08:00")
    #expect(try fixture.step("close", id, ["advice": "case"], as: Self.riverside)["late"] == [])
    let figures = try fixture.store.call("mediation.figures", [:], as: Self.riverside)["total"]
    #expect(figures?["success"]?["text"] == "0.0 %" && figures?["success"]?["reaches_target"] == false)
    let march = try fixture.store.call(
      "mediation.figures", ["from": "2026-03-01", "to": "2026-03-31"], as: Self.riverside)["total"]
    #expect(march?["repeats"]?["text"] == "2.00")
  }
}
