import StationCalendar
import Testing

@Suite("LegalClock")
struct LegalClockTests {
  private func end(_ term: Term, _ start: String) throws -> ComputedTerm {
    try Fixtures.clock().end(of: term, from: at(start), rule: Fixtures.rule)
  }

  @Test(
    "hours and minutes run from the instant, whatever the day",
    arguments: [
      ("48h/coercive", "2026-02-14 09:30:15.250", "2026-02-16 09:30:15.250"),
      ("48h", "2026-09-30 23:59", "2026-10-02 23:59"),
      ("24h", "2026-02-28 10:20", "2026-03-01 10:20"),
      ("24h", "2024-02-28 10:20", "2024-02-29 10:20"),
      ("1h", "2026-12-31 23:30", "2027-01-01 00:30"),
      ("30min", "2026-05-01 23:45", "2026-05-02 00:15"),
      ("1min", "2026-02-28 23:59", "2026-03-01 00:00"),
      ("720h", "2026-11-22 08:00", "2026-12-22 08:00"),
    ])
  func hours(_ term: String, _ start: String, _ expected: String) throws {
    let computed = try end(try #require(Term(term)), start)
    let full = expected.utf8.count > 16 ? expected : expected + ":00"
    #expect(computed.end == (try at(full)))
    #expect(!computed.provisional)
    #expect(computed.lastDay == nil)
    #expect(!computed.hasEnded(at: computed.end.adding(milliseconds: -1)))
    #expect(computed.hasEnded(at: computed.end))
  }

  @Test(
    "ten days that end on a day off end on the next working day",
    arguments: [
      ("2024-12-22", "2025-01-02"), ("2025-01-18", "2025-02-05"), ("2025-01-25", "2025-02-05"),
      ("2025-01-15", "2025-01-26"), ("2025-01-16", "2025-01-26"), ("2025-01-17", "2025-01-27"),
      ("2025-01-29", "2025-02-08"), ("2025-01-30", "2025-02-10"), ("2025-03-25", "2025-04-07"),
      ("2025-03-27", "2025-04-07"), ("2025-04-16", "2025-04-27"), ("2025-04-17", "2025-04-27"),
      ("2025-04-21", "2025-05-06"), ("2025-04-25", "2025-05-06"), ("2025-05-21", "2025-06-03"),
      ("2025-05-23", "2025-06-03"), ("2025-09-17", "2025-09-28"), ("2025-09-18", "2025-09-28"),
      ("2025-09-21", "2025-10-09"), ("2025-09-28", "2025-10-09"), ("2025-10-01", "2025-10-11"),
      ("2025-10-02", "2025-10-13"), ("2025-12-22", "2026-01-04"), ("2025-12-24", "2026-01-04"),
      ("2025-12-25", "2026-01-04"), ("2026-02-04", "2026-02-14"), ("2026-02-05", "2026-02-24"),
      ("2026-02-13", "2026-02-24"), ("2026-02-18", "2026-02-28"), ("2026-02-19", "2026-03-02"),
      ("2026-03-25", "2026-04-07"), ("2026-03-27", "2026-04-07"), ("2026-04-21", "2026-05-06"),
      ("2026-04-25", "2026-05-06"), ("2026-04-29", "2026-05-09"), ("2026-04-30", "2026-05-11"),
      ("2026-06-09", "2026-06-22"), ("2026-06-11", "2026-06-22"), ("2026-09-09", "2026-09-20"),
      ("2026-09-10", "2026-09-20"), ("2026-09-15", "2026-09-28"), ("2026-09-17", "2026-09-28"),
      ("2026-09-21", "2026-10-08"), ("2026-09-27", "2026-10-08"), ("2026-09-30", "2026-10-10"),
      ("2026-10-01", "2026-10-12"), ("2026-11-10", "2026-11-20"), ("2026-11-11", "2026-11-23"),
    ])
  func tenDays(_ start: String, _ last: String) throws {
    let computed = try end(.calendarDays(10), start + " 09:00")
    #expect(computed.lastDay == (try day(last)))
    #expect(computed.end == (try day(last)).end(in: .shanghai))
    #expect(!computed.provisional)
    for kind in [Term.Kind.custody, .coercive] {
      let fixed = try end(.calendarDays(10, kind: kind), start + " 09:00")
      #expect(fixed.lastDay == (try day(start)).adding(days: 10))
    }
  }

  @Test(
    "working days skip weekends and holidays, and count worked weekends",
    arguments: [
      ("2026-02-13", 1, "2026-02-14"), ("2026-02-13", 3, "2026-02-25"), ("2026-02-18", 1, "2026-02-24"),
      ("2025-01-24", 3, "2025-02-05"), ("2025-02-05", 3, "2025-02-08"), ("2025-02-05", 4, "2025-02-10"),
      ("2025-04-25", 3, "2025-04-29"), ("2025-04-30", 1, "2025-05-06"), ("2025-09-26", 3, "2025-09-30"),
      ("2025-09-26", 4, "2025-10-09"), ("2025-09-26", 6, "2025-10-11"), ("2025-09-26", 7, "2025-10-13"),
      ("2025-12-31", 1, "2026-01-04"), ("2025-12-31", 2, "2026-01-05"), ("2026-05-08", 1, "2026-05-09"),
      ("2026-05-08", 2, "2026-05-11"), ("2026-06-18", 1, "2026-06-22"), ("2026-09-18", 1, "2026-09-20"),
      ("2026-09-24", 7, "2026-10-12"), ("2026-11-20", 3, "2026-11-25"), ("2026-11-21", 1, "2026-11-23"),
      ("2026-12-30", 1, "2026-12-31"),
    ])
  func workingDays(_ start: String, _ count: Int, _ last: String) throws {
    let computed = try end(.workingDays(count), start + " 23:59")
    #expect(computed.lastDay == (try day(last)))
    #expect(computed.end == (try day(last)).end(in: .shanghai))
    #expect(!computed.provisional)
  }

  @Test(
    "months and years clamp to the month's end, and then shift unless they never do",
    arguments: [
      ("6mo", "2025-08-31", "2026-02-28"), ("6mo/coercive", "2026-08-31", "2027-02-28"),
      ("6mo/coercive", "2027-08-31", "2028-02-29"), ("6mo/coercive", "2099-08-31", "2100-02-28"),
      ("6mo/coercive", "2026-08-29", "2027-02-28"), ("6mo/coercive", "2026-08-28", "2027-02-28"),
      ("6mo/coercive", "2026-08-27", "2027-02-27"), ("6mo/coercive", "2026-04-01", "2026-10-01"),
      ("6mo", "2026-04-01", "2026-10-08"), ("1mo", "2025-07-31", "2025-09-01"),
      ("1mo/custody", "2025-07-31", "2025-08-31"), ("1mo", "2026-01-31", "2026-02-28"),
      ("1mo", "2026-03-31", "2026-04-30"), ("1mo", "2026-05-31", "2026-06-30"),
      ("1mo", "2026-10-31", "2026-11-30"), ("2mo", "2025-12-31", "2026-02-28"),
      ("3mo", "2026-06-30", "2026-09-30"), ("1mo", "2026-01-15", "2026-02-24"),
      ("1y", "2024-02-29", "2025-02-28"), ("1y/coercive", "2027-02-28", "2028-02-28"),
      ("2y/coercive", "2026-02-28", "2028-02-28"), ("1y", "2025-10-01", "2026-10-08"),
      ("4y/coercive", "2024-02-29", "2028-02-29"), ("1y/coercive", "2028-02-29", "2029-02-28"),
    ])
  func months(_ term: String, _ start: String, _ last: String) throws {
    let computed = try end(try #require(Term(term)), start + " 12:00")
    #expect(computed.lastDay == (try day(last)))
    #expect(!computed.provisional)
  }

  @Test("the minute before midnight belongs to the day, midnight to the next")
  func midnight() throws {
    let first = try end(.workingDays(3), "2026-11-17 00:00")
    #expect(first.end.rfc3339() == "2026-11-21T00:00:00.000+08:00")
    #expect(try end(.workingDays(3), "2026-11-17 23:59").end == first.end)
    #expect(try end(.workingDays(3), "2026-11-17 23:59:59.999").end == first.end)
    #expect(try end(.workingDays(3), "2026-11-18 00:00").end == (try at("2026-11-24 00:00")))
    #expect(!first.hasEnded(at: try at("2026-11-20 23:59:59.999")))
    #expect(first.hasEnded(at: try at("2026-11-21 00:00")))
  }

  @Test("the day is the zone's day")
  func zone() throws {
    let start = try at("2026-11-18 07:59")
    let utc = LegalClock(calendar: try Fixtures.calendar(), zone: .utc)
    let computed = try utc.end(of: .calendarDays(1), from: start, rule: Fixtures.rule)
    #expect(computed.end.rfc3339(zone: .utc) == "2026-11-19T00:00:00.000Z")
    #expect(try end(.calendarDays(1), "2026-11-18 07:59").end == (try at("2026-11-20 00:00")))
  }

  @Test("refuses terms out of bounds", arguments: [0, -1, Int.min])
  func tooShort(_ count: Int) throws {
    for term in [Term.hours(count), .minutes(count), .months(count), .workingMinutes(count), .years(count)] {
      #expect(throws: CalendarError.termNotPositive) { try end(term, "2026-11-18 08:00") }
    }
  }

  @Test("computes the longest terms and refuses longer ones")
  func tooLong() throws {
    let longest: [Term] = [
      .minutes(52_596_000), .hours(876_600), .calendarDays(36_525), .workingDays(6_250), .months(1_200),
      .years(100),
    ]
    for term in longest { #expect(try end(term, "2026-11-18 08:00").end > at("2050-01-01 00:00")) }
    let longer: [Term] = [
      .minutes(52_596_001), .hours(876_601), .calendarDays(36_526), .workingDays(6_251), .months(1_201),
      .years(101), .hours(.max), .years(.max), .workingMinutes(.max),
    ]
    for term in longer {
      #expect(throws: CalendarError.termOutOfRange) { try end(term, "2026-11-18 08:00") }
    }
    let clock = try Fixtures.clock()
    #expect(throws: CalendarError.termOutOfRange) {
      try clock.end(of: .years(100), from: .latest, rule: Fixtures.rule)
    }
    #expect(try clock.end(of: .years(100), from: .earliest, rule: Fixtures.rule).end > .earliest)
  }
}
