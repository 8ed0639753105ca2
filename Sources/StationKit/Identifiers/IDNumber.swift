import StationCalendar

/// A citizen's identity number: 18 places, GB 11643-1999.
public enum IDNumber {
  private static let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  private static let checks = Array("10X98765432".utf8)

  /// Whether the places, the date of birth and the check digit are as the standard says (`x` is not `X`).
  public static func isValid(_ text: String) -> Bool { birth(text) != nil }

  /// The date of birth that a valid number states; nil for a number that is not valid.
  public static func birth(_ text: String) -> CivilDate? {
    let bytes = Array(text.utf8)
    guard bytes.count == 18, bytes.dropLast().allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    let digits = bytes.dropLast().map { Int($0) - 0x30 }
    let sum = zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 }
    guard bytes[17] == checks[sum % 11] else { return nil }
    func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
    return CivilDate(year: number(6..<10), month: number(10..<12), day: number(12..<14))
  }
}
