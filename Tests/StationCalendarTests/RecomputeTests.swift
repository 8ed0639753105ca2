import StationCalendar
import Testing

@Suite("LegalClock.recompute")
struct RecomputeTests {
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
      ("10d", "2026-12-22", "2027-01-06", "moved"), ("10d", "2026-12-26", "2027-01-06", "moved"),
      ("20d", "2026-12-31", "2027-01-20", "confirmed"), ("2wd", "2026-12-30", "2027-01-06", "moved"),
      ("10d", "2026-12-31", "2027-01-10", "moved"), ("10d", "2026-12-30", "2027-01-10", "moved"),
    ])
  func arrival(_ term: String, _ start: String, _ last: String, _ outcome: String) throws {
    let before = try end(try #require(Term(term)), start + " 09:00")
    #expect(before.provisional)
    let after = try LegalClock.recompute(before, with: with2027(), now: at(start + " 10:00"))
    #expect(after.outcome.rawValue == outcome)
    #expect(after.term.lastDay == (try day(last)))
    #expect(after.previousEnd == before.end)
    #expect(!after.term.provisional)
    #expect(after.term.calendarVersion == "2025.1+2026.1+2027.test")
    #expect(after.term.rule == before.rule && after.term.start == before.start)
    let again = try LegalClock.recompute(after.term, with: .weekendsOnly, now: at(start + " 10:00"))
    #expect(again.outcome == .final && again.term == after.term)
  }

  @Test("a term that has ended never moves, and a millisecond earlier it does")
  func ended() throws {
    let before = try end(.calendarDays(10), "2026-12-25 09:00")
    #expect(before.end == (try at("2027-01-05 00:00")))
    let late = try LegalClock.recompute(before, with: with2027(), now: before.end)
    #expect(late.outcome == .ended && late.term == before)
    let now = before.end.adding(milliseconds: -1)
    #expect(try LegalClock.recompute(before, with: with2027(), now: now).outcome == .moved)
  }

  @Test("editing a calendar moves no term that is not provisional")
  func edited() throws {
    let before = try end(.calendarDays(10), "2026-11-10 09:00")
    let edited = try Fixtures.make(
      2026, "2026.2", "n", "2025-11-04", [("x", "x", "11-20", "11-22")], worked: [])
    let calendar = try Fixtures.calendar().replacing(edited)
    let after = try LegalClock.recompute(before, with: calendar, now: at("2026-11-11 09:00"))
    #expect(after.outcome == .final && after.term == before)
    let anew = try LegalClock(calendar: calendar).end(
      of: before.term, from: before.start, rule: Fixtures.rule)
    #expect(anew.lastDay == (try day("2026-11-23")))
  }

  @Test("while the year is still missing a term stays provisional")
  func stillMissing() throws {
    let before = try end(.years(2), "2026-11-22 09:00")
    let after = try LegalClock.recompute(before, with: with2027(), now: at("2026-12-01 09:00"))
    #expect(after.outcome == .confirmed && after.term.provisional)
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

  @Test("says when the new end is already past")
  func movedIntoPast() throws {
    let before = try end(.workingDays(8), "2026-12-31 09:00")
    #expect(before.lastDay == (try day("2027-01-12")))
    let year = try Fixtures.make(2027, "w", "n", "2026-11-30", [], worked: ["01-09", "01-10"])
    let now = try at("2027-01-11 09:00")
    let after = try LegalClock.recompute(before, with: Fixtures.calendar().replacing(year), now: now)
    #expect(after.term.lastDay == (try day("2027-01-10")))
    #expect(after.movedIntoPast(now: now))
    #expect(!after.movedIntoPast(now: try at("2027-01-10 09:00")))
  }

  @Test("keeps the service hours and the pauses of the term")
  func workingTime() throws {
    var pauses = PauseLedger()
    try pauses.pause(at: at("2026-12-31 10:00"), reason: "info")
    try pauses.resume(at: at("2026-12-31 11:00"))
    let before = try #require(
      try Fixtures.clock().due(
        of: .workingMinutes(390), from: at("2026-12-31 09:00"), rule: Fixtures.rule,
        serviceHours: Fixtures.hours(), pauses: pauses))
    #expect(before.end == (try at("2027-01-01 09:00")))
    #expect(before.provisional)
    let after = try LegalClock.recompute(before, with: with2027(), now: at("2026-12-31 12:00"))
    #expect(after.term.end == (try at("2027-01-06 09:00")))
    #expect(after.outcome == .moved)
  }
}
