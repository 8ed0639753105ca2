import StationCrypto

/// Rules that both kinds of note keys share (C2SP signed-note).
package enum NoteKey {
  /// The signature type byte of Ed25519.
  static let ed25519: UInt8 = 0x01
  /// The signature type byte of a witness's timestamped Ed25519 (C2SP tlog-cosignature).
  static let cosignature: UInt8 = 0x04

  /// Whether a name may stand in a signature line: not empty, without Unicode spaces, control characters or
  /// plus.
  package static func isValidName(_ name: String) -> Bool {
    !name.isEmpty
      && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "+" && !$0.properties.isWhitespace }
  }

  /// The first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key), as a big-endian number.
  static func identifier(name: String, publicKey: [UInt8], type: UInt8 = ed25519) -> UInt32 {
    var hash = SHA256()
    hash.update(Array(name.utf8))
    hash.update([0x0A, type])
    hash.update(publicKey)
    return hash.finalize().bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Eight lowercase hexadecimal digits.
  static func hex(_ identifier: UInt32) -> String { Hex.encode(bigEndian(identifier)) }

  static func bigEndian(_ identifier: UInt32) -> [UInt8] {
    withUnsafeBytes(of: identifier.bigEndian) { [UInt8]($0) }
  }

  /// The three parts of `name+hex(keyID)+base64(type ‖ 32 bytes)`: the base64 may itself contain a plus.
  static func parse(
    _ text: Substring.UTF8View, type expected: UInt8 = ed25519
  ) throws(NoteError) -> (name: String, identifier: UInt32, key: [UInt8]) {
    let parts = text.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let name = String(parts[0]), isValidName(name) else { throw .malformedKey }
    guard let hex = String(parts[1]), let identifier = Hex.decode(hex), identifier.count == 4,
      let base64 = String(parts[2]), let key = Base64.decode(base64), let type = key.first
    else { throw .malformedKey }
    guard type == expected else { throw .unknownAlgorithm }
    guard key.count == 33 else { throw .malformedKey }
    return (name, identifier.reduce(0) { $0 << 8 | UInt32($1) }, [UInt8](key.dropFirst()))
  }
}
