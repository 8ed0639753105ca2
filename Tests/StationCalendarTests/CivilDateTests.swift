import StationCalendar
import Testing

@Suite("CivilDate")
struct CivilDateTests {
  @Test("every day from year 1 to 9999 follows the one before it")
  func everyDay() throws {
    var (year, month, day) = (1, 1, 1)
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var expected = -719_162
    var weekday = 1
    while year <= 9999 {
      let date = CivilDate(dayNumber: expected)
      guard date.year == year, date.month == month, date.day == day, date.dayNumber == expected,
        date.weekday.rawValue == weekday
      else {
        Issue.record("\(year)-\(month)-\(day) is day \(expected), a \(weekday), but got \(date)")
        return
      }
      expected += 1
      weekday = weekday == 7 ? 1 : weekday + 1
      day += 1
      let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      if day > lengths[month - 1] + (month == 2 && leap ? 1 : 0) { (month, day) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
    }
    #expect(expected == 2_932_897)
  }

  @Test(
    "six months from 31 August, and other month ends, clamp to the month's end",
    arguments: [
      ("2023-08-31", 6, "2024-02-29"), ("2025-08-31", 6, "2026-02-28"), ("2027-08-31", 6, "2028-02-29"),
      ("2099-08-31", 6, "2100-02-28"), ("2026-01-31", 1, "2026-02-28"), ("2026-01-31", 2, "2026-03-31"),
      ("2026-01-31", 3, "2026-04-30"), ("2026-03-31", 1, "2026-04-30"), ("2026-05-31", 1, "2026-06-30"),
      ("2026-08-31", 1, "2026-09-30"), ("2026-10-31", 1, "2026-11-30"), ("2026-12-31", 2, "2027-02-28"),
      ("2024-02-29", 12, "2025-02-28"), ("2024-02-29", 48, "2028-02-29"), ("2026-02-28", 1, "2026-03-28"),
      ("2026-11-30", 3, "2027-02-28"), ("2026-12-15", 1, "2027-01-15"), ("2026-01-15", -1, "2025-12-15"),
      ("2026-03-31", -1, "2026-02-28"), ("0001-01-01", -1, "0001-01-01"), ("9999-12-01", 1, "9999-12-31"),
    ])
  func months(_ start: String, _ count: Int, _ end: String) throws {
    #expect(try day(start).adding(months: count) == day(end))
  }

  @Test("arithmetic stops at the bounds")
  func saturates() throws {
    let date = try day("2026-11-22")
    #expect(date.adding(days: .max).description == "9999-12-31")
    #expect(date.adding(days: .min).description == "0001-01-01")
    #expect(date.adding(months: .max).description == "9999-12-31")
    #expect(date.adding(months: .min).description == "0001-01-01")
    #expect(date.adding(days: 9) == (try day("2026-12-01")))
  }

  @Test(
    "refuses what is no date",
    arguments: [
      "", "2026-1-1", "2026-02-29", "2100-02-29", "2026-04-31", "2026-06-31", "2026-09-31", "2026-11-31",
      "2026-13-01", "2026-00-01", "2026-01-32", "2026-01-00", "0000-01-01", "2026/01/01", "2026-01-01 ",
      "02026-01-1", "20260101", "２02-01-01",
    ])
  func refuses(_ text: String) {
    #expect(CivilDate(text) == nil)
  }

  @Test("knows month lengths", arguments: [(2024, 29), (2028, 29), (2100, 28), (2000, 29), (2026, 28)])
  func february(_ year: Int, _ length: Int) {
    #expect(CivilDate.daysInMonth(year: year, month: 2) == length)
    #expect(CivilDate.daysInMonth(year: year, month: 13) == nil)
    #expect(CivilDate(year: year, month: 2, day: length + 1) == nil)
  }

  @Test("a day begins at midnight and ends at 24:00 of the zone")
  func bounds() throws {
    let date = try day("2026-01-31")
    #expect(date.start(in: .shanghai).rfc3339() == "2026-01-31T00:00:00.000+08:00")
    #expect(date.end(in: .shanghai).rfc3339() == "2026-02-01T00:00:00.000+08:00")
    #expect(date.end(in: .shanghai).adding(milliseconds: -1).date(in: .shanghai) == date)
    #expect(date < date.adding(days: 1))
    #expect(!(date < date))
  }
}
