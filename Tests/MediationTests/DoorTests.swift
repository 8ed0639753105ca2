import Mediation
import ModuleTesting
import StationKit
import Testing

@Suite("Door to support")
struct DoorTests {
  static let owner = Principal.of("st-02", uid: 2)

  static func requests(_ fixture: Fixture) -> [JSONObject] {
    (fixture.store.contents.rows["support.request"] ?? [:]).values.map(\.record.body)
  }

  /// Failed attempts, calls in all, a risk of violence, and whether support is asked for: shipped are 2 and 3.
  static let cases: [(failures: Int, calls: Int, risk: Bool, opens: Bool)] = [
    (0, 5, true, false), (1, 3, true, false), (2, 2, true, false), (2, 3, false, false), (2, 3, true, true),
    (2, 4, true, true),
  ]

  @Test("repeated failure and repeated calls and a risk of violence: all three", arguments: cases)
  func all(_ failures: Int, _ calls: Int, _ risk: Bool, _ opens: Bool) throws {
    let fixture = try Fixture()
    let id = try fixture.at(.session1)
    for number in 0..<failures {
      try fixture.step(
        "session.record", id, ["result": number == 0 ? "adjourned" : "failed"], as: Self.owner)
    }
    for _ in 1..<calls { try fixture.step("call.record", id, ["violence_risk": .bool(risk)], as: Self.owner) }
    #expect(Self.requests(fixture).count == (opens ? 1 : 0))
    #expect(fixture.events("support").count == (opens ? 1 : 0))
    #expect(fixture.dispute(id)?.doors.count == (opens ? 1 : 0))
  }

