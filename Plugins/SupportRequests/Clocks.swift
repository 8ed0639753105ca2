import StationKit

/// The two clocks of one cycle.
///
/// Both start at submission. The response clock runs until acknowledgement and never pauses; the support
/// clock runs until completion and pauses only while the station owes information. All ends are half open:
/// a clock is late when now >= its end.
package struct Clocks: Sendable, Hashable {
  package let start: Instant
  /// The end of the response limit.
  package var responseDue: Instant
  /// The end of the support limit as if nothing had been paused.
  package var supportEnd: Instant
  /// The end with the pauses that are over given back, where that is more than to add their time: for a limit
  /// in days or in working minutes. Nil for every other, and as long as no pause is over.
  package var extendedEnd: Instant?
  /// The ends that relied on a year without a calendar.
  package var provisional: Set<TermName>
  /// The version of the calendar that an end was computed with, where it is not the one that the cycle pins.
  package var calendars: [TermName: String] = [:]
  package var acknowledged: Instant?
  package var completed: Instant?
  package var feedbackDue: Instant?
  package var pauses = PauseLedger()
  /// Percents of the rungs that have fired.
  package var firedResponse: [Int] = []
  package var firedSupport: [Int] = []

  package init(start: Instant, responseDue: Instant, supportEnd: Instant, provisional: Set<TermName>) {
    self.start = start
    self.responseDue = responseDue
    self.supportEnd = supportEnd
    self.provisional = provisional
  }

  /// When the support clock has run for its limit; nil while it stands still before that.
  package var supportDue: Instant? { pauses.pauses.isEmpty ? supportEnd : instant(.support, percent: 100) }

  package func due(_ term: TermName) -> Instant? {
    switch term {
    case .response: responseDue
    case .support: supportDue
    case .feedback: feedbackDue
    }
  }

  package func isRunning(_ clock: ClockName) -> Bool {
    clock == .response ? acknowledged == nil : completed == nil
  }

  /// Whether somebody still has to meet an end.
  package func isOwed(_ term: TermName) -> Bool {
    switch term {
    case .response: acknowledged == nil
    case .support: completed == nil
    case .feedback: completed != nil
    }
  }

  /// Whether an end can still move: somebody has to meet it, and it has not passed.
  package func isAhead(_ term: TermName, at now: Instant) -> Bool {
    isOwed(term) && due(term).map { $0 > now } ?? true
  }

  /// Whether an end waits for another calendar.
  package var awaitsCalendar: Bool { provisional.contains(where: isOwed) }

  /// The next end that someone has to meet: of the clocks that run, or of the feedback; nil if none runs.
  package var nextDue: Instant? {
    if completed != nil { return feedbackDue }
    guard acknowledged == nil else { return supportDue }
    return supportDue.map { min($0, responseDue) } ?? responseDue
  }

  /// When a rung is due: the clock has run for that share of its limit, or, where pauses do not give back
  /// their time but days or working minutes, that share of the way to its end has passed. Nil if the clock
  /// stands still before that.
  package func instant(_ clock: ClockName, percent: Int) -> Instant? {
    if clock == .response { return start.adding(milliseconds: share(responseDue, percent)) }
    guard let last = pauses.pauses.last else {
      return start.adding(milliseconds: share(supportEnd, percent))
    }
    guard let extendedEnd else {
      return pauses.reached(start: start, limitMilliseconds: share(supportEnd, percent))
    }
    let due = start.adding(milliseconds: share(extendedEnd, percent))
    return last.to == nil && last.from < due ? nil : due
  }

  /// The rungs of running clocks that are due and have not fired, in the order in which they became due.
  package func dueRungs(_ rungs: [Rung], at now: Instant) -> [(clock: ClockName, rung: Rung, due: Instant)] {
    pending(rungs).filter { $0.due <= now }.sorted { $0.due < $1.due }
  }

  /// When the clocks have to be looked at next; nil if nothing more will happen by itself.
  package func nextDeadline(_ rungs: [Rung]) -> Instant? {
    if completed != nil { return feedbackDue }
    if firedResponse.isEmpty, firedSupport.isEmpty, acknowledged == nil, let first = rungs.first {
      // A fresh request: the first rung of either clock.
      let response = start.adding(milliseconds: share(responseDue, first.percent))
      return instant(.support, percent: first.percent).map { min($0, response) } ?? response
    }
    return pending(rungs).map(\.due).min()
  }

  /// An instant that never comes, while a clock stands still whose end waits for another calendar: a deadline there is
  /// woken when the calendar arrives.
  package var farOff: Instant? { awaitsCalendar && supportDue == nil ? .latest : nil }

  package mutating func markFired(_ clock: ClockName, percent: Int) {
    if clock == .response { firedResponse.append(percent) } else { firedSupport.append(percent) }
  }

  private func pending(_ rungs: [Rung]) -> [(clock: ClockName, rung: Rung, due: Instant)] {
    var pending: [(clock: ClockName, rung: Rung, due: Instant)] = []
    for clock in ClockName.allCases where isRunning(clock) {
      let fired = clock == .response ? firedResponse : firedSupport
      for rung in rungs where !fired.contains(rung.percent) {
        guard let due = instant(clock, percent: rung.percent) else { continue }
        pending.append((clock, rung, due))
      }
    }
    return pending
  }

  private func share(_ end: Instant, _ percent: Int) -> Int64 {
    // A limit is at most a hundred years, a percent at most 1000: the product fits.
    end.milliseconds(since: start) * Int64(percent) / 100
  }
}
