extension LegalClock {
  /// The instant at which so many milliseconds of service hours have passed, and the paused ones on top.
  func working(
    _ limit: Int64, from start: Instant, in hours: ServiceHours, _ pauses: PauseLedger,
    _ trail: inout ClockTrail
  ) throws(CalendarError) -> Instant {
    var left = limit
    var paused: Int64 = 0
    for pause in pauses.pauses {
      guard let to = pause.to, to > start else { continue }
      paused += worked(from: max(pause.from, start), to: to, in: hours, &trail)
    }
    if paused > 0 { trail.note(.paused(milliseconds: paused)) }
    left += paused
    var (day, passed) = start.localDay(in: zone)
    for _ in 0..<LegalClock.mostDays {
      if trail.isWorking(day) {
        for window in hours.windows(day: day, entry: calendar.entry(day)) {
          let from = max(window.opens * 60_000, passed)
          let room = Int64(window.closes * 60_000 - from)
          guard room > 0 else { continue }
          if left <= room { return instant(day, Int64(from) + left) }
          left -= room
        }
      }
      day += 1
      passed = 0
    }
    throw .termOutOfRange
  }

  /// Milliseconds of service hours between two instants.
  func worked(
    from start: Instant, to end: Instant, in hours: ServiceHours, _ trail: inout ClockTrail
  ) -> Int64 {
    guard start < end else { return 0 }
    var (day, passed) = start.localDay(in: zone)
    let (lastDay, lastPassed) = end.localDay(in: zone)
    var total = 0
    while day <= lastDay {
      let stop = day == lastDay ? lastPassed : Int(Instant.millisecondsPerDay)
      for window in hours.windows(day: day, entry: trail.entry(day)) {
        total += max(0, min(window.closes * 60_000, stop) - max(window.opens * 60_000, passed))
      }
      day += 1
      passed = 0
    }
    return Int64(total)
  }

  /// A hundred years: with a few minutes of service a week even a short limit never ends.
  private static let mostDays = 36_525

  private func instant(_ day: Int, _ passed: Int64) -> Instant {
    Instant(milliseconds: Int64(day) * Instant.millisecondsPerDay + passed - zone.offsetMilliseconds)
  }
}
