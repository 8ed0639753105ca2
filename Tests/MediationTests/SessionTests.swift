import Mediation
import ModuleTesting
import StationKit
import Testing

@Suite("Sessions")
struct SessionTests {
  /// When the limit of the first session ends, by when the dispute was accepted.
  static let firsts: [(accepted: String, end: String, provisional: Bool)] = [
    ("2026-03-02T00:00:00", "2026-03-06T00:00:00", false),
    ("2026-03-02T23:59:59", "2026-03-06T00:00:00", false),
    ("2026-03-03T00:00:00", "2026-03-07T00:00:00", false),
    ("2026-03-06T10:00:00", "2026-03-12T00:00:00", false),
    ("2026-03-07T10:00:00", "2026-03-12T00:00:00", false),
    ("2026-03-31T10:00:00", "2026-04-04T00:00:00", false),
    ("2026-04-01T10:00:00", "2026-04-08T00:00:00", false),
    ("2026-04-30T10:00:00", "2026-05-09T00:00:00", false),
    // 9 May and 14 February are Saturdays that are worked.
    ("2026-05-07T10:00:00", "2026-05-12T00:00:00", false),
    ("2026-02-13T10:00:00", "2026-02-26T00:00:00", false),
    // 2027 has no calendar yet.
    ("2026-12-30T10:00:00", "2027-01-05T00:00:00", true),
  ]

  @Test("the first is due within 3 working days of acceptance", arguments: firsts)
  func first(_ accepted: String, _ end: String, _ provisional: Bool) throws {
    let fixture = try Fixture(now: Fixture.instant("\(accepted)+08:00"))
    let id = try fixture.at(.eligibility)
    let limit = try #require(fixture.dispute(id)?.limits[.session1])
    #expect(limit.end == Fixture.instant("\(end)+08:00"))
    #expect(limit.provisional == provisional)
    #expect(limit.rule == RuleRef(id: "mediation.session.first", version: "1"))
  }

  static let held: [(at: String, late: Bool)] = [
    ("2026-03-05T23:59:00+08:00", false), ("2026-03-05T23:59:59.999+08:00", false),
    ("2026-03-06T00:00:00+08:00", true), ("2026-03-06T00:01:00+08:00", true),
  ]

  @Test(
    "a minute before its end it is in time; at the end it is late, marked and held all the same",
    arguments: held)
  func boundary(_ at: String, _ late: Bool) throws {
    let fixture = try Fixture()
    let id = try fixture.at(.session1)
    try fixture.set(at)
    #expect(try fixture.step("session.record", id)["late"] == (late ? ["session_1"] : []))
    #expect(fixture.dispute(id)?.state == .agreed)
  }

