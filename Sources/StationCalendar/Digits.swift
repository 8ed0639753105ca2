/// Fixed-width decimal numbers in UTF-8 bytes.
enum Digits {
  /// The number in exactly `count` digits; nil if a byte is not a digit. The bytes must be there.
  @inline(__always)
  static func read(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int, count: Int) -> Int? {
    var value = 0
    for index in start..<(start + count) {
      let digit = Int(bytes[index]) - 0x30
      guard digit >= 0, digit <= 9 else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  /// Writes the lowest `count` digits of a number that is not negative. The room must be there.
  @inline(__always)
  static func write(
    _ value: Int, to buffer: UnsafeMutableBufferPointer<UInt8>, at start: Int, count: Int
  ) {
    // Unsigned 32-bit division by a constant is a multiplication and a shift.
    var rest = UInt32(truncatingIfNeeded: value)
    var index = start + count
    while index > start {
      index -= 1
      let quotient = rest / 10
      buffer[index] = UInt8(truncatingIfNeeded: 0x30 + rest - quotient * 10)
      rest = quotient
    }
  }
}
