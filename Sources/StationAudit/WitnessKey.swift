import StationCrypto

/// The public key of a witness, whose cosignatures bear the time at which they were made (C2SP tlog-cosignature).
package struct WitnessKey: Sendable {
  package let name: String
  /// What signature lines carry besides the name.
  package let identifier: UInt32
  private let publicKey: Ed25519.VerifyKey

  /// Bytes of a cosignature: the seconds since 1970 as a big-endian number, then an Ed25519 signature.
  private static let timeByteCount = 8

  /// The key written as `name+hex(keyID)+base64(0x04 ‖ public key)`.
  package init(_ text: String) throws(NoteError) {
    let parts = try NoteKey.parse(text[...].utf8, type: NoteKey.cosignature)
    guard let publicKey = try? Ed25519.VerifyKey(rawRepresentation: parts.key) else { throw .malformedKey }
    name = parts.name
    identifier = NoteKey.identifier(name: parts.name, publicKey: parts.key, type: NoteKey.cosignature)
    self.publicKey = publicKey
    guard identifier == parts.identifier else { throw .keyIDMismatch }
  }

  /// Eight hexadecimal digits that tell it from other keys.
  package var hexIdentifier: String { NoteKey.hex(identifier) }

  /// Whether the two are one key under whatever names.
  package func isSameKey(as other: WitnessKey) -> Bool {
    publicKey.rawRepresentation == other.publicKey.rawRepresentation
  }

  /// The cosignature that this witness made of a checkpoint's note.
  /// - Throws: `invalidSignature` if a line that names this key is none of its cosignatures, `unsigned` if none
  ///   names it.
  package func cosignature(on note: SignedNote) throws(NoteError) -> Cosignature {
    for signature in note.signatures
    where signature.identifier == identifier && signature.name.utf8.elementsEqual(name.utf8) {
      guard signature.signature.count == Self.timeByteCount + Ed25519.signatureByteCount else {
        throw .invalidSignature
      }
      let seconds = signature.signature.prefix(Self.timeByteCount).reduce(0) { $0 << 8 | UInt64($1) }
      let message = "cosignature/v1\ntime \(seconds)\n" + note.text
      guard
        publicKey.isValid(
          [UInt8](signature.signature.dropFirst(Self.timeByteCount)), for: Array(message.utf8))
      else { throw .invalidSignature }
      return Cosignature(line: signature, seconds: seconds)
    }
    throw .unsigned
  }
}

/// A witness's statement that at this time the checkpoint was of the largest tree it had seen of the log, and that
/// this tree extends all that it had seen before.
package struct Cosignature: Sendable, Hashable {
  package let line: NoteSignature
  /// Since 1970, as the witness says.
  package let seconds: UInt64
}
