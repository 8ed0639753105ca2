/// The bytes of a record's `sealed` column: `1`, then for each entry its kind (1 byte), the length of the
/// member's name (1), the name, the length of the content (4, big-endian), the content.
enum SealedMembers {
  /// The format of the whole.
  static let format: UInt8 = 1

  enum Kind: UInt8 {
    /// Nonce (12 bytes), ciphertext, tag (16).
    case member = 1
    /// What the blind column of the member holds (8, big-endian): so that the log's commitment covers it.
    case blind = 2
  }

  struct Entry {
    let kind: Kind
    let name: String
    let content: UnsafeRawBufferPointer
  }

  /// Begins an entry; the content follows. Returns where its length belongs, for ``end(_:in:)``.
  static func begin(_ kind: Kind, _ name: String, in bytes: inout [UInt8]) -> Int {
    bytes.append(kind.rawValue)
    bytes.append(UInt8(truncatingIfNeeded: name.utf8.count))
    bytes.append(contentsOf: name.utf8)
    let place = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: 4))
    return place
  }

  static func end(_ place: Int, in bytes: inout [UInt8]) {
    let length = UInt32(truncatingIfNeeded: bytes.count - place - 4)
    for shift in 0..<4 {
      bytes[place + shift] = UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32(shift)))
    }
  }

  /// Calls `body` with each entry; the content lives only during the call.
  /// - Returns: false where the bytes are not of this format.
  static func forEach(_ bytes: UnsafeRawBufferPointer, _ body: (Entry) throws -> Void) rethrows -> Bool {
    guard bytes.first == format else { return false }
    var place = 1
    while place < bytes.count {
      guard place + 2 <= bytes.count, let kind = Kind(rawValue: bytes[place]) else { return false }
      let nameEnd = place + 2 + Int(bytes[place + 1])
      guard nameEnd + 4 <= bytes.count else { return false }
      let name = String(decoding: bytes[place + 2..<nameEnd], as: UTF8.self)
      let length = bytes[nameEnd..<nameEnd + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = nameEnd + 4 + length
      guard end <= bytes.count else { return false }
      try body(
        Entry(kind: kind, name: name, content: UnsafeRawBufferPointer(rebasing: bytes[nameEnd + 4..<end])))
      place = end
    }
    return true
  }
}
