/// Standard base64 with padding (RFC 4648 section 4), decoded strictly: every value has exactly one spelling.
package enum Base64 {
  /// The padded text of the bytes.
  package static func encode(_ bytes: UnsafeRawBufferPointer) -> String {
    String(unsafeUninitializedCapacity: encodedCount(bytes.count)) { output in
      var written = 0
      var position = 0
      while position < bytes.count {
        let left = bytes.count - position
        let first = bytes[position]
        let second = left > 1 ? bytes[position + 1] : 0
        let third = left > 2 ? bytes[position + 2] : 0
        output[written] = letter(first >> 2)
        output[written + 1] = letter((first & 0x03) << 4 | second >> 4)
        output[written + 2] = left > 1 ? letter((second & 0x0F) << 2 | third >> 6) : padding
        output[written + 3] = left > 2 ? letter(third & 0x3F) : padding
        written += 4
        position += 3
      }
      return written
    }
  }

  /// The padded text of the bytes.
  package static func encode(_ bytes: [UInt8]) -> String {
    bytes.withUnsafeBytes { encode($0) }
  }

  /// The bytes; nil for white space, missing or surplus padding, the URL alphabet, or trailing bits that are
  /// not zero.
  package static func decode(_ text: String) -> [UInt8]? {
    var text = text
    return text.withUTF8 { decode($0) }
  }

  /// The bytes of a text given as UTF-8; nil as for `decode(_: String)`.
  package static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard text.count.isMultiple(of: 4) else { return nil }
    guard !text.isEmpty else { return [] }
    let padded = text[text.count - 1] != padding ? 0 : text[text.count - 2] != padding ? 1 : 2
    let digits = text.count - padded

    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var bits: UInt32 = 0
    var bitCount = 0
    for position in 0..<digits {
      guard let value = value(text[position]) else { return nil }
      bits = bits << 6 | UInt32(value)
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
        bits &= (1 << UInt32(bitCount)) - 1
      }
    }
    // What is left over after the last whole byte carries no data and must be zero.
    guard bits == 0 else { return nil }
    return bytes
  }

  /// The length of the text of so many bytes.
  package static func encodedCount(_ byteCount: Int) -> Int { (byteCount + 2) / 3 * 4 }

  private static let padding = UInt8(ascii: "=")

  private static let alphabet: StaticString = """
    ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz\
    0123456789+/
    """

  private static func letter(_ value: UInt8) -> UInt8 { alphabet.utf8Start[Int(value & 0x3F)] }

  private static func value(_ letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): letter - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
