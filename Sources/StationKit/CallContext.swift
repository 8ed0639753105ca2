import StationCalendar
import StationJSON

/// What a handler knows about the call besides its params.
public struct CallContext: Sendable {
  public let principal: Principal
  /// The full method name, as called.
  public let method: String
  /// The clock's value for the whole call.
  public let now: Instant
  public let calendar: WorkCalendar
  public let zone: Zone
  /// From a closed list, where the method discloses personal data.
  public let purpose: String?
  public let reason: String?
  /// What came due before this instant is late: more than a minute before ``now``, or before the daemon's start.
  public let lateBefore: Instant

  /// - Parameter lateBefore: a minute before `now` if it is not given.
  public init(
    principal: Principal, method: String, now: Instant, calendar: WorkCalendar, zone: Zone,
    purpose: String? = nil, reason: String? = nil, lateBefore: Instant? = nil
  ) {
    self.principal = principal
    self.method = method
    self.now = now
    self.calendar = calendar
    self.zone = zone
    self.purpose = purpose
    self.reason = reason
    self.lateBefore = lateBefore ?? now.adding(minutes: -1)
  }

  /// Whether what came due at that instant, and is done now, is done late.
  public func isLate(_ due: Instant) -> Bool { due < lateBefore }
}
