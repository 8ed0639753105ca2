/// Why calendar data, a term or a pause cannot be used.
public enum CalendarError: Error, Hashable, Sendable {
  /// A year outside 1992 to 2199, the years this clock is meant for.
  case yearOutOfRange(Int)
  /// Two calendars for one year.
  case duplicateYear(Int)
  /// A calendar without a version, or with one that holds a `+` (which joins versions).
  case badVersion(String)
  /// A date that is neither in the calendar's year nor in the December before it.
  case dateOutsideYear(CivilDate, year: Int)
  /// A holiday whose last day is before its first.
  case holidayBackwards(first: CivilDate, last: CivilDate)
  /// A day that two holidays claim, or that is both off and worked, or listed twice.
  case dayListedTwice(CivilDate)
  /// A worked day that falls on Monday to Friday, where it would change nothing.
  case workedDayOnWeekday(CivilDate)
  /// A term of less than one unit.
  case termNotPositive
  /// A term, or its start, beyond what is computed: see ``Term/isWithinBounds``.
  case termOutOfRange
  /// A limit in working time without service hours.
  case serviceHoursMissing
  /// A pausable limit that is not in minutes, hours or working minutes.
  case pauseNeedsTimeOfDay
  /// Opening times that overlap, are out of order, are empty or leave the day.
  case badOpeningTimes
  /// A week without a single opening time: no working time would ever pass.
  case neverOpen
  /// A pause inside a pause.
  case alreadyPaused
  /// A resumption without a pause.
  case notPaused
  /// A pause before the end of the one before it, or one that ends before it begins.
  case pauseOutOfOrder
}

extension CalendarError: CustomStringConvertible {
  /// What is wrong and what was expected, for a message.
  public var description: String {
    switch self {
    case .yearOutOfRange(let year): "the year must be from 1992 to 2199, not \(year)"
    case .duplicateYear(let year): "the year \(year) is there twice"
    case .badVersion(let version): "the version must be a text without '+', not '\(version)'"
    case .dateOutsideYear(let date, let year):
      "\(date) must be a day of \(year), or of the December before it"
    case .holidayBackwards(let first, let last):
      "a holiday's last day, \(last), is before its first, \(first)"
    case .dayListedTwice(let date): "\(date) is listed twice"
    case .workedDayOnWeekday(let date): "a worked day must be a Saturday or a Sunday; \(date) is not"
    case .termNotPositive: "a term must be at least one unit long"
    case .termOutOfRange: "the term, or its start, is beyond what is computed"
    case .serviceHoursMissing: "a limit in working time needs service hours"
    case .pauseNeedsTimeOfDay: "only a limit in minutes, hours or working minutes gives pauses back"
    case .badOpeningTimes: "opening times must be in order, apart, not empty, and within the day"
    case .neverOpen: "a week needs at least one opening time"
    case .alreadyPaused: "the clock stands still already"
    case .notPaused: "the clock does not stand still"
    case .pauseOutOfOrder: "a pause must end after it begins, and begin after the one before it"
    }
  }
}