  @Test("a session that is entered later counts by when it was held")
  func entered() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.session1)
    try fixture.set("2026-03-09T09:00:00+08:00")
    #expect(fixture.dispute(id)?.late(at: fixture.store.now) == [.session1])
    #expect(
      try fixture.step("session.record", id, ["at": "2026-03-05T15:00:00+08:00"])["late"]?.arrayValue?
        .contains(
          "session_1") == false)
    #expect(try fixture.get(id)["sessions_held"]?.arrayValue?.first?["at"] == "2026-03-05T15:00:00.000+08:00")
  }

  static let seconds: [(first: String, end: String)] = [
    ("2026-03-02T09:00:00", "2026-03-12T00:00:00"), ("2026-04-29T09:00:00", "2026-05-13T00:00:00"),
    ("2026-09-29T09:00:00", "2026-10-15T00:00:00"),
  ]

  @Test("the second is due within 7 working days of the first", arguments: seconds)
  func second(_ first: String, _ end: String) throws {
    let fixture = try Fixture(now: Fixture.instant("\(first)+08:00"))
    let id = try fixture.at(.session2)
    let limit = try #require(fixture.dispute(id)?.limits[.session2])
    #expect(limit.end == Fixture.instant("\(end)+08:00"))
    try fixture.store.advance(to: limit.end?.adding(milliseconds: -60_000) ?? .latest)
    #expect(try fixture.get(id)["late"] == [])
    try fixture.store.advance(to: limit.end ?? .latest)
    #expect(try fixture.step("session.record", id)["late"] == ["session_2"])
  }

  @Test("a third is refused by its rule, whatever its result and the state")
  func third() throws {
    for result in SessionResult.allCases {
      let fixture = try Fixture()
      let id = try fixture.at(.session2)
      if result == .adjourned {
        let error = #expect(throws: RPCError.self) {
          try fixture.step("session.record", id, ["result": "adjourned"])
        }
        #expect(error?.rule == "mediation.session.at_most" && error?.pointer == "/result")
      }
      try fixture.step("session.record", id, ["result": "failed"])
      let error = #expect(throws: RPCError.self) {
        try fixture.step("session.record", id, ["result": .string(result.rawValue)])
      }
      #expect(error?.rule == "mediation.session.at_most" && error?.pointer == "/id")
      #expect(fixture.dispute(id)?.sessions == 2)
    }
  }

  static let times: [(at: String, pointer: String?)] = [
    ("2026-03-02T08:59:59.999+08:00", "/at"), ("2026-03-02T09:00:00+08:00", nil),
    ("2026-03-02T12:00:00+08:00", nil), ("2026-03-02T12:00:00.001+08:00", "/at"),
  ]

  @Test("a session is not before the acceptance and not in the future", arguments: times)
  func time(_ at: String, _ pointer: String?) throws {
    let fixture = try Fixture()
    let id = try fixture.at(.session1)
    try fixture.hours(3)
    guard pointer != nil else {
      try fixture.step("session.record", id, ["at": .string(at)])
      return
    }
    let error = #expect(throws: RPCError.self) { try fixture.step("session.record", id, ["at": .string(at)]) }
    #expect(error?.rule == "mediation.time" && error?.pointer == pointer)
  }

  @Test("who must be there is checked on the day of the session, not on that of its entry")
  func birthday() throws {
    // 18 on 3 March 2026.
    let young: JSONValue = ["role": "offender", "name": "Wang Wu", "birth": "2008-03-03"]
    for (day, isFine) in [("02", false), ("03", true)] {
      let fixture = try Fixture()
      let id = try fixture.people([Fixture.injured, young])
      try fixture.set("2026-03-05T09:00:00+08:00")
      let params: JSONObject = ["at": .string("2026-03-\(day)T10:00:00+08:00")]
      if isFine {
        try fixture.step("session.record", id, params)
      } else {
        let error = #expect(throws: RPCError.self) { try fixture.step("session.record", id, params) }
        #expect(error?.rule == "mediation.minor.guardian" && error?.pointer == "/attendees/1")
        #expect(fixture.store.contents.rows["mediation.session"] == nil)
      }
    }
  }

  @Test("an agreement waits for its signatures for a local time; the second session is not needed then")
  func agreed() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.agreed)
    #expect(fixture.dispute(id)?.next?.name == .agreement)
    #expect(fixture.dispute(id)?.next?.end == fixture.store.now.adding(hours: 24))
  }

  @Test("the result of an appraisal starts the 3 working days anew; before it nothing is due")
  func appraisal() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.consent)
    try fixture.hours(24)
    #expect(try fixture.step("appraisal.start", id)["next_due"] == .null)
    try fixture.set("2026-03-20T09:00:00+08:00")
    #expect(fixture.events("escalated").filter { $0["limit"] == "session_1" }.isEmpty)
    #expect(
      try fixture.step("appraisal.end", id, ["at": "2026-03-19T16:00:00+08:00"])["next_due"]
        == "2026-03-25T00:00:00.000+08:00")
  }

  @Test("the result of an appraisal that ended before the acceptance does not move the limit back")
  func earlyAppraisal() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.registered)
    try fixture.set("2026-03-03T08:00:00+08:00")
    try fixture.step("accept", id)
    try fixture.hours(2)
    try fixture.step("appraisal.start", id, ["at": "2026-03-02T10:00:00+08:00"])
    #expect(
      try fixture.step("appraisal.end", id, ["at": "2026-03-02T18:00:00+08:00"])["next_due"]
        == "2026-03-07T00:00:00.000+08:00")
    try fixture.set("2026-03-06T23:59:00+08:00")
    #expect(try fixture.get(id)["late"] == [])
  }

  @Test("an appraisal does not cure a limit that was missed before it")
  func noCure() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.session1)
    try fixture.set("2026-03-06T00:00:00+08:00")
    #expect(try fixture.step("appraisal.start", id)["late"] == ["session_1"])
    #expect(try fixture.step("appraisal.end", id)["late"] == ["session_1"])
    #expect(try fixture.step("session.record", id)["late"] == ["session_1"])
  }

  @Test("an end that has passed never moves, also if an appraisal before it is told after it")
  func noLaterCure() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.session1)
    try fixture.set("2026-03-09T09:00:00+08:00")
    let start = try fixture.step("appraisal.start", id, ["at": "2026-03-03T09:00:00+08:00"])
    #expect(start["late"] == ["session_1"])
    let end = try fixture.step("appraisal.end", id, ["at": "2026-03-08T09:00:00+08:00"])
    #expect(end["late"] == ["session_1"])
    #expect(fixture.dispute(id)?.limits[.session1]?.end == Fixture.instant("2026-03-06T00:00:00+08:00"))
  }

  @Test("an appraisal that is told later, before the end, holds the limit all the same")
  func toldInTime() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.session1)
    try fixture.set("2026-03-05T23:59:00+08:00")
    let start = try fixture.step("appraisal.start", id, ["at": "2026-03-03T09:00:00+08:00"])
    #expect(start["late"] == [] && start["next_due"] == .null)
  }

  @Test("one appraisal at a time, in order")
  func oneAppraisal() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.eligibility)
    let none = #expect(throws: RPCError.self) { try fixture.step("appraisal.end", id) }
    #expect(none?.rule == "mediation.appraisal")
    try fixture.step("appraisal.start", id)
    let twice = #expect(throws: RPCError.self) { try fixture.step("appraisal.start", id) }
    #expect(twice?.rule == "mediation.appraisal")
    try fixture.hours(5)
    try fixture.step("appraisal.end", id)
    let overlap = #expect(throws: RPCError.self) {
      try fixture.step("appraisal.start", id, ["at": "2026-03-02T10:00:00+08:00"])
    }
    #expect(overlap?.rule == "mediation.time" && overlap?.pointer == "/at")
  }
}
