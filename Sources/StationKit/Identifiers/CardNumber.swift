/// A payment card's number (PAN): ISO/IEC 7812-1.
public enum CardNumber {
  /// Whether it has 16 to 19 digits and its last is the Luhn check digit (annex B).
  public static func isValid(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard (16...19).contains(bytes.count), bytes.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return false
    }
    var sum = 0
    for (place, byte) in bytes.reversed().enumerated() {
      let digit = Int(byte) - 0x30
      sum += place % 2 == 0 ? digit : digit < 5 ? digit * 2 : digit * 2 - 9
    }
    return sum % 10 == 0
  }
}
