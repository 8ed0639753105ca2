extension JSONScanner {
  enum NumberStep {
    case continues, ends, bad
  }

  /// A byte that ends a plain run inside a string.
  mutating func stringByte(_ byte: UInt8) -> JSONErrorKind? {
    if byte == UInt8(ascii: "\"") {
      if isKey {
        state = .colon
      } else {
        closeValue()
      }
      return nil
    }
    if byte == UInt8(ascii: "\\") {
      state = .escape
      return nil
    }
    guard byte >= 0x80 else { return .controlCharacter }
    guard let tail = utf8Tail(after: byte) else { return .invalidUTF8 }
    utf8Left = tail.count
    utf8Low = tail.low
    utf8High = tail.high
    state = .utf8
    return nil
  }

  mutating func utf8Byte(_ byte: UInt8) -> JSONErrorKind? {
    guard byte >= utf8Low, byte <= utf8High else { return .invalidUTF8 }
    utf8Low = 0x80
    utf8High = 0xBF
    utf8Left &-= 1
    if utf8Left == 0 { state = .string }
    return nil
  }

  mutating func escapeByte(_ byte: UInt8) -> JSONErrorKind? {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      state = .string
      return nil
    case UInt8(ascii: "u"):
      startHex(wantsLow: false)
      return nil
    default:
      return .invalidEscape
    }
  }

  mutating func startHex(wantsLow: Bool) {
    self.wantsLow = wantsLow
    isHigh = false
    hexPlace = 0
    state = .hex
  }

  /// A digit of a `\u` escape. Its first two tell surrogates: D8 to DB is a first half, DC to DF a second.
  mutating func hexByte(_ byte: UInt8) -> JSONErrorKind? {
    let digit = hexValue(byte)
    guard digit != 0xFF else { return .invalidEscape }
    switch hexPlace {
    case 0:
      if wantsLow && digit != 0xD { return .loneSurrogate }
      hexFirst = digit
    case 1 where hexFirst == 0xD:
      if wantsLow != (digit >= 0xC) { return .loneSurrogate }
      isHigh = digit >= 0x8 && digit < 0xC
    case 3:
      state = isHigh ? .secondBackslash : .string
    default:
      break
    }
    hexPlace &+= 1
    return nil
  }

  mutating func literalByte(_ byte: UInt8) -> JSONErrorKind? {
    let name: StaticString =
      switch literalLead {
      case UInt8(ascii: "t"): "true"
      case UInt8(ascii: "f"): "false"
      default: "null"
      }
    guard byte == name.utf8Start[literalPlace] else { return .invalidLiteral }
    literalPlace &+= 1
    if literalPlace == name.utf8CodeUnitCount { closeScalar() }
    return nil
  }

  mutating func numberByte(_ byte: UInt8) -> NumberStep {
    let digit = isDigit(byte)
    switch state {
    case .minus:
      guard digit else { return .bad }
      state = byte == UInt8(ascii: "0") ? .zero : .integer
    case .zero where digit:
      return .bad
    case .zero, .integer:
      if digit { return .continues }
      if byte == UInt8(ascii: ".") {
        state = .point
      } else if byte | 0x20 == UInt8(ascii: "e") {
        state = .exponent
      } else {
        return .ends
      }
    case .point:
      guard digit else { return .bad }
      state = .fraction
    case .fraction:
      if digit { return .continues }
      guard byte | 0x20 == UInt8(ascii: "e") else { return .ends }
      state = .exponent
    case .exponent where byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"):
      state = .exponentSign
    case .exponent, .exponentSign:
      guard digit else { return .bad }
      state = .exponentDigits
    default:
      return digit ? .continues : .ends
    }
    return .continues
  }
}
