import Mediation
import ModuleTesting
import StationKit
import Testing

@Suite("Hand-over")
struct HandOverTests {
  static let owner = Principal.of("st-02", uid: 2)
  static let taker = Principal.of("st-03", uid: 3)

  @Test("the first receiver owns it until the other accepts; from that instant the other does")
  func accepted() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.consent)
    try fixture.hours(2)
    let proposed = try fixture.step("hand_over.propose", id, as: Self.owner)
    #expect(proposed["owner"] == "st-02" && proposed["proposed_to"] == "st-03")
    #expect(fixture.events("changed").last?["to"] == ["st-02", "st-03", "coordination-desk"])
    try fixture.hours(3)
    // Still the owner's: its steps are taken, the other's are not.
    let early = #expect(throws: RPCError.self) { try fixture.step("withdraw", id, as: Self.taker) }
    #expect(early?.kind == .denied)
    let taken = try fixture.step("hand_over.accept", id, as: Self.taker)
    #expect(taken["owner"] == "st-03" && taken["proposed_to"] == nil)
    let late = #expect(throws: RPCError.self) { try fixture.step("withdraw", id, as: Self.owner) }
    #expect(late?.kind == .denied)
    let custody = try #require(fixture.dispute(id)?.custody)
    #expect(custody.map(\.unit) == ["st-02", "st-03"])
    #expect(custody[0].since == Fixture.morning && custody[0].until == Fixture.morning.adding(hours: 5))
    #expect(custody[1].since == custody[0].until && custody[1].until == nil)
    #expect(custody[1].acceptedBy == "uid:3")
    try fixture.step("withdraw", id, as: Self.taker)
    #expect(fixture.dispute(id)?.custody.last?.until == fixture.store.now)
  }

  @Test("only the one it is proposed to accepts, and never who proposed")
  func acceptor() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    let none = #expect(throws: RPCError.self) { try fixture.step("hand_over.accept", id) }
    #expect(none?.rule == "mediation.hand_over" && none?.pointer == "/id")
    try fixture.step("hand_over.propose", id)
    let own = #expect(throws: RPCError.self) { try fixture.step("hand_over.accept", id) }
    #expect(own?.rule == "mediation.hand_over")
    let third = #expect(throws: RPCError.self) { try fixture.step("hand_over.accept", id, as: .of("st-04")) }
    #expect(third?.kind == .denied)
    #expect(fixture.dispute(id)?.owner == "st-02")
    try fixture.step("hand_over.accept", id, as: Self.taker)
  }

  static let bad: [(params: JSONObject, pointer: String)] = [
    (["to": "st-02"], "/to"), (["to": "st-02.cases"], "/to"), (["to": "bureau"], "/to"),
    (["to": "st-99"], "/to"), (["mode": "people"], "/body"), (["to": "st-02", "mode": "judicial"], "/body"),
  ]

  @Test(
    "it goes to another active unit, or to another kind of mediation that has a name", arguments: bad.indices)
  func refused(_ index: Int) throws {
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    let error = #expect(throws: RPCError.self) {
      try fixture.step("hand_over.propose", id, Self.bad[index].params)
    }
    #expect(error?.pointer == Self.bad[index].pointer)
    #expect(error?.rule == (error?.kind == .notFound ? nil : "mediation.hand_over"))
    #expect(fixture.dispute(id)?.proposal == nil)
  }

  @Test("a unit that was retired after the proposal does not become the owner; the owner stays the owner")
  func retired() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    try fixture.step("hand_over.propose", id, ["to": "logistics"], as: Self.owner)
    try fixture.store.call("directory.unit.retire", ["id": "logistics", "version": 1])
    let error = #expect(throws: RPCError.self) {
      try fixture.step("hand_over.accept", id, as: .of("logistics", uid: 4))
    }
    #expect(error?.rule == "mediation.hand_over" && error?.pointer == "/id")
    #expect(fixture.dispute(id)?.owner == "st-02")
    #expect(try fixture.step("hand_over.cancel", id, as: Self.owner)["proposed_to"] == nil)
  }

  @Test("police, people's and judicial mediation: who took over and when")
  func modes() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.session1)
    let steps: [(mode: String, body: String?, taker: String?, to: String)] = [
      ("people", "Pine Hill committee", "Mediator Sun", "st-02"),
      ("judicial", "County Court", "Judge Qian", "st-02"),
      ("police", nil, nil, "public-security-brigade"),
    ]
    for step in steps {
      try fixture.hours(1)
      var params: JSONObject = ["to": .string(step.to), "mode": .string(step.mode)]
      params["body"] = step.body.map(JSONValue.string)
      try fixture.step("hand_over.propose", id, params)
      let acceptor = Principal.of(step.to, uid: 8)
      if step.taker != nil {
        let error = #expect(throws: RPCError.self) { try fixture.step("hand_over.accept", id, as: acceptor) }
        #expect(error?.rule == "mediation.hand_over" && error?.pointer == "/taker")
      }
      var accept = JSONObject()
      accept["taker"] = step.taker.map(JSONValue.string)
      #expect(try fixture.step("hand_over.accept", id, accept, as: acceptor)["mode"] == .string(step.mode))
    }
    let custody = try fixture.get(id)["custody"]?.arrayValue ?? []
    #expect(custody.map { $0["mode"] } == ["police", "people", "judicial", "police"])
    #expect(custody.map { $0["taker"] } == [nil, "Mediator Sun", "Judge Qian", nil])
    #expect(custody.map { $0["body"] } == [nil, "Pine Hill committee", "County Court", nil])
    #expect(
      custody.map { $0["since"]?.stringValue?.dropFirst(11).prefix(5) } == [
        "09:00", "10:00", "11:00", "12:00",
      ])
    #expect(custody.last?["unit"] == "public-security-brigade")
    let explained = try fixture.store.call("mediation.explain", ["id": .string(id)])
    #expect(explained["custody"]?.arrayValue?.count == 4)
    #expect(!explained.encodedString.contains("Sun"))
  }

  @Test("a new proposal takes the place of the one before; either side lets it be")
  func cancel() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    let none = #expect(throws: RPCError.self) { try fixture.step("hand_over.cancel", id) }
    #expect(none?.rule == "mediation.hand_over")
    try fixture.step("hand_over.propose", id)
    try fixture.step("hand_over.propose", id, ["to": "legal-department"])
    #expect(fixture.events("changed").last?["to"]?.arrayValue?.contains("st-03") == true)
    let old = #expect(throws: RPCError.self) { try fixture.step("hand_over.accept", id, as: Self.taker) }
    #expect(old?.kind == .denied)
    #expect(
      try fixture.step("hand_over.cancel", id, as: .of("legal-department"))["owner"] == "st-02")
    #expect(fixture.dispute(id)?.proposal == nil)
    #expect(fixture.dispute(id)?.custody.count == 1)
  }

  @Test("a clock that was set back leaves neither a gap nor an overlap")
  func clockSetBack() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    try fixture.step("hand_over.propose", id)
    fixture.store.now = Fixture.morning.adding(hours: -1)
    try fixture.step("hand_over.accept", id, as: Self.taker)
    let custody = try #require(fixture.dispute(id)?.custody)
    #expect(custody.map(\.since) == [Fixture.morning, Fixture.morning])
    #expect(custody.map(\.until) == [Fixture.morning, nil])
  }

  @Test("alarms go to whoever has it now")
  func alarms() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.consent)
    try fixture.step("hand_over.propose", id)
    try fixture.step("hand_over.accept", id, as: Self.taker)
    try fixture.set("2026-03-06T00:00:00+08:00")
    #expect(fixture.events("escalated").last?["to"] == ["st-03", "coordination-desk"])
  }

  @Test("who may read it: owner, station, who may take it over, the coordination desk; nobody else")
  func reading() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.consent)
    try fixture.step("hand_over.propose", id)
    for unit in ["st-02", "st-03", "coordination-desk"] {
      try fixture.store.call("mediation.get", ["id": .string(id)], as: .of(unit))
    }
    for method in ["get", "explain"] {
      let error = #expect(throws: RPCError.self) {
        try fixture.store.call("mediation.\(method)", ["id": .string(id)], as: .of("st-04"))
      }
      #expect(error?.kind == .denied)
    }
  }
}
