/// The formats that a schema may name; each is asserted, and only for strings.
public enum JSONSchemaFormat: String, Sendable, CaseIterable {
  /// RFC 3339 section 5.6, in capitals, with an offset; a valid date and no leap second, because UTC
  /// milliseconds have no place for one. From 0001-01-02T00:00Z to before 9999-12-31T00:00Z, so that every instant
  /// can be written in every zone with a year of four digits.
  case dateTime = "date-time"
  /// `YYYY-MM-DD`, a valid date of the Gregorian calendar, from the year 1.
  case date
  /// `HH:MM`, from 00:00 to 23:59.
  case time
  /// RFC 9562 section 4: 8-4-4-4-12 hexadecimal digits.
  case uuid
  /// A word of a closed list: `^[a-z][a-z0-9_]*$`.
  case code
  /// An identifier: `^[a-z0-9][a-z0-9_.-]*$`, at most 64 bytes.
  case id
  /// RFC 4648 section 4, padded, with unused bits 0.
  case base64
  /// Whole bytes in hexadecimal, in either case.
  case hex
  /// A decimal integer of any size, without a plus sign, leading zeros or a negative zero.
  case integerString = "integer-string"
  /// What someone can read: not white space alone.
  case text
  /// A name or the like: ``text`` without control characters (C0, DEL and C1), without line and paragraph separators,
  /// without what turns the direction of others (U+202A to U+202E, U+2066 to U+2069), and without U+FFFE and U+FFFF, so
  /// that it can go into a log, onto a terminal and into XML (XML 1.0 section 2.2).
  case line

  /// What a string must be, for a message.
  var explanation: String {
    switch self {
    case .dateTime: "a date and time with offset, such as 2025-03-01T08:30:00+08:00"
    case .date: "a date, such as 2025-03-01"
    case .time: "a time of day, such as 08:30"
    case .uuid: "a UUID"
    case .code: "a code of a-z, 0-9 and _, a letter first"
    case .id: "an identifier of at most 64 of a-z, 0-9, '_', '.' and '-', a letter or digit first"
    case .base64: "base64 with padding"
    case .hex: "an even number of hexadecimal digits"
    case .integerString: "a decimal integer"
    case .text: "a text that is not blank"
    case .line: "one line of text that is not blank and holds no control characters"
    }
  }

  var chinese: String {
    switch self {
    case .dateTime: "带时区的日期时间，如 2025-03-01T08:30:00+08:00"
    case .date: "日期，如 2025-03-01"
    case .time: "时间，如 08:30"
    case .uuid: "UUID"
    case .code: "代码：小写字母开头，由小写字母、数字和下划线组成"
    case .id: "标识：小写字母或数字开头，由小写字母、数字、下划线、点和连字符组成，不超过 64 个字符"
    case .base64: "带填充的 base64"
    case .hex: "偶数个十六进制数字"
    case .integerString: "十进制整数"
    case .text: "文字，不能空白"
    case .line: "一行文字，不能空白，不能含控制字符"
    }
  }

  /// Whether the string has this format.
  public func accepts(_ string: String) -> Bool {
    let result = string.utf8.withContiguousStorageIfAvailable { accepts(UnsafeRawBufferPointer($0)) }
    return result ?? Array(string.utf8).withUnsafeBytes { accepts($0) }
  }

