import ModuleTesting
import StationKit
import SupportRequests
import Testing

/// What stays to be read of a cycle, and who may read a request.
@Suite("Cycles")
struct CycleTests {
  static func get(_ fixture: Fixture, _ id: String, cycle: Int, as principal: Principal = .all) throws
    -> JSONValue
  {
    try fixture.store.call("support.get", ["id": .string(id), "cycle": .int(cycle)], as: principal)
  }

  @Test("an old cycle is shown as it ended, breach and all")
  func old() throws {
    let fixture = try Fixture()
    let id = try fixture.open(4, facts: ["missing_age": 9], more: ["place": "the north gate"])
    try fixture.minutes(61)
    try fixture.step("redirect", id, ["to": "inspectorate", "reason": "theirs"])
    for step in Fixture.toTheEnd { try fixture.step(step, id) }
    let ended = try fixture.get(id)
    try fixture.step("reopen", id)
    try fixture.step("redirect", id)
    #expect(try fixture.get(id)["cycles"] == 2)
    let shown = try Self.get(fixture, id, cycle: 1)
    var expected = try #require(ended.objectValue)
    expected["cycles"] = 2
    expected["version"] = try fixture.get(id)["version"]
    #expect(shown == .object(expected))
    #expect(shown["rungs_fired"]?["response"] == [50, 100] && shown["redirects"] == 1)
    #expect(shown["history"]?.arrayValue?.first?["reason"] == "theirs")
    #expect(try Self.get(fixture, id, cycle: 2) == fixture.get(id))
    // Who had that cycle may see it, and not the one after it.
    #expect(try Self.get(fixture, id, cycle: 1, as: .of("inspectorate")) == shown)
    #expect(throws: RPCError.self) { try Self.get(fixture, id, cycle: 2, as: .of("inspectorate")) }
  }

  @Test("a cycle that is not there is not found")
  func missing() throws {
    let fixture = try Fixture()
    let id = try fixture.open()
    let error = #expect(throws: RPCError.self) { try Self.get(fixture, id, cycle: 2) }
    #expect(error?.kind == .notFound && error?.pointer == "/cycle")
    #expect(error?.message.zh == "没有办理周期“2”")
  }

  @Test("an archive of before, with less in it, is shown all the same")
  func oldArchive() throws {
    let fixture = try Fixture()
    let id = try fixture.closed(4)
    try fixture.step("reopen", id)
    let row = try #require(fixture.store.contents.rows["support.cycle"]?["\(id).1"]?.record)
    var body = row.body
    for member in ["facts", "marks", "assigned"] { body[member] = nil }
    fixture.store.contents.rows["support.cycle"]?["\(id).1"]?.record = Record(
      id: row.id, version: 1, body: body)
    #expect(try Self.get(fixture, id, cycle: 1)["state"] == "closed")
  }

  /// Who may look besides the station and the department that has it.
  static let readers: [(scenario: Int, urgency: String, facts: JSONObject, reader: String, may: Bool)] = [
    (13, "immediate", [:], "command-centre", true), (13, "urgent", [:], "command-centre", false),
    (4, "routine", [:], "criminal-brigade", true), (12, "routine", [:], "cyber-brigade", true),
    (4, "routine", ["missing_age": 9], "criminal-brigade", true), (13, "immediate", [:], "logistics", false),
  ]

  @Test("who is told of a request at once may look at it", arguments: readers)
  func sight(_ scenario: Int, _ urgency: String, _ facts: JSONObject, _ reader: String, _ may: Bool) throws {
    let fixture = try Fixture()
    let id = try fixture.open(scenario, urgency: urgency, facts: facts)
    for method in ["support.get", "support.explain"] {
      let call = { try fixture.store.call(method, ["id": .string(id)], as: .of(reader)) }
      if may {
        #expect(try call()["id"] == .string(id))
      } else {
        #expect(#expect(throws: RPCError.self) { try call() }?.kind == .denied)
      }
    }
  }

  @Test("a mark that sends a matter to the criminal brigade lets it look, whoever owns the scenario")
  func transfer() throws {
    let fixture = try Fixture(CatalogueTests.changed(4) { $0["owners"] = ["command-centre"] })
    let id = try fixture.open(4, facts: ["missing_age": 9])
    try fixture.store.call("support.get", ["id": .string(id)], as: .of("criminal-brigade"))
  }

  @Test("danger to life is told to every owner and to the branch")
  func immediate() throws {
    let fixture = try Fixture()
    try fixture.open(4, urgency: "immediate")
    try fixture.open(14, urgency: "immediate", more: ["branch": "traffic-brigade"])
    #expect(
      fixture.events("immediate").map { $0["to"] } == [
        ["command-centre", "criminal-brigade", "coordination-desk"],
        ["command-centre", "legal-department", "traffic-brigade", "coordination-desk"],
      ])
  }

  /// Members that people write, each with what it is a text of.
  static let texts: [(method: String, member: String)] = [
    ("open", "summary"), ("open", "place"), ("open", "reason"), ("redirect", "reason"),
    ("request_info", "reason"),
    ("change_urgency", "reason"), ("withdraw", "reason"), ("approve", "note"),
  ]

  @Test("a blank text is no text", arguments: texts, [" ", "   ", "\t\n"])
  func blank(_ place: (method: String, member: String), _ text: JSONValue) throws {
    let fixture = try Fixture()
    let error = #expect(throws: RPCError.self) {
      if place.method == "open" {
        try fixture.open(more: [place.member: text])
      } else {
        try fixture.step(place.method, "SR-2026-000001", [place.member: text])
      }
    }
    #expect(error?.kind == .invalidParams && error?.pointer == "/\(place.member)")
  }

  @Test("a pause ends with a request that is withdrawn")
  func withdrawn() throws {
    let fixture = try Fixture()
    let id = try fixture.open()
    for step in ["acknowledge", "request_info"] { try fixture.step(step, id) }
    try fixture.minutes(30)
    try fixture.step("withdraw", id)
    #expect(try fixture.get(id)["pauses"]?.arrayValue?.last?["to"] == "2026-03-02T09:30:00.000+08:00")
    #expect(fixture.body(id)?.support == .withdrawn)
  }
}
