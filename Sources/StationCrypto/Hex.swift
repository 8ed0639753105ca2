/// Lowercase base 16 (RFC 4648 section 8, in lower case).
package enum Hex {
  /// Two lowercase digits a byte.
  package static func encode(_ bytes: UnsafeRawBufferPointer) -> String {
    String(unsafeUninitializedCapacity: bytes.count * 2) { output in
      var position = 0
      for byte in bytes {
        output[position] = digit(byte >> 4)
        output[position + 1] = digit(byte & 0x0F)
        position += 2
      }
      return position
    }
  }

  /// Two lowercase digits a byte.
  package static func encode(_ bytes: [UInt8]) -> String {
    bytes.withUnsafeBytes { encode($0) }
  }

  /// The bytes; nil for an odd length or anything but `0-9a-f`, so that each value has one spelling only.
  package static func decode(_ text: String) -> [UInt8]? {
    var text = text
    return text.withUTF8 { digits in
      guard digits.count.isMultiple(of: 2) else { return nil }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(digits.count / 2)
      var position = 0
      while position < digits.count {
        guard let high = value(digits[position]), let low = value(digits[position + 1]) else { return nil }
        bytes.append(high << 4 | low)
        position += 2
      }
      return bytes
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
