import Mediation
import ModuleTesting
import StationKit
import Testing

@Suite("Court confirmation")
struct CourtTests {
  /// An agreement of people's mediation, signed on 2 March at 09:00.
  static func people() throws -> (Fixture, String) {
    let fixture = try Fixture()
    return (fixture, try fixture.at(.performing, ["mode": "people"]))
  }

  @Test("a people's-mediation agreement can go to court for 30 days")
  func limit() throws {
    let (fixture, id) = try Self.people()
    // 30 days from 2 March: 1 April.
    #expect(fixture.dispute(id)?.limits[.court]?.end == Fixture.instant("2026-04-02T00:00:00+08:00"))
    try fixture.set("2026-04-02T00:00:00+08:00")
    let rungs = fixture.events("escalated").filter { $0["limit"] == "court" }.map { $0["rung"]?.intValue }
    #expect(rungs == [50, 80, 100])
  }

  static let days: [(applied: String, now: String, rule: String?)] = [
    ("2026-03-01", "2026-03-10", "mediation.court.confirmation"), ("2026-03-02", "2026-03-10", nil),
    ("2026-04-01", "2026-04-01", nil), ("2026-04-01", "2026-04-20", nil),
    ("2026-04-02", "2026-04-02", "mediation.court.confirmation"),
    ("2026-03-11", "2026-03-10", "mediation.time"),
  ]

  @Test("the application is made in time, whenever it is entered", arguments: days)
  func day(_ applied: String, _ now: String, _ rule: String?) throws {
    let (fixture, id) = try Self.people()
    try fixture.set("\(now)T12:00:00+08:00")
    let params: JSONObject = ["applied_on": .string(applied)]
    if let rule {
      let error = #expect(throws: RPCError.self) { try fixture.step("court.confirm", id, params) }
      #expect(error?.rule == rule && error?.pointer == "/applied_on")
    } else {
      #expect(try fixture.step("court.confirm", id, params)["late"]?.arrayValue?.contains("court") == false)
      #expect(try fixture.get(id)["court"]?["applied_on"] == .string(applied))
    }
  }

  @Test("applied for, then decided, once")
  func outcome() throws {
    let (fixture, id) = try Self.people()
    try fixture.step("court.confirm", id)
    try fixture.step("court.confirm", id, ["outcome": "confirmed", "number": "(2026) 12"])
    let error = #expect(throws: RPCError.self) {
      try fixture.step("court.confirm", id, ["outcome": "refused"])
    }
    #expect(error?.rule == "mediation.court.confirmation" && error?.pointer == "/outcome")
    #expect(try fixture.get(id)["court"]?["outcome"] == "confirmed")
  }

  @Test("an agreement of police or judicial mediation does not", arguments: ["police", "judicial"])
  func others(_ mode: String) throws {
    let fixture = try Fixture()
    let id = try fixture.at(.performing, ["mode": .string(mode)])
    #expect(fixture.dispute(id)?.limits[.court] == nil)
    let error = #expect(throws: RPCError.self) { try fixture.step("court.confirm", id) }
    #expect(error?.rule == "mediation.court.confirmation" && error?.pointer == "/id")
  }

  @Test("the kind in which the agreement came about counts, not the one in which it is performed")
  func later() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.performing)
    try fixture.step("hand_over.propose", id, ["mode": "people", "body": "Committee"])
    let taker = Principal.of("st-03", uid: 7)
    try fixture.step("hand_over.accept", id, ["taker": "Sun"], as: taker)
    #expect(throws: RPCError.self) { try fixture.step("court.confirm", id, as: taker) }
  }

  /// When it was signed, before or at the hand-over at 11:00 from one kind to another, and which kind counts.
  static let signings: [(signed: String, from: String, to: String, mode: Mode)] = [
    ("10:59:59.999", "people", "judicial", .people), ("10:59:59.999", "police", "people", .police),
    ("11:00:00", "police", "people", .people),
  ]

  @Test("entered after a hand-over, it is of the kind that had it when it was signed", arguments: signings)
  func entered(_ signed: String, _ from: String, _ to: String, _ mode: Mode) throws {
    let fixture = try Fixture()
    let id = try fixture.at(.agreed, ["mode": .string(from)])
    try fixture.hours(2)
    try fixture.step("hand_over.propose", id, ["mode": .string(to), "body": "Committee"])
    let taker = Principal.of("st-03", uid: 7)
    try fixture.step("hand_over.accept", id, ["taker": "Sun"], as: taker)
    try fixture.hours(1)
    let at: JSONValue = .string("2026-03-02T\(signed)+08:00")
    try fixture.step("agreement.record", id, ["signed_at": at], as: taker)
    #expect(fixture.dispute(id)?.agreementMode == mode)
    #expect((fixture.dispute(id)?.limits[.court] != nil) == (mode == .people))
    #expect(try fixture.get(id)["agreement"]?["mode"] == .string(mode.rawValue))
  }

  @Test("what is performed needs no court, and raises no alarm")
  func performed() throws {
    let (fixture, id) = try Self.people()
    try fixture.step("performance.record", id)
    try fixture.set("2026-05-01T09:00:00+08:00")
    #expect(fixture.events("escalated").allSatisfy { $0["limit"] != "court" })
    #expect(try fixture.get(id)["late"]?.arrayValue?.contains("court") == false)
  }
}
