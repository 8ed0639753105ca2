/// What the legal clock looked at on its way to an end.
struct ClockTrail {
  let calendar: WorkCalendar
  private(set) var steps: [ExplanationStep] = []
  private var uncoveredYears: [Int] = []

  init(calendar: WorkCalendar) {
    self.calendar = calendar
    steps.reserveCapacity(12)
  }

  /// Whether a day counted whose year has no calendar.
  var isProvisional: Bool { !uncoveredYears.isEmpty }

  mutating func note(_ step: ExplanationStep) {
    steps.append(step)
  }

  /// Asks the calendar about a day; the end depends on the answer, so a year without data is remembered.
  mutating func entry(_ day: Int) -> WorkCalendar.Entry {
    let entry = calendar.entry(day)
    if !entry.isCovered { remember(CivilMath.civil(day).year) }
    return entry
  }

  /// Asks whether a day is a working day, and notes it as skipped if it is not.
  mutating func isWorking(_ day: Int) -> Bool {
    let entry = entry(day)
    if entry.isWorking { return true }
    let date = CivilDate(dayNumber: day)
    steps.append(.daySkipped(date, entry.kind, holiday: calendar.holiday(on: date)))
    return false
  }

  private mutating func remember(_ year: Int) {
    // Days are asked in order nearly always, so the year is the last one or new.
    guard uncoveredYears.last != year, !uncoveredYears.contains(year) else { return }
    uncoveredYears.append(year)
  }

  /// Notes the years without data and the end, and gives all steps.
  mutating func finish(_ end: Instant) -> [ExplanationStep] {
    for year in uncoveredYears.sorted() { steps.append(.provisional(year: year)) }
    steps.append(.end(end))
    return steps
  }
}
