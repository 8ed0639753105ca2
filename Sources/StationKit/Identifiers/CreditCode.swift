/// A unified social credit code: 18 places, GB 32100-2015.
public enum CreditCode {
  /// No I, O, S, V or Z (5.2 of the standard).
  private static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY".utf8)
  private static let weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]

  /// Whether the characters and the check character are as the standard says. Capitals only.
  public static func isValid(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 18 else { return false }
    let values = bytes.compactMap { alphabet.firstIndex(of: $0) }
    // Places 3 to 8, the administrative division, are digits.
    guard values.count == 18, values[2..<8].allSatisfy({ $0 < 10 }) else { return false }
    let sum = zip(values.dropLast(), weights).reduce(0) { $0 + $1.0 * $1.1 }
    return values[17] == (31 - sum % 31) % 31
  }
}
