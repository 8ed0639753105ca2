import StationCalendar
import Testing

@Suite("YearCalendar")
struct YearCalendarTests {
  private func make(
    year: Int = 2026, version: String = "1", _ holidays: [(String, String)] = [], worked: [String] = []
  ) throws -> YearCalendar {
    try YearCalendar(
      year: year, version: version, source: Fixtures.year2026().source,
      holidays: holidays.map {
        .init(name: "h", englishName: "h", first: try day($0.0), last: try day($0.1))
      },
      workedDays: worked.map { try day($0) })
  }

  @Test("refuses a holiday that ends before it begins")
  func backwards() throws {
    let error = CalendarError.holidayBackwards(first: try day("2026-05-05"), last: try day("2026-05-01"))
    #expect(throws: error) { try make([("2026-05-05", "2026-05-01")]) }
  }

  @Test(
    "refuses a date of another year",
    arguments: [("2025-11-30", "2026-01-01", "2025-11-30"), ("2026-12-31", "2027-01-01", "2027-01-01")])
  func otherYear(_ first: String, _ last: String, _ wrong: String) throws {
    let error = CalendarError.dateOutsideYear(try day(wrong), year: 2026)
    #expect(throws: error) { try make([(first, last)]) }
    #expect(throws: CalendarError.dateOutsideYear(try day("2027-01-02"), year: 2026)) {
      try make(worked: ["2027-01-02"])
    }
  }

  @Test("refuses a day listed twice")
  func twice() throws {
    let saturday = CalendarError.dayListedTwice(try day("2026-05-02"))
    #expect(throws: saturday) { try make([("2026-05-01", "2026-05-02"), ("2026-05-02", "2026-05-03")]) }
    #expect(throws: saturday) { try make([("2026-05-01", "2026-05-05")], worked: ["2026-05-02"]) }
    #expect(throws: saturday) { try make(worked: ["2026-05-02", "2026-05-02"]) }
  }

  @Test("refuses a worked day on a weekday")
  func weekday() throws {
    #expect(throws: CalendarError.workedDayOnWeekday(try day("2026-05-04"))) {
      try make(worked: ["2026-05-04"])
    }
  }

  @Test("says what is wrong in words, with the dates")
  func words() throws {
    let first = try day("2026-05-05")
    let last = try day("2026-05-01")
    #expect(
      CalendarError.holidayBackwards(first: first, last: last).description
        == "a holiday's last day, 2026-05-01, is before its first, 2026-05-05")
    #expect(CalendarError.duplicateYear(2027).description == "the year 2027 is there twice")
    #expect(
      CalendarError.dateOutsideYear(first, year: 2027).description.hasPrefix(
        "2026-05-05 must be a day of 2027"))
  }

  @Test("refuses a year out of range and a bad version")
  func header() throws {
    #expect(throws: CalendarError.yearOutOfRange(1991)) { try make(year: 1991) }
    #expect(throws: CalendarError.yearOutOfRange(2200)) { try make(year: 2200) }
    #expect(throws: CalendarError.badVersion("")) { try make(version: "") }
    #expect(throws: CalendarError.badVersion("1+2")) { try make(version: "1+2") }
  }
}
