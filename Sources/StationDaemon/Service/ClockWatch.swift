/// Notices when the machine's clock is set, by a clock that is not.
///
/// A value without I/O: ``note(realtime:steady:)`` is called at intervals.
package struct ClockWatch: Sendable {
  /// A jump below this is a correction.
  package static let threshold: Int64 = 60_000
  /// How long a jump is told of, on the steady clock.
  package static let memory: Int64 = 24 * 3_600_000

  private var offset: Int64?
  private var last: (milliseconds: Int64, at: Int64)?

  package init() {}

  /// Compares the two clocks, both in milliseconds.
  /// - Returns: by how much the clock was set since the last call; nil where it was not.
  package mutating func note(realtime: Int64, steady: Int64) -> Int64? {
    let now = realtime - steady
    defer { offset = now }
    guard let offset, abs(now - offset) >= Self.threshold else { return nil }
    last = (now - offset, steady)
    return now - offset
  }

  /// The last jump, in milliseconds, as long as it is told of.
  package func jump(steady: Int64) -> Int64? {
    guard let last, steady - last.at < Self.memory else { return nil }
    return last.milliseconds
  }
}