  @Test("it asks with the least data: scenario, station, urgency and a number")
  func least() throws {
    let (fixture, id) = try Self.opened()
    let request = try #require(Self.requests(fixture).first)
    #expect(request["scenario"] == 8 && request["station"] == "st-02" && request["urgency"] == "urgent")
    #expect(request["summary"]?.stringValue?.hasPrefix("\(id): ") == true)
    for key in ["contact", "place", "facts", "branch"] { #expect(request[key] == nil) }
    let text = JSONValue.object(request).encodedString
    for word in ["Zhang", "Wang", "1101", "138", "wall"] { #expect(!text.contains(word)) }
    let event = try #require(fixture.events("support").first)
    #expect(event["request"] == "SR-2026-000001" && event["failures"] == 2 && event["calls"] == 3)
    #expect(event["to"]?.arrayValue?.contains("coordination-desk") == true)
    #expect(try fixture.get(id)["support_requests"] == ["SR-2026-000001"])
  }

  /// A dispute whose third call opened the door.
  static func opened() throws -> (Fixture, String) {
    let fixture = try Fixture()
    let id = try fixture.at(.session1)
    try fixture.step("session.record", id, ["result": "adjourned"])
    try fixture.step("session.record", id, ["result": "failed"])
    for _ in 0..<2 { try fixture.step("call.record", id, ["violence_risk": true]) }
    return (fixture, id)
  }

  @Test("what was counted for one request is not counted for the next")
  func once() throws {
    let (fixture, id) = try Self.opened()
    for _ in 0..<5 { try fixture.step("call.record", id) }
    #expect(Self.requests(fixture).count == 1)
    try fixture.step("close", id, ["advice": "court"])
    // Two more failures and three more calls of the same thread.
    try fixture.hours(24)
    let again = try fixture.register(["violence_risk": true])["id"]?.stringValue ?? ""
    try fixture.lead(again, to: .session1)
    for _ in 0..<2 { try fixture.step("call.record", again) }
    try fixture.step("session.record", again, ["result": "adjourned"])
    #expect(Self.requests(fixture).count == 1)
    try fixture.step("session.record", again, ["result": "failed"])
    #expect(Self.requests(fixture).count == 2)
  }

  @Test("failures and calls of the whole thread count, not those of one dispute")
  func thread() throws {
    let fixture = try Fixture()
    let first = try fixture.at(.session1)
    try fixture.step("session.record", first, ["result": "failed"])
    try fixture.step("close", first, ["advice": "court"])
    let second = try fixture.register()["id"]?.stringValue ?? ""
    try fixture.lead(second, to: .session1)
    try fixture.step("fail", second)
    #expect(Self.requests(fixture).isEmpty)
    try fixture.step("close", second, ["advice": "court"])
    // The third call, the two failures before it, and a knife: at its registration.
    #expect(try fixture.register(["violence_risk": true])["support_requests"] == ["SR-2026-000001"])
  }

  @Test("a session that brings an agreement opens it too, where the risk is what was missing")
  func agreedAtRisk() throws {
    let fixture = try Fixture()
    let first = try fixture.at(.session1)
    try fixture.step("session.record", first, ["result": "failed"])
    try fixture.step("close", first, ["advice": "court"])
    let second = try fixture.register()["id"]?.stringValue ?? ""
    try fixture.lead(second, to: .session2)
    try fixture.step("call.record", second)
    #expect(Self.requests(fixture).isEmpty)
    let header = try fixture.step("session.record", second, ["violence_risk": true])
    #expect(header["state"] == "agreed" && header["support_requests"] == ["SR-2026-000001"])
  }

  @Test("threads that are joined by a correction of a dispute that has ended: asked for the one that goes on")
  func joined() throws {
    let fixture = try Fixture()
    let first = try fixture.at(.session1, ["violence_risk": true])
    try fixture.step("session.record", first, ["result": "adjourned"])
    try fixture.step("session.record", first, ["result": "failed"])
    try fixture.step("close", first, ["advice": "court"])
    let number: JSONValue = "110101198512120043"
    let injured: JSONValue = ["role": "injured", "name": "Zhang San", "id_number": number]
    let second = try fixture.at(.registered, ["parties": [injured, Fixture.offender]])
    for _ in 0..<2 { try fixture.step("call.record", second) }
    let person: JSONValue = .string("\(first).p1")
    try fixture.step("correct", first, ["person": person, "document": "ID card", "id_number": number])
    try fixture.store.advance(to: fixture.store.now)
    #expect(Self.requests(fixture).count == 1)
    #expect(fixture.dispute(second)?.doors.count == 1 && fixture.dispute(first)?.doors.isEmpty == true)
  }

  /// Days between the end of the first dispute and the calls about the second, and whether support is asked for.
  static let risks: [(days: Int, opens: Bool)] = [(1, true), (179, true), (181, false)]

  @Test(
    "a risk that an earlier dispute of the thread is marked with counts within the window", arguments: risks)
  func earlierRisk(_ days: Int, _ opens: Bool) throws {
    let fixture = try Fixture()
    let first = try fixture.at(.failed, ["violence_risk": true])
    try fixture.step("close", first, ["advice": "court"])
    try fixture.hours(24 * days)
    let second = try fixture.register()["id"]?.stringValue ?? ""
    #expect(fixture.dispute(second)?.risk == false)
    try fixture.lead(second, to: .session1)
    try fixture.step("session.record", second, ["result": "adjourned"])
    try fixture.step("session.record", second, ["result": "failed"])
    for _ in 0..<2 { try fixture.step("call.record", second) }
    #expect(Self.requests(fixture).count == (opens ? 1 : 0))
    let repeats = try fixture.store.call("mediation.repeats", ["from": "2026-01-01", "to": "2026-12-31"])
    #expect(repeats["items"]?.arrayValue?.first?["violence_risk"] == true)
  }

  @Test("what lies longer back than the window does not count")
  func window() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.session1)
    try fixture.step("session.record", id, ["result": "adjourned"])
    try fixture.step("session.record", id, ["result": "failed"])
    try fixture.store.advance(to: fixture.store.now.adding(hours: 24 * 180 + 1))
    for _ in 0..<3 { try fixture.step("call.record", id, ["violence_risk": true]) }
    #expect(Self.requests(fixture).isEmpty)
  }

