/// A fixed distance from UTC, in minutes east.
///
/// Asia/Shanghai has been a fixed +08:00 since the last summer time ended on 15 September 1991, and every
/// term counted here is younger than that, so no time zone database is read. A bureau that sits in a zone
/// with daylight saving would need one; this type is the only place that would change.
public struct Zone: Hashable, Sendable {
  /// Minutes east of UTC, -1439 to 1439.
  public let offsetMinutes: Int

  /// A zone so many minutes east of UTC; nil for an offset of a day or more.
  public init?(offsetMinutes: Int) {
    guard (-1439...1439).contains(offsetMinutes) else { return nil }
    self.offsetMinutes = offsetMinutes
  }

  private init(fixed minutes: Int) {
    self.offsetMinutes = minutes
  }

  /// Asia/Shanghai, +08:00.
  public static let shanghai = Zone(fixed: 480)

  /// UTC, written `Z`.
  public static let utc = Zone(fixed: 0)

  var offsetMilliseconds: Int64 { Int64(offsetMinutes) * 60_000 }
}
