import KeyPerson
import ModuleTesting
import StationKit
import Testing

@Suite("Visits")
struct VisitTests {
  static func agree(
    _ fixture: Fixture, _ id: String, _ more: JSONObject = [:]
  ) throws -> JSONValue {
    var params: JSONObject = [
      "id": .string(id), "first_due": "2026-03-09T10:00:00+08:00",
      "consent": ["by": "person", "document": "agreement 12", "date": "2026-03-02"],
    ]
    for (key, value) in more { params[key] = value }
    return try fixture.call("visit.agree", params)
  }

  @Test("visits need a consent, by the person or by a guardian whom the record knows")
  func consent() throws {
    let fixture = try Fixture()
    let id = try fixture.enter(.resettlementSupport)
    for (more, pointer) in [
      (["consent": ["by": "person", "document": "x", "date": "2026-03-03"]], "/consent/date"),
      (["consent": ["by": "guardian", "document": "x", "date": "2026-03-01"]], "/consent/by"),
    ] as [(JSONObject, String)] {
      let error = #expect(throws: RPCError.self) { try Self.agree(fixture, id, more) }
      #expect(error?.rule == "keyperson.visit.consent" && error?.pointer == pointer)
    }
    let smuggled = #expect(throws: RPCError.self) {
      try Self.agree(
        fixture, id, ["consent": ["by": "person", "document": "30.274100 120.155100", "date": "2026-03-01"]])
    }
    #expect(smuggled?.rule == "keyperson.text" && smuggled?.pointer == "/consent/document")
    _ = try Self.agree(fixture, id)
    let missing = try fixture.enter(.missingVulnerablePerson)
    let error = #expect(throws: RPCError.self) { try Self.agree(fixture, missing) }
    #expect(error?.rule == "keyperson.visit.consent" && error?.pointer == "/id")
  }

  @Test("a visit is recorded by what came of it; to decline has no consequence")
  func visits() throws {
    let fixture = try Fixture()
    let id = try fixture.enter(.resettlementSupport)
    let first = try Self.agree(fixture, id, ["every_days": 30])
    try fixture.advance("2026-03-09T11:00:00+08:00")
    let wrong = #expect(throws: RPCError.self) {
      try fixture.call("duty.record", ["task": first["task"] ?? .null])
    }
    #expect(wrong?.rule == "keyperson.duty.kind")
    let long = #expect(throws: RPCError.self) {
      try fixture.call(
        "visit.record",
        ["task": first["task"] ?? .null, "outcome": "met", "at": "1990-01-01T00:00:00+08:00"])
    }
    #expect(long?.rule == "keyperson.duty.time" && long?.pointer == "/at")
    try fixture.call("visit.record", ["task": first["task"] ?? .null, "outcome": "declined"])
    #expect(fixture.events("duty_missed").isEmpty)
    #expect(fixture.tasks(id, .visit).count == 1)
    // Agreement taken back: the visits end, also while a review is overdue.
    try fixture.advance("2026-03-31T00:00:00+08:00")
    try fixture.call("visit.withdraw", ["duty": first["duty"] ?? .null])
    #expect(fixture.tasks(id, .visit).isEmpty)
    try fixture.advance("2026-05-31T00:00:00+08:00")
    #expect(fixture.events("duty_missed").isEmpty)
  }

  @Test("an agreed visit that does not happen is an event after its grace")
  func missedVisit() throws {
    let fixture = try Fixture()
    let id = try fixture.enter(.protectionOrder)
    _ = try Self.agree(fixture, id, ["grace_hours": 48])
    try fixture.advance("2026-03-11T09:59:59.999+08:00")
    #expect(fixture.events("duty_missed").isEmpty)
    try fixture.advance("2026-03-11T10:00:00+08:00")
    #expect(fixture.events("duty_missed").map { $0["kind"] } == ["visit"])
  }
}
