import StationCalendar
import Testing

@Suite("ServiceHours")
struct ServiceHoursTests {
  @Test(
    "working minutes run only within service hours",
    arguments: [
      (60, "2026-11-20 09:00", "2026-11-20 10:00"), (60, "2026-11-20 11:30", "2026-11-20 14:30"),
      (1, "2026-11-20 11:59", "2026-11-20 12:00"), (2, "2026-11-20 11:59", "2026-11-20 14:01"),
      (1, "2026-11-20 12:00", "2026-11-20 14:01"), (1, "2026-11-20 13:59", "2026-11-20 14:01"),
      (1, "2026-11-20 14:00", "2026-11-20 14:01"), (1, "2026-11-20 08:29", "2026-11-20 08:31"),
      (1, "2026-11-20 08:30", "2026-11-20 08:31"), (1, "2026-11-20 17:59", "2026-11-20 18:00"),
      (1, "2026-11-20 18:00", "2026-11-23 08:31"), (120, "2026-11-20 17:00", "2026-11-23 09:30"),
      (30, "2026-11-21 10:00", "2026-11-23 09:00"), (450, "2026-11-20 00:00", "2026-11-20 18:00"),
      (451, "2026-11-20 00:00", "2026-11-23 08:31"), (60, "2026-09-30 17:30", "2026-10-08 09:00"),
      (60, "2026-10-09 17:30", "2026-10-10 09:00"), (60, "2026-02-14 17:30", "2026-02-24 09:00"),
      (30, "2026-09-19 12:00", "2026-09-20 09:00"), (900, "2025-10-11 08:30", "2025-10-13 18:00"),
      (30, "2026-02-18 09:00", "2026-02-24 09:00"), (30, "2025-12-31 18:00", "2026-01-04 09:00"),
      (1, "2026-11-20 11:59:30", "2026-11-20 14:00:30"),
    ])
  func limits(_ minutes: Int, _ start: String, _ end: String) throws {
    let clock = try Fixtures.clock()
    let full = start.utf8.count > 16 && end.utf8.count == 16 ? end + ":00" : end
    let computed = try clock.end(
      of: .workingMinutes(minutes), from: at(start), rule: Fixtures.rule, serviceHours: Fixtures.hours())
    #expect(computed.end == (try at(full)))
    #expect(!computed.provisional)
    #expect(
      try clock.workingMilliseconds(from: at(start), to: computed.end, serviceHours: Fixtures.hours())
        == Int64(minutes) * 60_000)
  }

  @Test("a limit that runs into a year without a calendar is provisional")
  func provisional() throws {
    let computed = try Fixtures.clock().end(
      of: .workingMinutes(60), from: at("2026-12-31 17:30"), rule: Fixtures.rule,
      serviceHours: Fixtures.hours())
    #expect(computed.end == (try at("2027-01-01 09:00")))
    #expect(computed.provisional)
  }

  @Test("weekdays and worked weekends have times of their own")
  func ownTimes() throws {
    let window = ServiceHours.Window(opens: 540, closes: 600)
    let hours = try ServiceHours(
      version: "h2", weekdays: [[window], [], [], [], [.init(opens: 0, closes: 1440)]],
      workedWeekend: [.init(opens: 600, closes: 720)])
    let calendar = try Fixtures.calendar()
    #expect(hours.windows(on: try day("2026-11-23"), calendar: calendar) == [window])
    #expect(hours.windows(on: try day("2026-11-24"), calendar: calendar) == [])
    #expect(hours.windows(on: try day("2026-11-22"), calendar: calendar) == [])
    #expect(hours.windows(on: try day("2026-10-02"), calendar: calendar) == [])
    #expect(hours.windows(on: try day("2026-10-10"), calendar: calendar) == [.init(opens: 600, closes: 720)])
    let clock = try Fixtures.clock()
    // Friday runs through to midnight, and Saturday, 10 October is worked from 10:00.
    let computed = try clock.end(
      of: .workingMinutes(61), from: at("2026-10-09 23:00"), rule: Fixtures.rule, serviceHours: hours)
    #expect(computed.end == (try at("2026-10-10 10:01")))
  }

  @Test("refuses opening times that overlap, run backwards or leave the day")
  func refuses() {
    let bad: [[(Int, Int)]] = [
      [(540, 540)], [(600, 540)], [(-1, 60)], [(540, 1441)], [(540, 720), (700, 800)],
      [(840, 1080), (510, 720)], [(Int.min, Int.max)],
    ]
    for windows in bad {
      #expect(throws: CalendarError.badOpeningTimes) {
        try ServiceHours(version: "x", everyWorkingDay: windows.map { .init(opens: $0.0, closes: $0.1) })
      }
    }
    #expect(throws: CalendarError.neverOpen) { try ServiceHours(version: "x", everyWorkingDay: []) }
    #expect(throws: CalendarError.badOpeningTimes) {
      try ServiceHours(version: "x", weekdays: [[.init(opens: 1, closes: 2)]], workedWeekend: [])
    }
  }

  @Test("a limit needs service hours, and gives up when they never add up")
  func missing() throws {
    let clock = try Fixtures.clock()
    let start = try at("2026-11-20 09:00")
    #expect(throws: CalendarError.serviceHoursMissing) {
      try clock.end(of: .workingMinutes(1), from: start, rule: Fixtures.rule)
    }
    let hours = try ServiceHours(
      version: "x", weekdays: [[.init(opens: 0, closes: 1)], [], [], [], []], workedWeekend: [])
    #expect(throws: CalendarError.termOutOfRange) {
      try clock.end(of: .workingMinutes(6_000), from: start, rule: Fixtures.rule, serviceHours: hours)
    }
  }
}
