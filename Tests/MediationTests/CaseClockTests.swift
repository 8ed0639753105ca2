import Mediation
import ModuleTesting
import StationKit
import Testing

@Suite("Case clock")
struct CaseClockTests {
  static let ends: [(failed: String, end: String, provisional: Bool)] = [
    ("2026-03-02T00:00:00", "2026-04-02T00:00:00", false),
    ("2026-03-02T23:59:59", "2026-04-02T00:00:00", false),
    // 4 April is a holiday, as are 5 and 6.
    ("2026-03-05T09:00:00", "2026-04-08T00:00:00", false),
    // 28 February is a Saturday that is worked; 1 March is a Sunday.
    ("2026-01-29T09:00:00", "2026-03-01T00:00:00", false),
    ("2026-01-30T09:00:00", "2026-03-03T00:00:00", false),
    // 30 January 2027 is a Saturday of a year without a calendar.
    ("2026-12-31T09:00:00", "2027-02-02T00:00:00", true),
  ]

  @Test("30 days from the day of the failure, ending on a working day", arguments: ends)
  func end(_ failed: String, _ end: String, _ provisional: Bool) throws {
    let fixture = try Fixture(now: Fixture.instant("\(failed)+08:00"))
    let limit = try #require(fixture.dispute(try fixture.at(.failed))?.limits[.caseClock])
    #expect(limit.end == Fixture.instant("\(end)+08:00"))
    #expect(limit.provisional == provisional)
  }

