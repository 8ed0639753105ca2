import StationKit

/// A limit that a dispute is under, or was.
package struct Limit: Sendable, Hashable {
  package let rule: RuleRef
  /// nil for a day that the parties agreed on.
  package var term: Term?
  package let start: Instant
  /// The first instant at which it has passed; nil while it stands still.
  package var end: Instant?
  /// Whether a year without a calendar mattered.
  package var provisional = false
  package var calendar = ""
  /// Days of appraisal that are in the term and do not count.
  package var pausedDays = 0
  /// When it was met, or stopped mattering.
  package var done: Instant?
  /// Rungs that fired, in percent.
  package var fired: [Int] = []

  package init(rule: RuleRef, term: Term?, start: Instant, end: Instant?) {
    self.rule = rule
    self.term = term
    self.start = start
    self.end = end
  }

  package init(_ computed: ComputedTerm) {
    self.init(rule: computed.rule, term: computed.term, start: computed.start, end: computed.end)
    provisional = computed.provisional
    calendar = computed.calendarVersion
  }

  package var isRunning: Bool { done == nil && end != nil }

  /// Whether it had passed when it was met, or has by now.
  package func isLate(at now: Instant) -> Bool { end.map { (done ?? now) >= $0 } ?? false }

  /// When a rung is reached; nil while the limit stands still.
  package func instant(of rung: Rung) -> Instant? {
    guard let end else { return nil }
    let length = end.milliseconds(since: start)
    let (product, overflow) = length.multipliedReportingOverflow(by: Int64(rung.percent))
    return start.adding(milliseconds: overflow ? .max : product / 100)
  }

  /// The rungs that have not fired, of a limit that runs.
  func waiting(_ rungs: [Rung]) -> [(rung: Rung, at: Instant)] {
    guard isRunning else { return [] }
    return rungs.compactMap { rung in
      guard !fired.contains(rung.percent), let at = instant(of: rung) else { return nil }
      return (rung, at)
    }
  }
}
