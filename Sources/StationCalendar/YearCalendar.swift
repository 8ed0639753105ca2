/// One year's days off and worked days, as the State Council's yearly notice sets them.
///
/// A value that was checked when it was made: every date belongs to the year, or to the December before it
/// (a notice may give New Year's Eve off), and no date is listed twice.
public struct YearCalendar: Hashable, Sendable {
  /// A run of days off.
  public struct Holiday: Hashable, Sendable {
    /// The Chinese name, for example 春节.
    public let name: String
    /// The English name, for example Spring Festival.
    public let englishName: String
    public let first: CivilDate
    public let last: CivilDate

    public init(name: String, englishName: String, first: CivilDate, last: CivilDate) {
      self.name = name
      self.englishName = englishName
      self.first = first
      self.last = last
    }
  }

  /// Where the dates were published.
  public struct Source: Hashable, Sendable {
    /// The notice's title.
    public let title: String
    /// The notice's number, for example 国办发明电〔2025〕7号.
    public let documentNumber: String
    /// The day of the notice.
    public let published: CivilDate

    public init(title: String, documentNumber: String, published: CivilDate) {
      self.title = title
      self.documentNumber = documentNumber
      self.published = published
    }
  }

  public let year: Int
  /// Names this edition of the data, for example `2026.1`; a corrected file gets a new one.
  public let version: String
  public let source: Source
  /// Days off, weekends within a run included.
  public let holidays: [Holiday]
  /// Saturdays and Sundays that are worked, 调休上班.
  public let workedDays: [CivilDate]

  /// A checked calendar.
  ///
  /// - Throws: what is wrong with the first date that cannot be right.
  public init(
    year: Int, version: String, source: Source, holidays: [Holiday], workedDays: [CivilDate]
  ) throws(CalendarError) {
    guard (1992...2199).contains(year) else { throw .yearOutOfRange(year) }
    guard !version.isEmpty, !version.utf8.contains(UInt8(ascii: "+")) else { throw .badVersion(version) }
    var seen: Set<Int> = []
    for holiday in holidays {
      guard holiday.first <= holiday.last else {
        throw .holidayBackwards(first: holiday.first, last: holiday.last)
      }
      try YearCalendar.check(holiday.first, in: year)
      try YearCalendar.check(holiday.last, in: year)
      for number in holiday.first.dayNumber...holiday.last.dayNumber where !seen.insert(number).inserted {
        throw .dayListedTwice(CivilDate(dayNumber: number))
      }
    }
    for day in workedDays {
      try YearCalendar.check(day, in: year)
      guard day.weekday.isWeekend else { throw .workedDayOnWeekday(day) }
      guard seen.insert(day.dayNumber).inserted else { throw .dayListedTwice(day) }
    }
    self.year = year
    self.version = version
    self.source = source
    self.holidays = holidays
    self.workedDays = workedDays
  }

  private static func check(_ date: CivilDate, in year: Int) throws(CalendarError) {
    guard date.year == year || (date.year == year - 1 && date.month == 12) else {
      throw .dateOutsideYear(date, year: year)
    }
  }
}
