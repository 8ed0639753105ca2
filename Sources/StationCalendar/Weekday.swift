/// A day of the week, numbered as in ISO 8601: Monday is 1.
public enum Weekday: Int, Hashable, Sendable, CaseIterable {
  case monday = 1
  case tuesday, wednesday, thursday, friday, saturday, sunday

  /// Saturday or Sunday.
  public var isWeekend: Bool { rawValue >= 6 }

  /// The weekday of a day number (days since 1970-01-01, which was a Thursday).
  init(dayNumber: Int) {
    self = Weekday.allCases[CivilMath.weekdayIndex(dayNumber)]
  }
}
