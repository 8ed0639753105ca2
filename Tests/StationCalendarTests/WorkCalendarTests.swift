import StationCalendar
import Testing

@Suite("WorkCalendar")
struct WorkCalendarTests {
  @Test(
    "follows the notices of 2025 and 2026",
    arguments: [
      ("2025-01-01", "holiday"), ("2025-01-02", "working"), ("2025-01-25", "weekend"),
      ("2025-01-26", "make_up_working"), ("2025-01-27", "working"), ("2025-01-28", "holiday"),
      ("2025-02-04", "holiday"), ("2025-02-05", "working"), ("2025-02-08", "make_up_working"),
      ("2025-02-09", "weekend"), ("2025-04-27", "make_up_working"), ("2025-09-28", "make_up_working"),
      ("2025-10-08", "holiday"), ("2025-10-11", "make_up_working"), ("2026-01-03", "holiday"),
      ("2026-01-04", "make_up_working"), ("2026-02-14", "make_up_working"), ("2026-02-15", "holiday"),
      ("2026-02-23", "holiday"), ("2026-02-28", "make_up_working"), ("2026-05-09", "make_up_working"),
      ("2026-09-20", "make_up_working"), ("2026-10-10", "make_up_working"), ("2026-10-11", "weekend"),
      ("2026-12-31", "working"), ("2027-01-01", "working"), ("2027-01-02", "weekend"),
      ("2024-10-01", "working"), ("2024-12-01", "weekend"), ("1900-01-01", "working"),
    ])
  func kinds(_ text: String, _ kind: String) throws {
    let calendar = try Fixtures.calendar()
    #expect(calendar.kind(of: try day(text)).rawValue == kind)
    #expect(calendar.isWorkingDay(try day(text)) == kind.hasSuffix("working"))
  }

  @Test("every year has as many working days as its notice leaves", arguments: [(2025, 248), (2026, 248)])
  func counts(_ year: Int, _ expected: Int) throws {
    let calendar = try Fixtures.calendar()
    let first = try #require(CivilDate(year: year, month: 1, day: 1))
    var count = 0
    var date = first
    while date.year == year {
      if calendar.isWorkingDay(date) { count += 1 }
      date = date.adding(days: 1)
    }
    #expect(count == expected)
  }

  @Test("says which years it covers, and its version")
  func version() throws {
    let calendar = try Fixtures.calendar()
    #expect(calendar.version == "2025.1+2026.1")
    #expect(calendar.covers(2025) && calendar.covers(2026))
    #expect(!calendar.covers(2024) && !calendar.covers(2027))
    #expect(WorkCalendar.weekendsOnly.version == "weekends")
    #expect(try WorkCalendar(years: []) == .weekendsOnly)
    let edited = try calendar.replacing(Fixtures.year2026(version: "2026.2"))
    #expect(edited.version == "2025.1+2026.2")
    #expect(try edited.replacing(Fixtures.year2027()).version == "2025.1+2026.2+2027.test")
  }

  @Test("a gap between years counts weekends alone")
  func gap() throws {
    let calendar = try WorkCalendar(years: [Fixtures.year2027(), Fixtures.year2025()])
    #expect(!calendar.covers(2026))
    #expect(calendar.isWorkingDay(try day("2026-10-01")))
    #expect(!calendar.isWorkingDay(try day("2026-10-10")))
    #expect(!calendar.isWorkingDay(try day("2027-01-01")))
    #expect(!calendar.isWorkingDay(try day("2025-10-01")))
  }

  @Test("a notice can set days of the December before it, and the later notice wins")
  func december() throws {
    let eve = try YearCalendar(
      year: 2027, version: "2027.eve", source: Fixtures.year2027().source,
      holidays: [
        .init(name: "元旦", englishName: "New Year", first: day("2026-12-31"), last: day("2027-01-02"))
      ],
      workedDays: [day("2026-12-27")])
    let calendar = try Fixtures.calendar().replacing(eve)
    #expect(!calendar.isWorkingDay(try day("2026-12-31")))
    #expect(calendar.isWorkingDay(try day("2026-12-27")))
    #expect(calendar.holiday(on: try day("2026-12-31"))?.englishName == "New Year")
    let alone = try WorkCalendar(years: [eve])
    #expect(!alone.isWorkingDay(try day("2026-12-31")))
    #expect(!alone.covers(2026))
  }

  @Test("names the holiday of a day off")
  func holidays() throws {
    let calendar = try Fixtures.calendar()
    #expect(calendar.holiday(on: try day("2026-02-22"))?.name == "春节")
    #expect(calendar.holiday(on: try day("2026-02-24")) == nil)
    #expect(calendar.holiday(on: try day("2026-11-22")) == nil)
  }

  @Test("refuses two calendars for one year")
  func duplicate() throws {
    let years = [try Fixtures.year2026(), try Fixtures.year2026(version: "2026.2")]
    #expect(throws: CalendarError.duplicateYear(2026)) { try WorkCalendar(years: years) }
  }
}
