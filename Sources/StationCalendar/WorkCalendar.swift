/// The working days of a set of years.
///
/// A year without data counts Monday to Friday as working days; terms that relied on such a year are
/// provisional. A year's notice may also set days of the December before it; where two years speak of one
/// day, the later year's word counts, because its notice is the later one.
public struct WorkCalendar: Hashable, Sendable {
  /// The years with data, in order.
  public let years: [YearCalendar]
  /// The versions of all years in order, joined by `+`, for example `2025.1+2026.1`; `weekends` without data.
  public let version: String

  /// One byte a day from `firstDay` on: a kind, and whether the year has data.
  private let days: [UInt8]
  private let firstDay: Int

  /// A calendar without any year: Monday to Friday.
  public static let weekendsOnly = WorkCalendar()

  private init() {
    years = []
    version = "weekends"
    days = []
    firstDay = 0
  }

  /// The working days of these years, in any order.
  ///
  /// - Throws: ``CalendarError/duplicateYear(_:)``.
  public init(years: [YearCalendar]) throws(CalendarError) {
    let sorted = years.sorted { $0.year < $1.year }
    guard let first = sorted.first, let last = sorted.last else {
      self = .weekendsOnly
      return
    }
    // The December before the first year may hold days of its notice.
    let firstDay = CivilMath.dayNumber(first.year - 1, 12, 1)
    let endDay = CivilMath.dayNumber(last.year + 1, 1, 1)
    var days = (firstDay..<endDay).map { WorkCalendar.byWeekday($0).rawValue }
    var previous: Int?
    for calendar in sorted {
      guard calendar.year != previous else { throw .duplicateYear(calendar.year) }
      previous = calendar.year
      let january = CivilMath.dayNumber(calendar.year, 1, 1)
      for day in january..<CivilMath.dayNumber(calendar.year + 1, 1, 1) {
        days[day - firstDay] |= Entry.covered
      }
    }
    for calendar in sorted {
      for holiday in calendar.holidays {
        for day in holiday.first.dayNumber...holiday.last.dayNumber {
          days[day - firstDay] = days[day - firstDay] & Entry.covered | Entry.holiday.rawValue
        }
      }
      for worked in calendar.workedDays {
        let index = worked.dayNumber - firstDay
        days[index] = days[index] & Entry.covered | Entry.worked.rawValue
      }
    }
    self.years = sorted
    self.version = sorted.map(\.version).joined(separator: "+")
    self.days = days
    self.firstDay = firstDay
  }

  /// The same calendar with one year added, or replaced by another edition.
  public func replacing(_ year: YearCalendar) throws(CalendarError) -> WorkCalendar {
    try WorkCalendar(years: years.filter { $0.year != year.year } + [year])
  }

  /// Whether there is data for a year.
  public func covers(_ year: Int) -> Bool {
    years.contains { $0.year == year }
  }

  public func isWorkingDay(_ date: CivilDate) -> Bool {
    kind(of: date).isWorking
  }

  public func kind(of date: CivilDate) -> DayKind {
    entry(date.dayNumber).kind
  }

  /// The holiday that a day is part of, if it is one.
  public func holiday(on date: CivilDate) -> YearCalendar.Holiday? {
    guard kind(of: date) == .holiday else { return nil }
    for calendar in years.reversed() where calendar.year == date.year || calendar.year == date.year + 1 {
      for holiday in calendar.holidays where holiday.first <= date && date <= holiday.last {
        return holiday
      }
    }
    return nil
  }

  /// What is known of a day, in one byte.
  struct Entry {
    let rawValue: UInt8

    static let working = Entry(rawValue: 0)
    static let worked = Entry(rawValue: 1)
    static let weekend = Entry(rawValue: 2)
    static let holiday = Entry(rawValue: 3)
    static let covered: UInt8 = 0x80

    /// Working days are the two kinds below this bit.
    var isWorking: Bool { rawValue & 2 == 0 }
    var isCovered: Bool { rawValue & Entry.covered != 0 }
    var kind: DayKind {
      switch rawValue & 3 {
      case 0: .working
      case 1: .worked
      case 2: .weekend
      default: .holiday
      }
    }
  }

  func entry(_ dayNumber: Int) -> Entry {
    let index = dayNumber - firstDay
    guard index >= 0, index < days.count else { return WorkCalendar.byWeekday(dayNumber) }
    return Entry(rawValue: days[index])
  }

  private static func byWeekday(_ dayNumber: Int) -> Entry {
    CivilMath.weekdayIndex(dayNumber) >= 5 ? .weekend : .working
  }
}
