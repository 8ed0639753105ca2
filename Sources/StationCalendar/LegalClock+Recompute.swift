/// What a new calendar did to a term that was computed before.
public struct Recomputation: Hashable, Sendable {
  /// The raw values are stable codes.
  public enum Outcome: String, Hashable, Sendable, CaseIterable {
    /// The term was not provisional and stays as it is.
    case final
    /// The term has ended and stays as it is.
    case ended
    /// Computed again with the same end.
    case confirmed
    /// Computed again with another end.
    case moved
  }

  public let outcome: Outcome
  /// The term that holds from now on. It may be provisional still, if years are still missing.
  public let term: ComputedTerm
  /// The end before.
  public let previousEnd: Instant

  /// Whether the new end is already past: the new calendar made days count that were thought to be off.
  public func movedIntoPast(now: Instant) -> Bool { outcome == .moved && term.hasEnded(at: now) }
}

extension LegalClock {
  /// Computes a term again when a calendar arrives or is edited.
  ///
  /// Only a term that is provisional and has not ended changes. The rule, the start, the service hours and
  /// the pauses stay those of the term.
  ///
  /// - Throws: as ``end(of:from:rule:serviceHours:)``, for a term that could not have been computed.
  public static func recompute(
    _ previous: ComputedTerm, with calendar: WorkCalendar, now: Instant
  ) throws(CalendarError) -> Recomputation {
    guard previous.provisional else {
      return Recomputation(outcome: .final, term: previous, previousEnd: previous.end)
    }
    guard !previous.hasEnded(at: now) else {
      return Recomputation(outcome: .ended, term: previous, previousEnd: previous.end)
    }
    let clock = LegalClock(calendar: calendar, zone: previous.zone)
    let term = try clock.compute(
      previous.term, from: previous.start, rule: previous.rule, serviceHours: previous.serviceHours,
      pauses: previous.pauses)
    let outcome: Recomputation.Outcome = term.end == previous.end ? .confirmed : .moved
    return Recomputation(outcome: outcome, term: term, previousEnd: previous.end)
  }
}
