/// One step of how a term's end was found.
///
/// For programs: `code` and `fields(zone:)`. For people: `sentence(_:zone:)`.
public enum ExplanationStep: Hashable, Sendable {
  /// The rule, and the term that it sets.
  case rule(RuleRef, Term)
  /// The calendar's version.
  case calendar(version: String)
  /// The version of the service hours.
  case serviceHours(version: String)
  /// The start.
  case start(Instant)
  /// The day of the start, which does not count.
  case startDayExcluded(CivilDate)
  /// The last month has no such day; its last day, this one, takes its place.
  case clampedToMonthEnd(CivilDate)
  /// A day that does not count, or cannot be the last, and why.
  case daySkipped(CivilDate, DayKind, holiday: YearCalendar.Holiday?)
  /// The last day by count.
  case lastDay(CivilDate)
  /// The last day was moved to the next working day.
  case shifted(from: CivilDate, to: CivilDate)
  /// The last day stays, whatever day it is, because of the kind of term.
  case neverShifts(CivilDate, Term.Kind)
  /// The year has no calendar yet: Monday to Friday were taken for working days.
  case provisional(year: Int)
  /// Pauses gave back this much time.
  case paused(milliseconds: Int64)
  /// The end.
  case end(Instant)

  /// The stable code of a step.
  public var code: String {
    switch self {
    case .rule: "rule"
    case .calendar: "calendar"
    case .serviceHours: "service_hours"
    case .start: "start"
    case .startDayExcluded: "start_day_excluded"
    case .clampedToMonthEnd: "clamped_to_month_end"
    case .daySkipped: "day_skipped"
    case .lastDay: "last_day"
    case .shifted: "shifted"
    case .neverShifts: "never_shifts"
    case .provisional: "provisional"
    case .paused: "paused"
    case .end: "end"
    }
  }

  /// What the step says, as names and values: dates as `YYYY-MM-DD`, instants as RFC 3339 in the zone, terms
  /// in the form that `Term.init(_:)` reads.
  public func fields(zone: Zone) -> [(name: String, value: String)] {
    switch self {
    case .rule(let rule, let term):
      [("id", rule.id), ("version", rule.version), ("term", term.description)]
    case .calendar(let version), .serviceHours(let version):
      [("version", version)]
    case .start(let instant), .end(let instant):
      [("at", instant.rfc3339(zone: zone))]
    case .startDayExcluded(let date), .clampedToMonthEnd(let date), .lastDay(let date):
      [("date", date.description)]
    case .daySkipped(let date, let kind, let holiday):
      if let holiday {
        [("date", date.description), ("reason", kind.rawValue), ("holiday", holiday.name)]
      } else {
        [("date", date.description), ("reason", kind.rawValue)]
      }
    case .shifted(let from, let to):
      [("from", from.description), ("to", to.description)]
    case .neverShifts(let date, let kind):
      [("date", date.description), ("reason", kind.rawValue)]
    case .provisional(let year):
      [("year", String(year))]
    case .paused(let milliseconds):
      [("milliseconds", String(milliseconds))]
    }
  }
}
