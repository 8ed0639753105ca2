import StationCalendar

/// Instants as people read them: on the wall clock of the daemon's zone, without milliseconds and zone.
package struct WallClock: Sendable, Equatable {
  package let now: Instant
  package let zone: Zone

  package init(now: Instant, zone: Zone) {
    self.now = now
    self.zone = zone
  }

  /// The daemon's clock, by the time that it gives; nil if that is none.
  package init?(timestamp: String) {
    guard let now = Instant(rfc3339: timestamp), let zone = Zone(of: timestamp) else { return nil }
    self.init(now: now, zone: zone)
  }

  /// `11-22 19:08` in the year that it is, else with the year; nil for a text that is no timestamp.
  package func minute(_ timestamp: String) -> String? {
    guard let text = second(timestamp) else { return nil }
    let year = now.rfc3339(zone: zone).prefix(5)
    return String((text.hasPrefix(year) ? text.dropFirst(5) : text[...]).dropLast(3))
  }

  /// `2026-11-22 19:08:05`; nil for a text that is no timestamp.
  package func second(_ timestamp: String) -> String? {
    guard let instant = Instant(rfc3339: timestamp) else { return nil }
    let local = instant.rfc3339(zone: zone)
    return "\(local.prefix(10)) \(local.dropFirst(11).prefix(8))"
  }
}
