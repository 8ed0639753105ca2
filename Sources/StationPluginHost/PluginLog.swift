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
  private var second: Int64 = 0
  private var inSecond = 0
  private var dropped = 0

  init(limits: PluginLimits) { self.limits = limits }

  /// The lines to be logged for this one: itself, none, or what was dropped before it.
  mutating func add(_ line: Line, now: Int64) -> [Line] {
    if now / 1000 != second {
      second = now / 1000
      inSecond = 0
    }
    inSecond += 1
    guard inSecond <= limits.logLinesPerSecond else {
      dropped += 1
      return []
    }
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
