/// Whether every part of the daemon goes on working, from questions that each part answers in its own time.
///
/// A value without I/O: ``beat(_:)`` is called at intervals and says what to do.
package struct Pulse: Sendable {
  private enum Answer: Sendable {
    /// Asked, and has not answered yet.
    case awaited
    /// Answered since the last beat.
    case alive
    /// Could not be asked, such as for a full queue: ask again.
    case unknown
  }

  /// What a beat comes to.
  package struct Verdict: Sendable, Equatable {
    /// All parts have gone on: the watchdog may be fed.
    package var isAlive: Bool
    /// The parts to ask now.
    package var asks: [String]
    /// The parts that have not answered since the beat before.
    package var silent: [String]

    package init(isAlive: Bool, asks: [String], silent: [String]) {
      self.isAlive = isAlive
      self.asks = asks
      self.silent = silent
    }
  }

  private var answers: [String: Answer]

  package init(parts: [String]) {
    answers = Dictionary(parts.map { ($0, .alive) }, uniquingKeysWith: { first, _ in first })
  }

  /// Notes that a part answered; `false` where it could not be asked.
  package mutating func note(_ part: String, answered: Bool) {
    guard case .awaited? = answers[part] else { return }
    answers[part] = answered ? .alive : .unknown
  }

  /// One interval is over. While a part is silent nothing is fed, and it is not asked a second time.
  package mutating func beat() -> Verdict {
    var verdict = Verdict(isAlive: true, asks: [], silent: [])
    for part in answers.keys.sorted() {
      switch answers[part] {
      case .awaited?:
        verdict.isAlive = false
        verdict.silent.append(part)
      case .unknown?:
        verdict.isAlive = false
        verdict.asks.append(part)
      case .alive?, nil: break
      }
    }
    guard verdict.isAlive else {
      for part in verdict.asks { answers[part] = .awaited }
      return verdict
    }
    for part in answers.keys { answers[part] = .awaited }
    verdict.asks = answers.keys.sorted()
    return verdict
  }
}
