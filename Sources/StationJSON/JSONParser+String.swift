extension JSONParser {
  /// A string whose opening quote is at `place`: validated first, then built at its exact size in one copy.
  mutating func string() throws(JSONError) -> String {
    place &+= 1
    let start = place
    // How many bytes the escapes take more than what they stand for.
    var surplus = 0
    while true {
      place &+= stringRun(base, from: place, to: end)
      let byte = try next()
      if byte == UInt8(ascii: "\"") { break }
      if byte >= 0x80 {
        try sequence(lead: byte)
      } else if byte == UInt8(ascii: "\\") {
        surplus &+= try escape()
      } else {
        throw JSONError(.controlCharacter, at: place)
      }
    }
    let raw = UnsafeRawBufferPointer(start: base + start, count: place &- start)
    place &+= 1
    if surplus == 0 { return String(decoding: raw, as: UTF8.self) }
    return String(unsafeUninitializedCapacity: raw.count &- surplus) { output in
      Self.unescape(raw, into: output)
    }
  }

  /// Finds what is wrong with a UTF-8 sequence that `stringRun` did not take.
  private mutating func sequence(lead: UInt8) throws(JSONError) {
    guard let tail = utf8Tail(after: lead) else { throw JSONError(.invalidUTF8, at: place) }
    place &+= 1
    let second = try next()
    guard second >= tail.low, second <= tail.high else { throw JSONError(.invalidUTF8, at: place) }
    place &+= 1
    for _ in 1..<tail.count {
      guard try next() & 0xC0 == 0x80 else { throw JSONError(.invalidUTF8, at: place) }
      place &+= 1
    }
  }

  /// An escape whose backslash is at `place`; returns how many bytes it takes more than what it stands for.
  private mutating func escape() throws(JSONError) -> Int {
    place &+= 1
    switch try next() {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      place &+= 1
      return 1
    case UInt8(ascii: "u"):
      place &+= 1
    default:
      throw JSONError(.invalidEscape, at: place)
    }
    let first = try hex()
    let second = try hex { first == 0xD && $0 >= 0xC }
    let isHigh = first == 0xD && second >= 0x8
    let third = try hex()
    _ = try hex()
    if isHigh {
      guard try next() == UInt8(ascii: "\\") else { throw JSONError(.loneSurrogate, at: place) }
      place &+= 1
      guard try next() == UInt8(ascii: "u") else { throw JSONError(.loneSurrogate, at: place) }
      place &+= 1
      _ = try hex { $0 != 0xD }
      _ = try hex { $0 < 0xC }
      _ = try hex()
      _ = try hex()
      return 12 - 4
    }
    if first == 0, second == 0, third < 0x8 { return 6 - 1 }
    return first == 0 && second < 0x8 ? 6 - 2 : 6 - 3
  }

  /// One hexadecimal digit; `isLone` names those that would leave a surrogate alone.
  @inline(__always)
  private mutating func hex(isLone: (UInt8) -> Bool = { _ in false }) throws(JSONError) -> UInt8 {
    let digit = hexValue(try next())
    guard digit != 0xFF else { throw JSONError(.invalidEscape, at: place) }
    guard !isLone(digit) else { throw JSONError(.loneSurrogate, at: place) }
    place &+= 1
    return digit
  }

  /// Writes what a validated string with escapes stands for; `output` has room for exactly that.
  private static func unescape(
    _ raw: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<UInt8>
  ) -> Int {
    var written = 0
    var place = 0
    while place < raw.count {
      let byte = raw[place]
      if byte != UInt8(ascii: "\\") {
        output[written] = byte
        written &+= 1
        place &+= 1
        continue
      }
      let kind = raw[place &+ 1]
      place &+= 2
      guard kind == UInt8(ascii: "u") else {
        output[written] = shortEscape(kind)
        written &+= 1
        continue
      }
      var scalar = codeUnit(raw, at: place)
      place &+= 4
      if scalar & 0xFC00 == 0xD800 {
        scalar = 0x10000 &+ (scalar & 0x3FF) << 10 &+ codeUnit(raw, at: place &+ 2) & 0x3FF
        place &+= 6
      }
      written &+= encode(scalar, into: output, at: written)
    }
    return written
  }

  private static func shortEscape(_ kind: UInt8) -> UInt8 {
    switch kind {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: kind
    }
  }

  private static func codeUnit(_ raw: UnsafeRawBufferPointer, at place: Int) -> UInt32 {
    var unit: UInt32 = 0
    for offset in 0..<4 { unit = unit << 4 | UInt32(hexValue(raw[place &+ offset])) }
    return unit
  }

  private static func encode(
    _ scalar: UInt32, into output: UnsafeMutableBufferPointer<UInt8>, at place: Int
  ) -> Int {
    func tail(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: scalar >> shift & 0x3F | 0x80) }
    switch scalar {
    case ..<0x80:
      output[place] = UInt8(truncatingIfNeeded: scalar)
      return 1
    case ..<0x800:
      output[place] = UInt8(truncatingIfNeeded: scalar >> 6 | 0xC0)
      output[place &+ 1] = tail(0)
      return 2
    case ..<0x10000:
      output[place] = UInt8(truncatingIfNeeded: scalar >> 12 | 0xE0)
      output[place &+ 1] = tail(6)
      output[place &+ 2] = tail(0)
      return 3
    default:
      output[place] = UInt8(truncatingIfNeeded: scalar >> 18 | 0xF0)
      output[place &+ 1] = tail(12)
      output[place &+ 2] = tail(6)
      output[place &+ 3] = tail(0)
      return 4
    }
  }
}
