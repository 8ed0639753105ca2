import StationKit
import Synchronization

/// What calls are run in: the clock, the law's calendar, and the daemon's own identity.
package struct Environment: Sendable {
  package let clock: Clock
  /// What came due before is late.
  private let started: Instant
  private let calendars: CalendarShelf
  package let zone: Zone
  package let systemPrincipal: Principal
  package let systemPrincipalJSON: [UInt8]
  /// Whether results are checked against their schemas before they are answered (development).
  package let checksResults: Bool

  package init(
    clock: Clock, calendar: WorkCalendar, zone: Zone, uid: UInt32, gid: UInt32, checksResults: Bool
  ) {
    self.clock = clock
    started = clock.now()
    calendars = CalendarShelf(calendar)
    self.zone = zone
    self.checksResults = checksResults
    systemPrincipal = Principal(uid: uid, gid: gid, roles: ["system"], unit: nil, scope: .all)
    systemPrincipalJSON = Cause.principal(systemPrincipal)
  }

  package var calendar: WorkCalendar { calendars.present }

  /// From here on calls are run with this calendar; see ``Store/wakeProvisional()``.
  package func replace(_ calendar: WorkCalendar) { calendars.replace(calendar) }

  /// The daemon itself as the cause of a record.
  package func ownCause(_ method: String, purpose: String? = nil, detail: [UInt8]? = nil) -> Cause {
    Cause(principal: systemPrincipalJSON, method: method, request: nil, purpose: purpose, detail: detail)
  }

  package func context(
    _ principal: Principal, method: String, now: Instant, purpose: String?, reason: String?
  ) -> CallContext {
    // A clock that was set back to before the start knows nothing of it.
    let minuteAgo = now.adding(minutes: -1)
    return CallContext(
      principal: principal, method: method, now: now, calendar: calendar, zone: zone,
      purpose: purpose, reason: reason, lateBefore: started <= now ? max(started, minuteAgo) : minuteAgo)
  }
}

/// The calendar that holds now; it may be replaced while the daemon runs.
private final class CalendarShelf: Sendable {
  private let stored: Mutex<WorkCalendar>

  init(_ calendar: WorkCalendar) { stored = Mutex(calendar) }

  var present: WorkCalendar { stored.withLock { $0 } }
  func replace(_ calendar: WorkCalendar) { stored.withLock { $0 = calendar } }
}