  private func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
    switch self {
    case .dateTime: Self.isDateTime(bytes)
    case .date: bytes.count == 10 && Self.isDate(bytes)
    case .time: bytes.count == 5 && Self.minutes(bytes, at: 0) != nil
    case .uuid: Self.isUUID(bytes)
    case .code: Self.isCode(bytes)
    case .id: Self.isIdentifier(bytes)
    case .base64: Self.isBase64(bytes)
    case .hex: bytes.count % 2 == 0 && bytes.allSatisfy { hexValue($0) != 0xFF }
    case .integerString: Self.isInteger(bytes)
    case .text: Self.isText(bytes)
    case .line: Self.isText(bytes) && Self.isLine(bytes)
    }
  }

  private static func isLower(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "a") < 26 }

  private static func isCode(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let first = bytes.first, isLower(first) else { return false }
    return bytes.allSatisfy { isLower($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
  }

  private static func isIdentifier(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let first = bytes.first, bytes.count <= 64, isLower(first) || isDigit(first) else { return false }
    return bytes.allSatisfy {
      isLower($0) || isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
        || $0 == UInt8(ascii: "-")
    }
  }

  private static func isUUID(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count == 36 else { return false }
    for (place, byte) in bytes.enumerated() {
      let isDash = place == 8 || place == 13 || place == 18 || place == 23
      guard isDash ? byte == UInt8(ascii: "-") : hexValue(byte) != 0xFF else { return false }
    }
    return true
  }

  private static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.contains { $0 > 0x20 && $0 < 0x80 }
      || String(decoding: bytes, as: UTF8.self).unicodeScalars.contains { !$0.properties.isWhitespace }
  }

  private static func isLine(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.enumerated().allSatisfy { place, byte in
      switch byte {
      case 0..<0x20, 0x7F: false
      // U+0080 to U+009F.
      case 0xC2: bytes[place + 1] >= 0xA0
      // U+2028 to U+202E, and U+2066 to U+2069.
      case 0xE2:
        switch bytes[place + 1] {
        case 0x80: !(0xA8...0xAE).contains(bytes[place + 2])
        case 0x81: !(0xA6...0xA9).contains(bytes[place + 2])
        default: true
        }
      // U+FFFE and U+FFFF.
      case 0xEF: bytes[place + 1] != 0xBF || bytes[place + 2] < 0xBE
      default: true
      }
    }
  }

  private static func isInteger(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let isNegative = bytes.first == UInt8(ascii: "-")
    let digits = bytes.dropFirst(isNegative ? 1 : 0)
    guard let first = digits.first, digits.allSatisfy(isDigit) else { return false }
    return first != UInt8(ascii: "0") || digits.count == 1 && !isNegative
  }

  private static func isBase64(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count % 4 == 0 else { return false }
    var padding = 0
    if bytes.last == UInt8(ascii: "=") { padding = bytes[bytes.count - 2] == UInt8(ascii: "=") ? 2 : 1 }
    var last: UInt8 = 0
    for byte in bytes.dropLast(padding) {
      last = sextet(byte)
      guard last != 0xFF else { return false }
    }
    // The bits of the last digit that no byte takes.
    return padding == 0 || last & (padding == 1 ? 0b11 : 0b1111) == 0
  }

  private static func sextet(_ byte: UInt8) -> UInt8 {
    if byte &- UInt8(ascii: "A") < 26 { return byte &- UInt8(ascii: "A") }
    if isLower(byte) { return byte &- UInt8(ascii: "a") &+ 26 }
    if isDigit(byte) { return byte &- UInt8(ascii: "0") &+ 52 }
    return byte == UInt8(ascii: "+") ? 62 : byte == UInt8(ascii: "/") ? 63 : 0xFF
  }

  private static func pair(_ bytes: UnsafeRawBufferPointer, at place: Int) -> Int? {
    guard isDigit(bytes[place]), isDigit(bytes[place + 1]) else { return nil }
    return Int(bytes[place] &- UInt8(ascii: "0")) * 10 + Int(bytes[place + 1] &- UInt8(ascii: "0"))
  }

  /// The minutes of `HH:MM` at that place, nil for what is no time; the caller knows that five bytes are there.
  private static func minutes(_ bytes: UnsafeRawBufferPointer, at place: Int) -> Int? {
    guard let hour = pair(bytes, at: place), bytes[place + 2] == UInt8(ascii: ":"),
      let minute = pair(bytes, at: place + 3), hour < 24, minute < 60
    else { return nil }
    return hour * 60 + minute
  }

  /// `YYYY-MM-DD` in front; the caller knows that ten bytes are there.
  private static func isDate(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let century = pair(bytes, at: 0), let year = pair(bytes, at: 2),
      bytes[4] == UInt8(ascii: "-"), let month = pair(bytes, at: 5), bytes[7] == UInt8(ascii: "-"),
      let day = pair(bytes, at: 8), day >= 1, century + year > 0
    else { return false }
    switch month {
    case 1, 3, 5, 7, 8, 10, 12: return day <= 31
    case 4, 6, 9, 11: return day <= 30
    case 2: return day <= ((year == 0 ? century : year) % 4 == 0 ? 29 : 28)
    default: return false
    }
  }

  private static func isDateTime(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 20, isDate(bytes), bytes[10] == UInt8(ascii: "T"),
      let local = minutes(bytes, at: 11), bytes[16] == UInt8(ascii: ":"), let second = pair(bytes, at: 17),
      second < 60
    else { return false }
    var place = 19
    if bytes[place] == UInt8(ascii: ".") {
      place += 1
      let start = place
      while place < bytes.count, isDigit(bytes[place]) { place += 1 }
      guard place > start, place < bytes.count else { return false }
    }
    var offset = 0
    let sign = bytes[place]
    if sign != UInt8(ascii: "Z") {
      guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), place + 6 == bytes.count,
        let minutes = minutes(bytes, at: place + 1)
      else { return false }
      offset = sign == UInt8(ascii: "-") ? -minutes : minutes
      place += 5
    }
    return place + 1 == bytes.count && isTellable(bytes, minute: local - offset)
  }

  /// Whether a date's minute, counted from midnight UTC of the date in front, is one of an instant.
  private static func isTellable(_ bytes: UnsafeRawBufferPointer, minute: Int) -> Bool {
    switch String(decoding: bytes[..<10], as: UTF8.self) {
    case "0001-01-01": minute >= 24 * 60
    case "0001-01-02": minute >= 0
    case "9999-12-30": minute < 24 * 60
    case "9999-12-31": minute < 0
    default: true
    }
  }
}
