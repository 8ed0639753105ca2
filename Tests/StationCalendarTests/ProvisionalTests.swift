import StationCalendar
import Testing

@Suite("ends that rely on a year without a calendar")
struct ProvisionalTests {
  private func end(_ term: Term, _ start: String) throws -> ComputedTerm {
    try Fixtures.clock().end(of: term, from: at(start), rule: Fixtures.rule)
  }

  private func with2027() throws -> WorkCalendar { try Fixtures.calendar().replacing(Fixtures.year2027()) }

  @Test(
    "a term is provisional only if its end relied on a year without a calendar",
    arguments: [
      ("10d", "2026-12-20", "2026-12-30", false), ("10d", "2026-12-21", "2026-12-31", false),
      ("10d", "2026-12-22", "2027-01-01", true), ("10d", "2026-12-23", "2027-01-04", true),
      ("10d/custody", "2026-12-23", "2027-01-02", false), ("10d/coercive", "2026-12-23", "2027-01-02", false),
      ("48h", "2026-12-31", nil, false), ("1wd", "2026-12-30", "2026-12-31", false),
      ("2wd", "2026-12-30", "2027-01-01", true), ("6mo", "2026-11-22", "2027-05-24", true),
      ("1y", "2026-11-22", "2027-11-22", true), ("1mo", "2024-06-03", "2024-07-03", true),
      ("1y", "2024-06-03", "2025-06-03", false),
    ] as [(String, String, String?, Bool)])
  func provisional(_ term: String, _ start: String, _ last: String?, _ provisional: Bool) throws {
    let computed = try end(try #require(Term(term)), start + " 09:00")
    #expect(computed.provisional == provisional)
    #expect(computed.lastDay?.description == last)
    let years = computed.explanation.filter { $0.code == "provisional" }
    #expect(years.isEmpty == !provisional)
  }

  @Test(
    "the calendar of 2027 moves or confirms what was provisional",
    arguments: [
      ("10d", "2026-12-22", "2027-01-06", true), ("10d", "2026-12-26", "2027-01-06", true),
      ("20d", "2026-12-31", "2027-01-20", false), ("2wd", "2026-12-30", "2027-01-06", true),
      ("10d", "2026-12-31", "2027-01-10", true), ("10d", "2026-12-30", "2027-01-10", true),
    ])
  func arrival(_ term: String, _ start: String, _ last: String, _ moved: Bool) throws {
    let before = try end(try #require(Term(term)), start + " 09:00")
    #expect(before.provisional)
    let after = try LegalClock(calendar: with2027()).end(
      of: before.term, from: before.start, rule: before.rule)
    #expect((after.end != before.end) == moved)
    #expect(after.lastDay == (try day(last)))
    #expect(!after.provisional)
    #expect(after.calendarVersion == "2025.1+2026.1+2027.test")
  }

  @Test("while the year is still missing a term stays provisional")
  func stillMissing() throws {
    let before = try end(.years(2), "2026-11-22 09:00")
    let after = try LegalClock(calendar: with2027()).end(
      of: before.term, from: before.start, rule: before.rule)
    #expect(after.end == before.end && after.provisional)
  }

  @Test("a day off of a year without a calendar makes a term provisional, even if it ends in a year with one")
  func skippedDayCounts() throws {
    // 30 December 2028 is a Saturday, and 1 January 2029 is worked by this calendar.
    let calendar = try WorkCalendar(years: [Fixtures.make(2029, "w", "n", "2028-11-30", [], worked: [])])
    let computed = try LegalClock(calendar: calendar).end(
      of: .calendarDays(10), from: at("2028-12-20 09:00"), rule: Fixtures.rule)
    #expect(computed.lastDay == (try day("2029-01-01")))
    #expect(computed.provisional)
  }

  @Test("so do working minutes, with service hours and a pause")
  func workingTime() throws {
    var pauses = PauseLedger()
    try pauses.pause(at: at("2026-12-31 10:00"), reason: "info")
    try pauses.resume(at: at("2026-12-31 11:00"))
    func due(_ calendar: WorkCalendar) throws -> ComputedTerm {
      try #require(
        try LegalClock(calendar: calendar).due(
          of: .workingMinutes(390), from: at("2026-12-31 09:00"), rule: Fixtures.rule,
          serviceHours: Fixtures.hours(), pauses: pauses))
    }
    let before = try due(Fixtures.calendar())
    #expect(before.end == (try at("2027-01-01 09:00")))
    #expect(before.provisional)
    let after = try due(with2027())
    #expect(after.end == (try at("2027-01-06 09:00")))
    #expect(!after.provisional)
  }
}
