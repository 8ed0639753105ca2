extension LegalClock {
  /// The number of the last day of a term in days, months or years, shifted if it has to be.
  func lastDay(of term: Term, from start: Instant, _ trail: inout ClockTrail) -> Int {
    let first = start.localDay(in: zone).number
    trail.note(.startDayExcluded(CivilDate(dayNumber: first)))
    var last = first
    switch term.length {
    case .workingDays(var left):
      // Its last day is a working day, so there is nothing to shift.
      while left > 0 {
        last += 1
        if trail.isWorking(last) { left -= 1 }
      }
      trail.note(.lastDay(CivilDate(dayNumber: last)))
      return last
    case .months(let count):
      last = monthsLater(count, first, &trail)
    case .years(let count):
      last = monthsLater(count * 12, first, &trail)
    default:
      last += term.count
    }
    let date = CivilDate(dayNumber: last)
    trail.note(.lastDay(date))
    guard term.kind == .ordinary else {
      // The calendar is not even asked: a year without data does not make such a term provisional.
      trail.note(.neverShifts(date, term.kind))
      return last
    }
    let unshifted = last
    while !trail.isWorking(last) { last += 1 }
    if last != unshifted { trail.note(.shifted(from: date, to: CivilDate(dayNumber: last))) }
    return last
  }

  private func monthsLater(_ months: Int, _ day: Int, _ trail: inout ClockTrail) -> Int {
    let start = CivilDate(dayNumber: day)
    let date = start.adding(months: months)
    if date.day != start.day { trail.note(.clampedToMonthEnd(date)) }
    return date.dayNumber
  }
}
