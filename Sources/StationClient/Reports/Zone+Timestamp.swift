import StationCalendar

extension Zone {
  /// The zone that a timestamp (RFC 3339) is written in; nil if it is none.
  package init?(of timestamp: String) {
    let local = timestamp.hasSuffix("Z") ? timestamp : timestamp.dropLast("+08:00".count) + "Z"
    guard let instant = Instant(rfc3339: timestamp), let wall = Instant(rfc3339: local) else { return nil }
    self.init(offsetMinutes: Int(wall.milliseconds(since: instant) / 60_000))
  }
}
