extension JSONNumber {
  /// Compares exactly with an integer: negative, zero or positive as this number is less, equal or greater.
  func compare(to bound: Int) -> Int {
    if let value = intValue { return value < bound ? -1 : value > bound ? 1 : 0 }
    let own = Decimal(literal)
    let other = Decimal(String(bound))
    if own.sign != other.sign { return own.sign < other.sign ? -1 : 1 }
    return own.sign * own.compareMagnitude(to: other)
  }

  /// A number as 0.d1d2d3… × 10^scale, without leading zeros.
  private struct Decimal {
    let sign: Int
    let digits: [UInt8]
    let scale: Int

    init(_ literal: String) {
      var isNegative = false
      var digits: [UInt8] = []
      var scale = 0
      var isFraction = false
      var exponent = 0
      var isExponent = false
      var exponentSign = 1
      for byte in literal.utf8 {
        switch byte {
        case UInt8(ascii: "-"):
          if isExponent { exponentSign = -1 } else { isNegative = true }
        case UInt8(ascii: "+"):
          break
        case UInt8(ascii: "."):
          isFraction = true
        case UInt8(ascii: "e"), UInt8(ascii: "E"):
          isExponent = true
        default:
          let digit = byte &- UInt8(ascii: "0")
          if isExponent {
            // Far beyond any literal that fits a memory, far below what a sum could overflow.
            exponent = min(exponent * 10 + Int(digit), 1 << 50)
          } else if digits.isEmpty && digit == 0 {
            if isFraction { scale -= 1 }
          } else {
            digits.append(digit)
            if !isFraction { scale += 1 }
          }
        }
      }
      while digits.last == 0 { digits.removeLast() }
      self.digits = digits
      self.scale = scale + exponentSign * exponent
      sign = digits.isEmpty ? 0 : isNegative ? -1 : 1
    }

    func compareMagnitude(to other: Decimal) -> Int {
      if digits.isEmpty && other.digits.isEmpty { return 0 }
      if scale != other.scale { return scale < other.scale ? -1 : 1 }
      if digits.lexicographicallyPrecedes(other.digits) { return -1 }
      return digits == other.digits ? 0 : 1
    }
  }
}
