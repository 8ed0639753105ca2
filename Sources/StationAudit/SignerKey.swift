import StationCrypto

/// The private half of a note key.
package struct SignerKey: Sendable {
  package let verifierKey: VerifierKey
  private let key: Ed25519.SigningKey

  /// The key under a name without spaces and pluses.
  package init(name: String, key: Ed25519.SigningKey) throws(NoteError) {
    self.key = key
    verifierKey = try VerifierKey(name: name, publicKey: key.verifyKey)
  }

  /// The key written as `PRIVATE+KEY+name+hex(keyID)+base64(type ‖ seed)`, the form of Go's note package.
  package init(_ text: String) throws(NoteError) {
    let marker = "PRIVATE+KEY+"
    guard text.utf8.starts(with: marker.utf8) else { throw .malformedKey }
    let parts = try NoteKey.parse(text.utf8.dropFirst(marker.utf8.count))
    guard let key = try? Ed25519.SigningKey(seed: parts.key) else { throw .malformedKey }
    try self.init(name: parts.name, key: key)
    guard verifierKey.identifier == parts.identifier else { throw .keyIDMismatch }
  }

  /// A new random key.
  package static func generate(name: String) throws(NoteError) -> SignerKey {
    guard let key = try? Ed25519.SigningKey.generate() else { throw .signingFailed }
    return try SignerKey(name: name, key: key)
  }

  /// `PRIVATE+KEY+name+hex(keyID)+base64(type ‖ seed)`. A secret.
  package func privateText() throws(NoteError) -> String {
    guard let seed = try? key.seed() else { throw .signingFailed }
    let identifier = NoteKey.hex(verifierKey.identifier)
    return "PRIVATE+KEY+\(verifierKey.name)+\(identifier)+\(Base64.encode([NoteKey.ed25519] + seed))"
  }

  /// The signature line for a note's text, which is signed as it is.
  func sign(_ text: [UInt8]) throws(NoteError) -> NoteSignature {
    guard let signature = try? key.sign(text) else { throw .signingFailed }
    return NoteSignature(name: verifierKey.name, identifier: verifierKey.identifier, signature: signature)
  }
}
