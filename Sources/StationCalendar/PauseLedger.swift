/// The pauses of one running clock, in order.
///
/// The ledger knows no limit: it keeps when the clock stood still, so what was paused stays paused whatever
/// happens to the limit later. Only the last pause can be open.
public struct PauseLedger: Hashable, Sendable {
  /// A time in which the clock stood still: from `from` up to but without `to`.
  public struct Pause: Hashable, Sendable {
    public let from: Instant
    /// Nil while the pause is open.
    public let to: Instant?
    public let reason: String

    public init(from: Instant, to: Instant?, reason: String) {
      self.from = from
      self.to = to
      self.reason = reason
    }
  }

  public private(set) var pauses: [Pause]

  /// A clock that never stood still.
  public init() {
    pauses = []
  }

  /// The ledger of these pauses, for reading it back from a store.
  ///
  /// - Throws: ``CalendarError/pauseOutOfOrder`` unless they are in order, apart, and open only at the end.
  public init(pauses: [Pause]) throws(CalendarError) {
    var previous = Instant.earliest
    for (index, pause) in pauses.enumerated() {
      guard pause.from >= previous else { throw .pauseOutOfOrder }
      guard let to = pause.to else {
        guard index == pauses.count - 1 else { throw .pauseOutOfOrder }
        break
      }
      guard to >= pause.from else { throw .pauseOutOfOrder }
      previous = to
    }
    self.pauses = pauses
  }

  /// Whether the clock stands still now.
  public var isPaused: Bool { pauses.last.map { $0.to == nil } ?? false }

  /// Stops the clock.
  ///
  /// - Throws: ``CalendarError/alreadyPaused``; ``CalendarError/pauseOutOfOrder`` for an instant before the
  ///   end of the last pause.
  public mutating func pause(at instant: Instant, reason: String) throws(CalendarError) {
    if let last = pauses.last {
      guard let to = last.to else { throw .alreadyPaused }
      guard instant >= to else { throw .pauseOutOfOrder }
    }
    pauses.append(Pause(from: instant, to: nil, reason: reason))
  }

  /// Lets the clock run again.
  ///
  /// - Throws: ``CalendarError/notPaused``; ``CalendarError/pauseOutOfOrder`` for an instant before the
  ///   pause.
  public mutating func resume(at instant: Instant) throws(CalendarError) {
    guard let last = pauses.last, last.to == nil else { throw .notPaused }
    guard instant >= last.from else { throw .pauseOutOfOrder }
    pauses[pauses.count - 1] = Pause(from: last.from, to: instant, reason: last.reason)
  }

  /// Milliseconds that the clock stood still from one instant to another; an open pause counts up to the
  /// second.
  public func paused(from start: Instant, to end: Instant) -> Int64 {
    var total: Int64 = 0
    for pause in pauses {
      let from = max(pause.from, start)
      let to = min(pause.to ?? end, end)
      if from < to { total += to.milliseconds(since: from) }
    }
    return total
  }

  /// Milliseconds that the clock stood still since the start, closed pauses only.
  public func totalPaused(since start: Instant) -> Int64 {
    var total: Int64 = 0
    for pause in pauses {
      guard let to = pause.to, to > start else { continue }
      total += to.milliseconds(since: max(pause.from, start))
    }
    return total
  }

  /// Milliseconds that the clock ran from the start to now; 0 before the start.
  public func elapsed(from start: Instant, to now: Instant) -> Int64 {
    max(0, now.milliseconds(since: start) - paused(from: start, to: now))
  }

  /// When a limit is due: the start, the limit and all pauses since; nil while the clock stands still.
  ///
  /// A pause after the limit was reached moves this too, so that now minus due stays the time that the clock
  /// has run past the limit. When the limit was first reached: ``reached(start:limitMilliseconds:)``.
  public func due(start: Instant, limitMilliseconds: Int64) -> Instant? {
    guard !isPaused else { return nil }
    return start.adding(milliseconds: limitMilliseconds).adding(milliseconds: totalPaused(since: start))
  }

  /// When the clock had run for the limit; nil if it stands still before that.
  ///
  /// Later pauses never move it: a breach stays where it was.
  public func reached(start: Instant, limitMilliseconds: Int64) -> Instant? {
    var due = start.adding(milliseconds: limitMilliseconds)
    for pause in pauses where pause.to.map({ $0 > start }) ?? true {
      guard pause.from < due else { break }
      guard let to = pause.to else { return nil }
      due = due.adding(milliseconds: to.milliseconds(since: max(pause.from, start)))
    }
    return due
  }
}
