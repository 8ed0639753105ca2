/// A day of the Gregorian calendar, without a zone; years 1 to 9999.
public struct CivilDate: Hashable, Sendable, Comparable, CustomStringConvertible {
  private let storedYear: Int16
  private let storedMonth: UInt8
  private let storedDay: UInt8

  public var year: Int { Int(storedYear) }
  public var month: Int { Int(storedMonth) }
  public var day: Int { Int(storedDay) }

  /// A date; nil if there is no such day (31 April, 29 February of a common year, year 0).
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= CivilMath.daysInMonth(year, month)
    else { return nil }
    self.init(checked: year, month, day)
  }

  /// A date from `YYYY-MM-DD`, exactly so many digits; nil for anything else.
  public init?(_ text: String) {
    var copy = text
    let parsed = copy.withUTF8 { bytes -> CivilDate? in
      guard bytes.count == 10 else { return nil }
      return CivilDate(bytes: bytes)
    }
    guard let parsed else { return nil }
    self = parsed
  }

  /// The date of a day number (days since 1970-01-01); one outside years 1 to 9999 gives the nearest date.
  public init(dayNumber: Int) {
    let clamped = min(max(dayNumber, CivilMath.firstDayNumber), CivilMath.lastDayNumber)
    let (year, month, day) = CivilMath.civil(clamped)
    self.init(checked: year, month, day)
  }

  /// Reads `YYYY-MM-DD` from the first ten bytes, of which there are at least ten.
  init?(bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = Digits.read(bytes, at: 0, count: 4),
      let month = Digits.read(bytes, at: 5, count: 2),
      let day = Digits.read(bytes, at: 8, count: 2)
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  private init(checked year: Int, _ month: Int, _ day: Int) {
    storedYear = Int16(truncatingIfNeeded: year)
    storedMonth = UInt8(truncatingIfNeeded: month)
    storedDay = UInt8(truncatingIfNeeded: day)
  }

  /// Days since 1970-01-01, negative before it.
  public var dayNumber: Int { CivilMath.dayNumber(year, month, day) }

  public var weekday: Weekday { Weekday(dayNumber: dayNumber) }

  /// The number of days of a month, 28 to 31; nil if there is no such month.
  public static func daysInMonth(year: Int, month: Int) -> Int? {
    guard (1...9999).contains(year), (1...12).contains(month) else { return nil }
    return CivilMath.daysInMonth(year, month)
  }

  /// The date so many days later (earlier if negative), held within years 1 to 9999.
  public func adding(days: Int) -> CivilDate {
    let (sum, overflow) = dayNumber.addingReportingOverflow(days)
    return CivilDate(dayNumber: overflow ? (days < 0 ? .min : .max) : sum)
  }

  /// The same day of the month so many months later, or the last day of a month that is too short.
  ///
  /// 31 August and six months give 28 or 29 February. Held within years 1 to 9999.
  public func adding(months: Int) -> CivilDate {
    let (sum, overflow) = (year * 12 + month - 1).addingReportingOverflow(months)
    guard !overflow, (12..<120_000).contains(sum) else {
      return CivilDate(dayNumber: months < 0 ? .min : .max)
    }
    let (newYear, newMonth) = (sum / 12, sum % 12 + 1)
    return CivilDate(checked: newYear, newMonth, min(day, CivilMath.daysInMonth(newYear, newMonth)))
  }

  /// The instant at which this day begins, 00:00 in the zone.
  public func start(in zone: Zone) -> Instant {
    Instant(milliseconds: Int64(dayNumber) * Instant.millisecondsPerDay - zone.offsetMilliseconds)
  }

  /// The instant at which this day is over: 24:00 in the zone, which is 00:00 of the day after.
  public func end(in zone: Zone) -> Instant {
    Instant(milliseconds: Int64(dayNumber + 1) * Instant.millisecondsPerDay - zone.offsetMilliseconds)
  }

  public static func < (left: CivilDate, right: CivilDate) -> Bool {
    left.order < right.order
  }

  private var order: Int { year << 9 | month << 5 | day }

  /// `YYYY-MM-DD`.
  public var description: String {
    String(unsafeUninitializedCapacity: 10) { buffer in
      write(to: buffer)
      return 10
    }
  }

  /// Writes `YYYY-MM-DD` into the first ten bytes.
  func write(to buffer: UnsafeMutableBufferPointer<UInt8>) {
    Digits.write(year, to: buffer, at: 0, count: 4)
    buffer[4] = UInt8(ascii: "-")
    Digits.write(month, to: buffer, at: 5, count: 2)
    buffer[7] = UInt8(ascii: "-")
    Digits.write(day, to: buffer, at: 8, count: 2)
  }
}
