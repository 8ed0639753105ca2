/// A unit's opening times, in local time, within which its limits in working time run.
///
/// The clock runs only within these times, and only on working days. A Saturday or Sunday that the yearly
/// notice makes a working day has opening times of its own, since the notice does not say which weekday it
/// stands for.
public struct ServiceHours: Hashable, Sendable {
  /// One opening time in minutes after midnight, from the first up to but without the second.
  public struct Window: Hashable, Sendable {
    public let opens: Int
    public let closes: Int

    /// An opening time, for example 510 to 720 for 08:30 to 12:00; 1440 is midnight at the end of the day.
    public init(opens: Int, closes: Int) {
      self.opens = opens
      self.closes = closes
    }
  }

  /// Names this edition of the configuration.
  public let version: String
  /// Monday to Friday, in order.
  public let weekdays: [[Window]]
  /// A Saturday or Sunday that is worked.
  public let workedWeekend: [Window]

  /// Opening times for Monday to Friday, and for worked Saturdays and Sundays.
  ///
  /// - Throws: ``CalendarError/badOpeningTimes`` unless there are five weekdays whose times are in order and
  ///   apart; ``CalendarError/neverOpen`` if no weekday has any.
  public init(version: String, weekdays: [[Window]], workedWeekend: [Window]) throws(CalendarError) {
    guard weekdays.count == 5 else { throw .badOpeningTimes }
    for windows in weekdays + [workedWeekend] {
      var previous = 0
      for window in windows {
        guard window.opens >= previous, window.opens < window.closes, window.closes <= 1440 else {
          throw .badOpeningTimes
        }
        previous = window.closes
      }
    }
    guard weekdays.contains(where: { !$0.isEmpty }) else { throw .neverOpen }
    self.version = version
    self.weekdays = weekdays
    self.workedWeekend = workedWeekend
  }

  /// The same opening times on every working day.
  public init(version: String, everyWorkingDay windows: [Window]) throws(CalendarError) {
    try self.init(
      version: version, weekdays: Array(repeating: windows, count: 5), workedWeekend: windows)
  }

  /// The opening times of a day, none if it is not a working day.
  public func windows(on date: CivilDate, calendar: WorkCalendar) -> [Window] {
    windows(day: date.dayNumber, entry: calendar.entry(date.dayNumber))
  }

  func windows(day: Int, entry: WorkCalendar.Entry) -> [Window] {
    guard entry.isWorking else { return [] }
    let index = CivilMath.weekdayIndex(day)
    return index < 5 ? weekdays[index] : workedWeekend
  }
}
