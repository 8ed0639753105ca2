import StationCrypto

/// One signature line of a note.
package struct NoteSignature: Sendable, Hashable {
  /// The name of the key.
  package let name: String
  /// The identifier of the key.
  package let identifier: UInt32
  /// What the key's algorithm made of the text; 64 bytes with Ed25519.
  package let signature: [UInt8]

  package init(name: String, identifier: UInt32, signature: [UInt8]) {
    self.name = name
    self.identifier = identifier
    self.signature = signature
  }

  /// `— name base64(identifier ‖ signature)`, without a line feed.
  package var line: String {
    "\u{2014} \(name) \(Base64.encode(NoteKey.bigEndian(identifier) + signature))"
  }
}

/// A text with the signatures of one or more keys (C2SP signed-note).
package struct SignedNote: Sendable {
  /// The most signature lines a note may have. C2SP asks for at least 16; Go's note package takes 100.
  package static let maximumSignatures = 100

  /// What is signed; ends with a line feed.
  package let text: String
  /// All signature lines, verified or not.
  package let signatures: [NoteSignature]

  /// A text signed by these keys.
  package init(signing text: String, with keys: [SignerKey]) throws(NoteError) {
    let bytes = Array(text.utf8)
    guard bytes.last == SignedNote.lineFeed, SignedNote.isPrintable(bytes[...]) else { throw .malformedText }
    guard !keys.isEmpty else { throw .unsigned }
    guard keys.count <= SignedNote.maximumSignatures else { throw .tooManySignatures }
    var signatures: [NoteSignature] = []
    for key in keys { signatures.append(try key.sign(bytes)) }
    self.text = text
    self.signatures = signatures
  }

  /// A note as it is written. Nothing is verified yet: use `text` only after `verify`.
  package init(_ note: String) throws(NoteError) {
    try self.init(Array(note.utf8))
  }

  /// A note as it is written, in UTF-8. Nothing is verified yet: use `text` only after `verify`.
  package init(_ bytes: [UInt8]) throws(NoteError) {
    guard SignedNote.isPrintable(bytes[...]) else { throw .malformedNote }
    // The text ends with the line feed before the last empty line.
    var split = bytes.count - 2
    while split >= 0, bytes[split] != SignedNote.lineFeed || bytes[split + 1] != SignedNote.lineFeed {
      split -= 1
    }
    guard split >= 0, let text = String(validating: bytes[...split], as: UTF8.self) else {
      throw .malformedNote
    }
    let block = bytes[(split + 2)...]
    guard block.last == SignedNote.lineFeed else { throw .malformedNote }
    let lines = block.dropLast().split(separator: SignedNote.lineFeed, omittingEmptySubsequences: false)
    guard lines.count <= SignedNote.maximumSignatures else { throw .tooManySignatures }
    var signatures: [NoteSignature] = []
    for line in lines { signatures.append(try SignedNote.parse(line)) }
    self.text = text
    self.signatures = signatures
  }

  /// The text, an empty line and the signature lines.
  package var encoded: String {
    signatures.reduce(into: text + "\n") { $0 += $1.line + "\n" }
  }

  /// The signatures that known keys made of the text; signatures of other keys are passed over.
  ///
  /// Throws `invalidSignature` if any signature of a known key is wrong, `unsigned` if no known key signed.
  @discardableResult
  package func verify(with keys: [VerifierKey]) throws(NoteError) -> [NoteSignature] {
    let bytes = Array(text.utf8)
    var verified: [NoteSignature] = []
    for signature in signatures {
      let known = keys.filter { $0.matches(signature) }
      guard let key = known.first else { continue }
      guard known.count == 1 else { throw .ambiguousKey }
      guard key.publicKey.isValid(signature.signature, for: bytes) else { throw .invalidSignature }
      verified.append(signature)
    }
    guard !verified.isEmpty else { throw .unsigned }
    return verified
  }

  private static let lineFeed = UInt8(ascii: "\n")
  private static let dash = Array("\u{2014} ".utf8)

  /// Whether there is no control character but line feeds.
  static func isPrintable(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.allSatisfy { $0 >= 0x20 || $0 == lineFeed }
  }

  private static func parse(_ line: ArraySlice<UInt8>) throws(NoteError) -> NoteSignature {
    guard line.starts(with: dash) else { throw .malformedSignature }
    let rest = line.dropFirst(dash.count)
    guard let space = rest.firstIndex(of: UInt8(ascii: " ")),
      let name = String(validating: rest[..<space], as: UTF8.self), NoteKey.isValidName(name),
      let bytes = rest[(space + 1)...].withUnsafeBufferPointer({ Base64.decode($0) }), bytes.count > 4
    else { throw .malformedSignature }
    let identifier = bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    return NoteSignature(name: name, identifier: identifier, signature: [UInt8](bytes.dropFirst(4)))
  }
}
