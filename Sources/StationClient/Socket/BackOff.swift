/// The pauses between attempts to reach a daemon that went away: each is twice the one before, up to a bound.
package struct BackOff: Sendable {
  package static let shortest = Duration.milliseconds(100)
  package static let longest = Duration.seconds(5)

  private var pause = BackOff.shortest

  package init() {}

  /// Waits for the next pause, no longer than the limit; true if the interrupt came meanwhile.
  package mutating func wait(until limit: TimeLimit, _ interrupt: Interrupt = .none) -> Bool {
    defer { pause = min(pause * 2, BackOff.longest) }
    return interrupt.wait(TimeLimit(in: pause).earlier(limit))
  }
}
