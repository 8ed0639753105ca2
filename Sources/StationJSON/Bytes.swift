/// Whether two strings have the same UTF-8 bytes; `String`'s own `==` also accepts canonical equivalents.
func sameBytes(_ left: String, _ right: String) -> Bool {
  let count = left.utf8.count
  guard count == right.utf8.count else { return false }
  let fast = left.utf8.withContiguousStorageIfAvailable { a in
    right.utf8.withContiguousStorageIfAvailable { b in
      sameBytes(UnsafeRawBufferPointer(a), UnsafeRawBufferPointer(b))
    }
  }
  if let fast, let fast { return fast }
  return left.utf8.elementsEqual(right.utf8)
}

/// Both buffers have the same count.
private func sameBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
  var place = 0
  while place &+ 8 <= left.count {
    let a = left.loadUnaligned(fromByteOffset: place, as: UInt64.self)
    let b = right.loadUnaligned(fromByteOffset: place, as: UInt64.self)
    guard a == b else { return false }
    place &+= 8
  }
  while place < left.count {
    guard left[place] == right[place] else { return false }
    place &+= 1
  }
  return true
}

/// Whether the UTF-8 bytes of one string come before those of another.
func bytesPrecede(_ left: String, _ right: String) -> Bool {
  left.utf8.lexicographicallyPrecedes(right.utf8)
}

/// Feeds the UTF-8 bytes of a string, with an end mark, to a hasher.
func hashBytes(of string: String, into hasher: inout Hasher) {
  let fed: Void? = string.utf8.withContiguousStorageIfAvailable {
    hasher.combine(bytes: UnsafeRawBufferPointer($0))
  }
  if fed == nil {
    for byte in string.utf8 { hasher.combine(byte) }
  }
  // A byte that UTF-8 never has, so that no string is a prefix of another.
  hasher.combine(0xFF as UInt8)
}

/// A digest of a key's length, first bytes and last bytes; equal keys have equal tags.
func keyTag(_ key: String) -> UInt32 {
  key.utf8.withContiguousStorageIfAvailable { keyTag(UnsafeRawBufferPointer($0)) } ?? 0
}

private func keyTag(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
  let count = bytes.count
  var word = UInt64(truncatingIfNeeded: count)
  if count >= 8 {
    let head = bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
    let tail = bytes.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    word = (word ^ head) &* 0x9E37_79B9_7F4A_7C15 ^ tail
  } else {
    for byte in bytes { word = word << 8 | UInt64(byte) }
  }
  word = word &* 0x9E37_79B9_7F4A_7C15
  return UInt32(truncatingIfNeeded: word >> 32)
}

/// A key of a hash table, compared by its UTF-8 bytes.
struct KeyBytes: Hashable, Sendable {
  let key: String

  init(_ key: String) { self.key = key }

  static func == (left: KeyBytes, right: KeyBytes) -> Bool { sameBytes(left.key, right.key) }

  func hash(into hasher: inout Hasher) { hashBytes(of: key, into: &hasher) }
}

@inline(__always)
func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

@inline(__always)
func isWhitespace(_ byte: UInt8) -> Bool {
  byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
}

/// The value of a hexadecimal digit in either case, 0xFF for any other byte.
@inline(__always)
func hexValue(_ byte: UInt8) -> UInt8 {
  if isDigit(byte) { return byte &- UInt8(ascii: "0") }
  let letter = (byte | 0x20) &- UInt8(ascii: "a")
  return letter < 6 ? letter &+ 10 : 0xFF
}

/// Marks in a word of eight bytes those that cannot stand in a string as they are: quote, backslash and control
/// characters. The lowest mark is exact, higher ones may be false.
@inline(__always)
func escapes(_ word: UInt64) -> UInt64 {
  let ones: UInt64 = 0x0101_0101_0101_0101
  let quotes = (word ^ (ones &* 0x22)) &- ones
  let slashes = (word ^ (ones &* 0x5C)) &- ones
  let controls = word &- (ones &* 0x20)
  return (quotes | slashes | controls) & ~word & (ones &* 0x80)
}

/// How many bytes from `start` on are in no need of an escape, and ASCII unless that does not matter; looks at each
/// byte once.
@inline(__always)
func plainRun(_ base: UnsafeRawPointer, from start: Int, to end: Int, isASCII: Bool) -> Int {
  var place = start
  while place &+ 8 <= end {
    let word = base.loadUnaligned(fromByteOffset: place, as: UInt64.self).littleEndian
    let marks = escapes(word) | (isASCII ? word & 0x8080_8080_8080_8080 : 0)
    if marks != 0 { return place &- start &+ marks.trailingZeroBitCount >> 3 }
    place &+= 8
  }
  while place < end {
    let byte = base.load(fromByteOffset: place, as: UInt8.self)
    if byte == 0x22 || byte == 0x5C || byte < 0x20 || isASCII && byte >= 0x80 { break }
    place &+= 1
  }
  return place &- start
}

/// What may follow the first byte of a UTF-8 sequence (RFC 3629 section 4): how many more bytes, and the
/// range of the next one. nil if no sequence starts so.
@inline(__always)
func utf8Tail(after lead: UInt8) -> (count: Int, low: UInt8, high: UInt8)? {
  switch lead {
  case 0xC2...0xDF: (1, 0x80, 0xBF)
  case 0xE0: (2, 0xA0, 0xBF)
  case 0xED: (2, 0x80, 0x9F)
  case 0xE1...0xEF: (2, 0x80, 0xBF)
  case 0xF0: (3, 0x90, 0xBF)
  case 0xF1...0xF3: (3, 0x80, 0xBF)
  case 0xF4: (3, 0x80, 0x8F)
  default: nil
  }
}

/// How many bytes from `start` on are the inside of a string without escapes: plain bytes and complete, valid
/// UTF-8 sequences. A sequence that is wrong or cut by `end` is left to the caller.
func stringRun(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
  var place = start
  while true {
    place &+= plainRun(base, from: place, to: end, isASCII: true)
    guard place < end, base.load(fromByteOffset: place, as: UInt8.self) >= 0x80 else { break }
    let length = sequenceLength(base, at: place, to: end)
    guard length > 0 else { break }
    place &+= length
    // Text beyond ASCII mostly goes on with more of it, where a word of eight bytes tells nothing.
    while place < end, base.load(fromByteOffset: place, as: UInt8.self) >= 0x80 {
      let length = sequenceLength(base, at: place, to: end)
      guard length > 0 else { return place &- start }
      place &+= length
    }
  }
  return place &- start
}

/// The length of the UTF-8 sequence beyond ASCII at `place`, 0 if it is wrong or not complete before `end`.
@inline(__always)
private func sequenceLength(_ base: UnsafeRawPointer, at place: Int, to end: Int) -> Int {
  let lead = base.load(fromByteOffset: place, as: UInt8.self)
  guard let tail = utf8Tail(after: lead), place &+ tail.count < end else { return 0 }
  let second = base.load(fromByteOffset: place &+ 1, as: UInt8.self)
  guard second >= tail.low, second <= tail.high else { return 0 }
  var offset = 2
  while offset <= tail.count {
    guard base.load(fromByteOffset: place &+ offset, as: UInt8.self) & 0xC0 == 0x80 else { return 0 }
    offset &+= 1
  }
  return tail.count &+ 1
}
