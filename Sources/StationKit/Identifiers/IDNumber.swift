import StationCalendar

/// A citizen's identity number: 18 places, GB 11643-1999.
public enum IDNumber {
  /// Places 1 to 17 of the weighted sum: 2 to the power of (18 - place), modulo 11 (4.4 of the standard).
  private static let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  /// The check character for each remainder (ISO 7064, MOD 11-2).
  private static let checks = Array("10X98765432".utf8)

  /// Whether the places, the date of birth and the check digit are as the standard says (`x` is not `X`).
  ///
  /// Whether the division in places 1 to 6 ever existed is not looked up.
  public static func isValid(_ text: String) -> Bool { birth(text) != nil }

  /// The date of birth that a valid number states; nil for a number that is not valid.
  public static func birth(_ text: String) -> CivilDate? { birth(Array(text.utf8)[...]) }

  /// The same for the bytes of a text.
  static func birth(_ bytes: ArraySlice<UInt8>) -> CivilDate? {
    guard bytes.count == 18, let check = bytes.last else { return nil }
    var digits: [Int] = []
    digits.reserveCapacity(17)
    for byte in bytes.dropLast() {
      guard (0x30...0x39).contains(byte) else { return nil }
      digits.append(Int(byte) - 0x30)
    }
    let sum = zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 }
    guard check == checks[sum % 11] else { return nil }
    func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
    return CivilDate(year: number(6..<10), month: number(10..<12), day: number(12..<14))
  }
}