  @Test("the numbers are configuration")
  func configuration() throws {
    let rules = Fixture.rules("mediation.door", ["failures": 1, "calls": 1, "urgency": ["immediate"]])
    let fixture = try Fixture(rules)
    let id = try fixture.at(.session1, ["violence_risk": true])
    try fixture.step("session.record", id, ["result": "adjourned"])
    #expect(Self.requests(fixture).first?["urgency"] == "immediate")
  }

  @Test("in the same transaction: what undoes the step undoes the request")
  func sameTransaction() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.session1, ["violence_risk": true])
    for _ in 0..<2 { try fixture.step("call.record", id) }
    try fixture.step("session.record", id, ["result": "adjourned"])
    #expect(throws: RPCError.self) {
      try fixture.step("session.record", id, ["result": "failed", "version": 1])
    }
    #expect(Self.requests(fixture).isEmpty)
    // The answer to the step that failed it names the request already.
    #expect(
      try fixture.step("session.record", id, ["result": "failed"], as: Self.owner)["support_requests"]
        == ["SR-2026-000001"])
  }

  @Test("an officer of elsewhere cannot ask in the station's name: the daemon does, at once")
  func elsewhere() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.session1, ["violence_risk": true])
    try fixture.step("session.record", id, ["result": "adjourned"])
    try fixture.step("session.record", id, ["result": "failed"])
    for _ in 0..<2 { try fixture.step("call.record", id, ["unit": "st-07"], as: .of("st-07")) }
    #expect(Self.requests(fixture).isEmpty)
    #expect(fixture.store.contents.deadlines["mediation|door|\(id)"]?.due == fixture.store.now)
    try fixture.store.advance(to: fixture.store.now)
    #expect(Self.requests(fixture).count == 1)
    #expect(fixture.dispute(id)?.doors.count == 1)
    // Firing again asks for nothing twice.
    let deadline = TestStore.Scheduled(due: fixture.store.now, payload: [:])
    try fixture.store.handle("mediation", "door", subject: id, deadline, late: true)
    #expect(Self.requests(fixture).count == 1)
  }

  /// The unit of a call, and what is refused.
  static let callers: [(unit: String, kind: ErrorKind?)] = [
    ("st-07", nil), ("command-centre", nil), ("coordination-desk", nil), ("no-such-unit", .notFound),
    ("zone-1", .refusedByRule), ("st-02.cases", .refusedByRule), ("logistics", .refusedByRule),
  ]

  @Test("a call is taken by a station, department or desk that is there", arguments: callers)
  func caller(_ unit: String, _ kind: ErrorKind?) throws {
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    try fixture.store.call("directory.unit.retire", ["id": "logistics", "version": 1])
    guard let kind else {
      #expect(try fixture.step("call.record", id, ["unit": .string(unit)])["calls"] == 2)
      return
    }
    let error = #expect(throws: RPCError.self) {
      try fixture.step("call.record", id, ["unit": .string(unit)])
    }
    #expect(error?.kind == kind && error?.pointer == "/unit")
    #expect(error?.rule == (kind == .notFound ? nil : "mediation.station"))
    #expect(fixture.dispute(id)?.calls == 1)
  }

  @Test("a catalogue without the scenario does not block the work: somebody is told to ask by hand")
  func inactive() throws {
    let fixture = try Fixture(scenario8: false)
    let id = try fixture.at(.session1, ["violence_risk": true])
    for _ in 0..<2 { try fixture.step("call.record", id) }
    try fixture.step("session.record", id, ["result": "adjourned"])
    #expect(try fixture.step("session.record", id, ["result": "failed"])["state"] == "failed")
    #expect(fixture.events("support").last?["refused_by"] == "support.scenario.inactive")
    #expect(fixture.dispute(id)?.doors.isEmpty == true)
  }
}
