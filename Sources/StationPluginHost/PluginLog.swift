import StationKit
import StationPluginWire

/// The last lines that a plugin printed or logged, and how many were too many.
struct PluginLog: Sendable {
  struct Line: Sendable {
    let at: Instant
    let level: String
    let text: String
  }

  private(set) var lines: [Line] = []
  private let limits: PluginLimits
  private var budget: SecondBudget
  private var dropped = 0

  init(limits: PluginLimits) {
    self.limits = limits
    budget = SecondBudget(perSecond: limits.logLinesPerSecond)
  }

  /// The lines to be logged for this one: itself, none, or what was dropped before it.
  mutating func add(_ line: Line, now: Int64) -> [Line] {
    budget.renew(now: now)
    guard !budget.isSpent else {
      dropped += 1
      return []
    }
    budget.spend(1)
    var added = [line]
    if dropped > 0 {
      added.insert(
        Line(at: line.at, level: "warning", text: "\(dropped) lines were too many and are left out"), at: 0)
      dropped = 0
    }
    lines += added
    if lines.count > limits.logLinesKept { lines.removeFirst(lines.count - limits.logLinesKept) }
    return added
  }
}
