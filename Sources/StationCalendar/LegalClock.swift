/// Finds the end of terms.
///
/// Every end is half open: a term has ended when now >= end. A term in days is over when its last day is, at
/// 24:00 local time, which is 00:00 of the day after. The day of the start does not count, and neither does
/// the instant of the start: a term of 48 hours is over 48 hours later to the millisecond.
///
/// Holidays move the end of an ordinary term in days, months or years to the next working day, but never the
/// end of a term of custody or of a coercive measure (Criminal Procedure Law, article 105), nor one in hours
/// or minutes.
public struct LegalClock: Hashable, Sendable {
  public let calendar: WorkCalendar
  public let zone: Zone

  public init(calendar: WorkCalendar, zone: Zone = .shanghai) {
    self.calendar = calendar
    self.zone = zone
  }

  /// The end of a term.
  ///
  /// - Parameter serviceHours: needed for a term in working minutes, not used for others.
  /// - Throws: ``CalendarError/termNotPositive``, ``CalendarError/termOutOfRange``,
  ///   ``CalendarError/serviceHoursMissing``.
  public func end(
    of term: Term, from start: Instant, rule: RuleRef, serviceHours: ServiceHours? = nil
  ) throws(CalendarError) -> ComputedTerm {
    try compute(term, from: start, rule: rule, serviceHours: serviceHours, pauses: PauseLedger())
  }

  /// The end of a limit whose clock can be paused; nil while it is.
  ///
  /// The whole of every pause since the start is given back, in working time for a limit in working minutes.
  ///
  /// - Parameter term: in minutes, hours or working minutes.
  /// - Throws: as ``end(of:from:rule:serviceHours:)``, and ``CalendarError/pauseNeedsTimeOfDay``.
  public func due(
    of term: Term, from start: Instant, rule: RuleRef, serviceHours: ServiceHours? = nil,
    pauses: PauseLedger
  ) throws(CalendarError) -> ComputedTerm? {
    switch term.length {
    case .minutes, .hours, .workingMinutes: break
    case .calendarDays, .workingDays, .months, .years: throw .pauseNeedsTimeOfDay
    }
    guard !pauses.isPaused else { return nil }
    return try compute(term, from: start, rule: rule, serviceHours: serviceHours, pauses: pauses)
  }

  /// Milliseconds of service hours from one instant to another; 0 if the second is not later.
  public func workingMilliseconds(from start: Instant, to end: Instant, serviceHours: ServiceHours) -> Int64 {
    var trail = ClockTrail(calendar: calendar)
    return worked(from: start, to: end, in: serviceHours, &trail)
  }

  func compute(
    _ term: Term, from start: Instant, rule: RuleRef, serviceHours: ServiceHours?, pauses: PauseLedger
  ) throws(CalendarError) -> ComputedTerm {
    try term.check()
    guard start < LegalClock.latestStart else { throw .termOutOfRange }
    var trail = ClockTrail(calendar: calendar)
    trail.note(.rule(rule, term))
    trail.note(.calendar(version: calendar.version))
    var usedHours: ServiceHours?
    let end: Instant
    var lastDay: CivilDate?
    switch term.length {
    case .minutes(let count):
      trail.note(.start(start))
      end = running(Int64(count) * 60_000, from: start, pauses, &trail)
    case .hours(let count):
      trail.note(.start(start))
      end = running(Int64(count) * 3_600_000, from: start, pauses, &trail)
    case .workingMinutes(let count):
      guard let serviceHours else { throw .serviceHoursMissing }
      usedHours = serviceHours
      trail.note(.serviceHours(version: serviceHours.version))
      trail.note(.start(start))
      end = try working(Int64(count) * 60_000, from: start, in: serviceHours, pauses, &trail)
    case .calendarDays, .workingDays, .months, .years:
      trail.note(.start(start))
      let last = CivilDate(dayNumber: self.lastDay(of: term, from: start, &trail))
      lastDay = last
      end = last.end(in: zone)
    }
    return ComputedTerm(
      rule: rule, term: term, start: start, zone: zone, serviceHours: usedHours, pauses: pauses, end: end,
      lastDay: lastDay, provisional: trail.isProvisional, calendarVersion: calendar.version,
      explanation: trail.finish(end))
  }

  /// Keeps the longest term from running into the end of the calendar.
  private static let latestStart = Instant(milliseconds: 247_000_000_000_000)

  private func running(
    _ limit: Int64, from start: Instant, _ pauses: PauseLedger, _ trail: inout ClockTrail
  ) -> Instant {
    let paused = pauses.totalPaused(since: start)
    if paused > 0 { trail.note(.paused(milliseconds: paused)) }
    return start.adding(milliseconds: limit).adding(milliseconds: paused)
  }
}
