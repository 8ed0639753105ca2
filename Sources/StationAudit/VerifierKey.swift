import StationCrypto

/// The public half of a note key: a name, an identifier and an Ed25519 key.
package struct VerifierKey: Sendable {
  package let name: String
  /// What signature lines carry besides the name.
  package let identifier: UInt32
  package let publicKey: Ed25519.VerifyKey

  /// The key under a name without spaces and pluses.
  package init(name: String, publicKey: Ed25519.VerifyKey) throws(NoteError) {
    guard NoteKey.isValidName(name) else { throw .malformedName }
    self.name = name
    self.publicKey = publicKey
    identifier = NoteKey.identifier(name: name, publicKey: publicKey.rawRepresentation)
  }

  /// The key written as `name+hex(keyID)+base64(type ‖ public key)`.
  package init(_ text: String) throws(NoteError) {
    let parts = try NoteKey.parse(text[...].utf8)
    guard let publicKey = try? Ed25519.VerifyKey(rawRepresentation: parts.key) else { throw .malformedKey }
    try self.init(name: parts.name, publicKey: publicKey)
    guard identifier == parts.identifier else { throw .keyIDMismatch }
  }

  /// `name+hex(keyID)+base64(type ‖ public key)`.
  package var text: String {
    "\(name)+\(NoteKey.hex(identifier))+\(Base64.encode([NoteKey.ed25519] + publicKey.rawRepresentation))"
  }

  /// Whether the signature line of `signature` names this key.
  func matches(_ signature: NoteSignature) -> Bool {
    // By bytes: Swift's == also takes differently composed characters for equal.
    identifier == signature.identifier && name.utf8.elementsEqual(signature.name.utf8)
  }
}
