import Glibc
import StationCalendar
import Synchronization

/// The one source of the time. A development daemon can hold it at a value.
package final class Clock: Sendable {
  private let held: Atomic<Int64>
  private static let running = Int64.min

  package init() { held = Atomic(Self.running) }

  package init(at instant: Instant) { held = Atomic(instant.milliseconds) }

  /// UTC, to the millisecond.
  package func now() -> Instant {
    let value = held.load(ordering: .acquiring)
    guard value == Self.running else { return Instant(milliseconds: value) }
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// Whether the clock stands at a set value.
  package var isHeld: Bool { held.load(ordering: .acquiring) != Self.running }

  /// Holds the clock at `instant`, or lets it run with nil.
  package func hold(at instant: Instant?) {
    held.store(instant?.milliseconds ?? Self.running, ordering: .releasing)
  }
}
