import StationKit

/// What time alone does to a record.
package enum Passing: Sendable, Hashable {
  case lapse, clean, reviewOpens, reviewMissed, expire, erase
}

extension KeyRecord {
  /// The next thing that time does, and when; nil when nothing is left.
  ///
  /// Where two fall on one instant the end comes first: what is over owes no review.
  package var nextPassing: (at: Instant, passing: Passing)? {
    var candidates: [(at: Instant, passing: Passing)] = []
    switch state {
    case .proposed, .instrumentVerified: candidates = [(min(lapses, ends), .lapse)]
    case .active, .renewed: candidates = [(ends, .expire), (reviewOpens, .reviewOpens)]
    case .reviewDue: candidates = [(ends, .expire), (reviewEnds, .reviewMissed)]
    case .suspended: candidates = [(ends, .expire)]
    case .delisted: candidates = delisting.map { [($0.eraseAt, .erase)] } ?? []
    case .erased: break
    }
    if let cleanEnds, !isCleanNoted, state.isLive, state != .suspended {
      candidates.insert((cleanEnds, .clean), at: 1)
    }
    // The first of equals.
    return candidates.reduce(nil) { best, next in best.map { $0.at <= next.at ? $0 : next } ?? next }
  }

  /// Takes that step; the state follows the table and nothing else.
  package mutating func pass(_ passing: Passing) {
    switch passing {
    case .lapse: take(.lapse)
    case .reviewOpens: take(.reviewOpens)
    case .reviewMissed: take(.reviewMissed)
    case .expire: take(.expire)
    case .erase: take(.erase)
    case .clean:
      isCleanNoted = true
      if state != .reviewDue { take(.reviewOpens) }
    }
  }

  /// The state at an instant, whether or not the deadline has fired.
  package func state(at now: Instant) -> State {
    var copy = self
    while let next = copy.nextPassing, next.at <= now { copy.pass(next.passing) }
    return copy.state
  }

  private mutating func take(_ action: Action) {
    guard let next = try? RecordLife.table.next(state, action) else { return }
    if action == .reviewOpens { former = state }
    state = next
  }

  /// Whether a person in a drug case has been clean for long enough.
  func isClean(at now: Instant) -> Bool { cleanEnds.map { now >= $0 } ?? false }
}