  @Test("the day of the failure counts, not that of its entry")
  func entered() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.session1)
    try fixture.set("2026-03-09T09:00:00+08:00")
    try fixture.step("fail", id, ["at": "2026-03-04T09:00:00+08:00"])
    // 30 days from 4 March: 3 April.
    #expect(fixture.dispute(id)?.limits[.caseClock]?.end == Fixture.instant("2026-04-04T00:00:00+08:00"))
  }

  static let closes: [(at: String, late: Bool)] = [
    ("2026-04-01T23:59:00+08:00", false), ("2026-04-02T00:00:00+08:00", true),
    ("2026-04-02T00:01:00+08:00", true),
  ]

  @Test(
    "a minute before its end it is in time, from its end on it is late, and never blocks", arguments: closes)
  func boundary(_ at: String, _ late: Bool) throws {
    let fixture = try Fixture()
    let id = try fixture.at(.failed)
    try fixture.set(at)
    let header = try fixture.step("close", id, ["advice": "case"])
    #expect(header["state"] == "advised" && header["late"] == (late ? ["case"] : []))
  }

  /// An appraisal of a dispute that fails on 2 March at 09:00, and when the clock ends.
  static let appraisals: [(from: String, to: String, days: Int, end: String)] = [
    ("2026-03-05T10:00:00", "2026-03-15T10:00:00", 10, "2026-04-14T00:00:00"),
    ("2026-03-05T10:00:00", "2026-03-05T18:00:00", 0, "2026-04-02T00:00:00"),
    ("2026-03-05T23:59:59", "2026-03-06T00:00:00", 1, "2026-04-03T00:00:00"),
    ("2026-03-02T09:00:00", "2026-03-04T09:00:00", 2, "2026-04-04T00:00:00"),
  ]

  @Test("the days of an appraisal do not count", arguments: appraisals)
  func appraisal(_ from: String, _ to: String, _ days: Int, _ end: String) throws {
    let fixture = try Fixture()
    let id = try fixture.at(.failed)
    try fixture.set("\(from)+08:00")
    #expect(try fixture.step("appraisal.start", id)["next_due"] == .null)
    try fixture.set("\(to)+08:00")
    #expect(try fixture.step("appraisal.end", id)["next_due"]?.stringValue?.prefix(19) == end.prefix(19))
    #expect(fixture.dispute(id)?.limits[.caseClock]?.pausedDays == days)
    let explained = try fixture.store.call("mediation.explain", ["id": .string(id)])
    let limit = explained["limits"]?.arrayValue?.last
    #expect(limit?["paused_days"] == .int(days) && limit?["steps_apply"] == true)
    #expect((limit?["steps"]?.arrayValue?.last?["code"] == "appraisal_days") == (days > 0))
  }

  @Test("while an appraisal is under way no rung fires, and a clock that starts then stands still")
  func paused() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.session1)
    try fixture.step("appraisal.start", id)
    #expect(try fixture.step("fail", id)["next_due"] == .null)
    try fixture.set("2026-05-20T09:00:00+08:00")
    #expect(fixture.events("escalated").isEmpty)
    // Of 2 March to 20 May, 79 days are of appraisal: 30 more from 20 May end on 19 June, a holiday.
    #expect(try fixture.step("appraisal.end", id)["next_due"] == "2026-06-23T00:00:00.000+08:00")
  }

  @Test("an appraisal after the end does not move it")
  func after() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.failed)
    try fixture.set("2026-04-02T00:00:00+08:00")
    for method in ["appraisal.start", "appraisal.end"] {
      #expect(try fixture.step(method, id)["late"] == ["case"])
    }
    #expect(fixture.dispute(id)?.limits[.caseClock]?.end == Fixture.instant("2026-04-02T00:00:00+08:00"))
  }

  @Test("an appraisal that is told after the end of the clock does not move it, whenever it began")
  func toldAfter() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.failed)
    try fixture.set("2026-04-02T00:00:00+08:00")
    let start = try fixture.step("appraisal.start", id, ["at": "2026-03-20T09:00:00+08:00"])
    #expect(start["late"] == ["case"])
    #expect(try fixture.step("appraisal.end", id)["late"] == ["case"])
    #expect(fixture.dispute(id)?.limits[.caseClock]?.end == Fixture.instant("2026-04-02T00:00:00+08:00"))
  }

  @Test("30 days more with a higher approval: 60 days from the same start")
  func extended() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.failed)
    try fixture.step("extend.request", id)
    let waiting = #expect(throws: RPCError.self) { try fixture.step("extend", id) }
    #expect(waiting?.kind == .approvalRequired && waiting?.pointer == "/id")
    #expect(waiting?.rule == "mediation.case.extension")
    // The clock runs on while nobody has decided.
    #expect(fixture.dispute(id)?.next?.end == Fixture.instant("2026-04-02T00:00:00+08:00"))
    try fixture.approve(id)
    let header = try fixture.step("extend", id)
    // 60 days from 2 March: 1 May, a holiday until the 5th.
    #expect(header["next_limit"] == "case_extended" && header["next_due"] == "2026-05-07T00:00:00.000+08:00")
    let again = #expect(throws: RPCError.self) { try fixture.step("extend.request", id) }
    #expect(again?.rule == "mediation.case.extension" && again?.pointer == "/id")
  }

  @Test("days of appraisal do not count in the extended clock either")
  func extendedAppraisal() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.failed)
    try fixture.set("2026-03-05T10:00:00+08:00")
    try fixture.step("appraisal.start", id)
    try fixture.step("extend.request", id)
    try fixture.approve(id)
    #expect(try fixture.step("extend", id)["next_due"] == .null)
    try fixture.set("2026-03-09T10:00:00+08:00")
    // 64 days from 2 March: 5 May, a holiday; 6 May is worked.
    #expect(try fixture.step("appraisal.end", id)["next_due"] == "2026-05-07T00:00:00.000+08:00")
    #expect(fixture.dispute(id)?.limits[.caseExtended]?.pausedDays == 4)
  }

  @Test("nobody approves their own request, and a rejected one extends nothing")
  func approval() throws {
    let fixture = try Fixture()
    let id = try fixture.at(.failed)
    try fixture.step("extend.request", id)
    let approval = fixture.dispute(id)?.extensions.last?.approval ?? ""
    let own = #expect(throws: RPCError.self) {
      try fixture.store.call("approval.approve", ["id": .string(approval), "version": 1])
    }
    #expect(own?.rule == "approval.second_person")
    let leader = Principal(uid: 9, gid: 9, roles: [], unit: nil, scope: .all)
    #expect(
      try fixture.store.call("approval.get", ["id": .string(approval)], as: leader)["payload"]?["days"] == 30)
    try fixture.store.call("approval.reject", ["id": .string(approval), "version": 1], as: leader)
    let error = #expect(throws: RPCError.self) { try fixture.step("extend", id) }
    #expect(error?.kind == .approvalRequired)
    // Asked again and approved, it is.
    try fixture.step("extend.request", id)
    try fixture.approve(id)
    try fixture.step("extend", id)
  }

  static let requests: [(at: String, isFine: Bool)] = [
    ("2026-04-01T23:59:00+08:00", true), ("2026-04-02T00:00:00+08:00", false),
  ]

  @Test("a clock that has run out is not extended", arguments: requests)
  func inTime(_ at: String, _ isFine: Bool) throws {
    let fixture = try Fixture()
    let id = try fixture.at(.failed)
    try fixture.set(at)
    if isFine {
      try fixture.step("extend.request", id)
      try fixture.approve(id)
      try fixture.set("2026-04-02T00:00:00+08:00")
      let error = #expect(throws: RPCError.self) { try fixture.step("extend", id) }
      #expect(error?.rule == "mediation.case.extension")
    } else {
      let error = #expect(throws: RPCError.self) { try fixture.step("extend.request", id) }
      #expect(error?.rule == "mediation.case.extension" && error?.pointer == "/id")
    }
  }

  @Test("what failed, or was never open, ends with an advice")
  func advice() throws {
    for state in [State.failed, .ineligible] {
      let fixture = try Fixture()
      let id = try fixture.at(state)
      let error = #expect(throws: RPCError.self) { try fixture.step("close", id) }
      #expect(error?.rule == "mediation.close.advice" && error?.pointer == "/advice")
      #expect(try fixture.step("close", id, ["advice": "court"])["advice"] == "court")
    }
  }
}
