import StationCalendar
import Testing

/// The calendars of 2025 and 2026 as the notices print them, and an invented one of 2027.
enum Fixtures {
  static func calendar() throws -> WorkCalendar { try WorkCalendar(years: [year2025(), year2026()]) }

  static func clock() throws -> LegalClock { LegalClock(calendar: try calendar()) }

  static let rule = RuleRef(id: "test.term", version: "1")

  static func year2025(version: String = "2025.1") throws -> YearCalendar {
    try make(
      2025, version, "国办发明电〔2024〕12号", "2024-11-12",
      [
        ("元旦", "New Year", "01-01", "01-01"), ("春节", "Spring Festival", "01-28", "02-04"),
        ("清明节", "Qingming Festival", "04-04", "04-06"), ("劳动节", "Labour Day", "05-01", "05-05"),
        ("端午节", "Dragon Boat Festival", "05-31", "06-02"),
        ("国庆节、中秋节", "National Day and Mid-Autumn Festival", "10-01", "10-08"),
      ], worked: ["01-26", "02-08", "04-27", "09-28", "10-11"])
  }

  static func year2026(version: String = "2026.1") throws -> YearCalendar {
    try make(
      2026, version, "国办发明电〔2025〕7号", "2025-11-04",
      [
        ("元旦", "New Year", "01-01", "01-03"), ("春节", "Spring Festival", "02-15", "02-23"),
        ("清明节", "Qingming Festival", "04-04", "04-06"), ("劳动节", "Labour Day", "05-01", "05-05"),
        ("端午节", "Dragon Boat Festival", "06-19", "06-21"),
        ("中秋节", "Mid-Autumn Festival", "09-25", "09-27"),
        ("国庆节", "National Day", "10-01", "10-07"),
      ], worked: ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"])
  }

  /// Invented: no notice for 2027 is known here. It gives the first week off, and works its Sunday.
  static func year2027(version: String = "2027.test") throws -> YearCalendar {
    try make(
      2027, version, "invented", "2026-11-30", [("元旦", "New Year", "01-01", "01-05")], worked: ["01-10"])
  }

  static func make(
    _ year: Int, _ version: String, _ number: String, _ published: String,
    _ holidays: [(String, String, String, String)], worked: [String]
  ) throws -> YearCalendar {
    try YearCalendar(
      year: year, version: version,
      source: .init(title: "关于\(year)年部分节假日安排的通知", documentNumber: number, published: day(published)),
      holidays: holidays.map {
        try .init(name: $0.0, englishName: $0.1, first: day("\(year)-\($0.2)"), last: day("\(year)-\($0.3)"))
      },
      workedDays: worked.map { try day("\(year)-\($0)") })
  }

  /// 08:30 to 12:00 and 14:00 to 18:00.
  static func hours() throws -> ServiceHours {
    try ServiceHours(
      version: "h1", everyWorkingDay: [.init(opens: 510, closes: 720), .init(opens: 840, closes: 1080)])
  }
}

func day(_ text: String) throws -> CivilDate { try #require(CivilDate(text), "\(text) is no date") }

/// An instant from local Shanghai time, `2026-01-31 09:00` or with seconds and milliseconds.
func at(_ text: String) throws -> Instant {
  let full = text.utf8.count == 16 ? text + ":00" : text
  let stamp = full.map { $0 == " " ? "T" : String($0) }.joined() + "+08:00"
  return try #require(Instant(rfc3339: stamp), "\(text) is no instant")
}

/// A generator that gives the same numbers on every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
