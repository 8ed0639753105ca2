/// A point in time: UTC milliseconds since 1970-01-01, without leap seconds.
///
/// Values are held within 0001-01-02T00:00Z to 9999-12-30T23:59:59.999Z, one day short of the four-digit
/// years on either side, so that every instant can be written in every zone. Arithmetic stops at these bounds
/// rather than trapping.
public struct Instant: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// UTC milliseconds since 1970-01-01.
  public let milliseconds: Int64

  /// An instant; a value outside the bounds gives the nearest bound.
  @inlinable
  public init(milliseconds: Int64) {
    self.milliseconds = Swift.min(Swift.max(milliseconds, Instant.minimum), Instant.maximum)
  }

  @usableFromInline static let minimum: Int64 = -62_135_510_400_000
  @usableFromInline static let maximum: Int64 = 253_402_214_399_999
  static let millisecondsPerDay: Int64 = 86_400_000

  /// The earliest instant that can be told, 0001-01-02T00:00:00.000Z.
  public static let earliest = Instant(milliseconds: minimum)

  /// The latest instant that can be told, 9999-12-30T23:59:59.999Z.
  public static let latest = Instant(milliseconds: maximum)

  @inlinable
  public static func < (left: Instant, right: Instant) -> Bool {
    left.milliseconds < right.milliseconds
  }

  /// The instant so many milliseconds later (earlier if negative).
  @inlinable
  public func adding(milliseconds amount: Int64) -> Instant {
    let (sum, overflow) = milliseconds.addingReportingOverflow(amount)
    return Instant(milliseconds: overflow ? (amount < 0 ? .min : .max) : sum)
  }

  /// The instant so many minutes later (earlier if negative).
  public func adding(minutes: Int) -> Instant {
    let (product, overflow) = Int64(minutes).multipliedReportingOverflow(by: 60_000)
    return adding(milliseconds: overflow ? (minutes < 0 ? .min : .max) : product)
  }

  /// The instant so many hours later (earlier if negative).
  public func adding(hours: Int) -> Instant {
    let (product, overflow) = Int64(hours).multipliedReportingOverflow(by: 3_600_000)
    return adding(milliseconds: overflow ? (hours < 0 ? .min : .max) : product)
  }

  /// Milliseconds from another instant to this one, negative if the other is later.
  @inlinable
  public func milliseconds(since other: Instant) -> Int64 {
    milliseconds - other.milliseconds
  }

  /// Whether its minute is before the other's: what people tell, they tell by the minute.
  public func isInMinute(before other: Instant) -> Bool {
    milliseconds / 60_000 < other.milliseconds / 60_000
  }

  /// The date that a wall calendar in the zone shows at this instant.
  public func date(in zone: Zone) -> CivilDate {
    CivilDate(dayNumber: localDay(in: zone).number)
  }

  /// The local day number, and the milliseconds that have passed of that day.
  package func localDay(in zone: Zone) -> (number: Int, millisecond: Int) {
    let local = Int(milliseconds + zone.offsetMilliseconds)
    let number = CivilMath.floorDivide(local, Int(Instant.millisecondsPerDay))
    return (number, local - number * Int(Instant.millisecondsPerDay))
  }

  /// RFC 3339 in UTC.
  public var description: String { rfc3339(zone: .utc) }
}
