import StationPluginWire

/// The rehearsals of a plugin that wait for their turn on the writer's thread: one is done at a time, and all together
/// take no more than a share of the writer's time.
///
/// Times are of the monotonic clock, in milliseconds.
package struct RehearsalLine<Act: Sendable>: Sendable {
  private var waiting: [Act] = []
  private var isBusy = false
  /// When what was taken is paid off.
  private var freeAt: Double = -.infinity
  private let share: Double
  private let burst: Double

  package init(limits: PluginLimits) {
    share = Double(limits.rehearsalShare)
    burst = Double(limits.rehearsalBurstMs)
  }

  package mutating func add(_ act: Act) { waiting.append(act) }

  /// The one whose turn it is; it has it until ``ended(took:now:)``.
  package mutating func next(now: Double) -> Act? {
    guard !isBusy, !waiting.isEmpty, now >= freeAt else { return nil }
    isBusy = true
    return waiting.removeFirst()
  }

  /// - Parameter took: of the writer's time; 0 for one that was not done.
  package mutating func ended(took: Double, now: Double) {
    isBusy = false
    // What it did not take of late it may take in one go, up to the burst.
    freeAt = max(freeAt, now - took - burst) + took * share
  }
}
