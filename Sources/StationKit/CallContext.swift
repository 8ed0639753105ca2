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

  public init(
    principal: Principal, method: String, now: Instant, calendar: WorkCalendar, zone: Zone,
    purpose: String? = nil, reason: String? = nil
  ) {
    self.principal = principal
    self.method = method
    self.now = now
    self.calendar = calendar
    self.zone = zone
    self.purpose = purpose
    self.reason = reason
  }
}
