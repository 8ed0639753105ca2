extension Instant {
  /// An instant from an RFC 3339 timestamp, strictly (RFC 3339 section 5.6).
  ///
  /// `2026-11-22T09:50:35+08:00`, with a fraction of any length, of which what is finer than milliseconds is
  /// dropped. The offset is required; `T` and `Z` are capitals. Nil for a date or time that does not exist, a leap
  /// second (`:60`), `24:00`, an instant outside the bounds, or anything before or behind the timestamp.
  public init?(rfc3339 text: String) {
    var copy = text
    guard let parsed = copy.withUTF8({ Instant(rfc3339: $0) }) else { return nil }
    self = parsed
  }

  /// The same from UTF-8 bytes.
  public init?(rfc3339 bytes: UnsafeBufferPointer<UInt8>) {
    // The shortest is 2026-11-22T09:50:35Z.
    guard bytes.count >= 20,
      let date = CivilDate(bytes: bytes),
      bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
      let hour = Digits.read(bytes, at: 11, count: 2), hour < 24,
      let minute = Digits.read(bytes, at: 14, count: 2), minute < 60,
      let second = Digits.read(bytes, at: 17, count: 2), second < 60
    else { return nil }
    var millisecond = 0
    var index = 19
    if bytes[19] == UInt8(ascii: ".") {
      var scale = 100
      index = 20
      while index < bytes.count, let digit = Digits.read(bytes, at: index, count: 1) {
        millisecond += digit * scale
        scale /= 10
        index += 1
      }
      guard index > 20 else { return nil }
    }
    guard let offset = Instant.offset(bytes, at: index) else { return nil }
    let ofDay = ((hour * 60 + minute - offset) * 60 + second) * 1000 + millisecond
    let value = Int64(date.dayNumber) * Instant.millisecondsPerDay + Int64(ofDay)
    guard value >= Instant.minimum, value <= Instant.maximum else { return nil }
    self.init(milliseconds: value)
  }

  /// Minutes east of UTC of the offset that fills the bytes from `index` to the end.
  private static func offset(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
    guard index < bytes.count else { return nil }
    let sign = bytes[index]
    if sign == UInt8(ascii: "Z") { return index + 1 == bytes.count ? 0 : nil }
    guard index + 6 == bytes.count, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
      bytes[index + 3] == UInt8(ascii: ":"),
      let hours = Digits.read(bytes, at: index + 1, count: 2), hours < 24,
      let minutes = Digits.read(bytes, at: index + 4, count: 2), minutes < 60
    else { return nil }
    let total = hours * 60 + minutes
    return sign == UInt8(ascii: "-") ? -total : total
  }

  /// RFC 3339 with the zone's offset and always three digits of milliseconds.
  ///
  /// `2026-11-22T09:50:35.123+08:00`; an offset of zero is written `Z`.
  public func rfc3339(zone: Zone = .shanghai) -> String {
    String(unsafeUninitializedCapacity: 29) { write(rfc3339: zone, to: $0) }
  }

  /// Appends what `rfc3339(zone:)` returns, as UTF-8, without making a string.
  public func append(rfc3339 zone: Zone = .shanghai, to bytes: inout [UInt8]) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 29) { buffer in
      let count = write(rfc3339: zone, to: buffer)
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<count]))
    }
  }

  /// Writes the timestamp into a buffer of at least 29 bytes, and returns how many it took.
  private func write(rfc3339 zone: Zone, to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    let (number, ofDay) = localDay(in: zone)
    CivilDate(dayNumber: number).write(to: buffer)
    buffer[10] = UInt8(ascii: "T")
    Digits.write(ofDay / 3_600_000, to: buffer, at: 11, count: 2)
    buffer[13] = UInt8(ascii: ":")
    Digits.write(ofDay / 60_000 % 60, to: buffer, at: 14, count: 2)
    buffer[16] = UInt8(ascii: ":")
    Digits.write(ofDay / 1000 % 60, to: buffer, at: 17, count: 2)
    buffer[19] = UInt8(ascii: ".")
    Digits.write(ofDay % 1000, to: buffer, at: 20, count: 3)
    guard zone.offsetMinutes != 0 else {
      buffer[23] = UInt8(ascii: "Z")
      return 24
    }
    let distance = abs(zone.offsetMinutes)
    buffer[23] = zone.offsetMinutes < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+")
    Digits.write(distance / 60, to: buffer, at: 24, count: 2)
    buffer[26] = UInt8(ascii: ":")
    Digits.write(distance % 60, to: buffer, at: 27, count: 2)
    return 29
  }
}
