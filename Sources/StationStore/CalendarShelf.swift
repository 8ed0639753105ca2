import StationKit
import Synchronization

/// The calendar that holds now; it may be replaced while the daemon runs.
final class CalendarShelf: Sendable {
  private let stored: Mutex<WorkCalendar>

  init(_ calendar: WorkCalendar) { stored = Mutex(calendar) }

  var present: WorkCalendar { stored.withLock { $0 } }
  func replace(_ calendar: WorkCalendar) { stored.withLock { $0 = calendar } }
}
