import StationCrypto

/// A tree head as a log signs it (C2SP tlog-checkpoint).
package struct Checkpoint: Sendable, Hashable {
  /// The name of the log.
  package let origin: String
  /// The number of leaves, at most `MerkleTree.maximumSize`.
  package let size: UInt64
  package let root: Digest32
  /// Lines that other logs may add. They are kept, as the signature covers them; a checkpoint made here has
  /// none.
  package let extensions: [String]

  /// The head of the log with this name.
  package init(origin: String, size: UInt64, root: Digest32) throws(NoteError) {
    guard !origin.isEmpty, SignedNote.isPrintable(Array(origin.utf8)[...]),
      !origin.utf8.contains(UInt8(ascii: "\n")), size <= MerkleTree.maximumSize,
      size > 0 || root == MerkleTree.emptyRoot
    else { throw .malformedCheckpoint }
    self.origin = origin
    self.size = size
    self.root = root
    extensions = []
  }

  /// The checkpoint that a note's text is. Each checkpoint has one spelling only, so `text` gives it back.
  package init(text: String) throws(NoteError) {
    guard SignedNote.isPrintable(Array(text.utf8)[...]) else { throw .malformedCheckpoint }
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // The text ends with a line feed, so an empty piece comes last; no line may be empty.
    guard lines.count >= 4, let end = lines.last, end.isEmpty, !lines.dropLast().contains(where: \.isEmpty),
      let size = Decimal.parse(lines[1]), size <= MerkleTree.maximumSize,
      let root = Digest32(base64: String(Substring(lines[2]))),
      size > 0 || root == MerkleTree.emptyRoot
    else { throw .malformedCheckpoint }
    origin = String(Substring(lines[0]))
    self.size = size
    self.root = root
    extensions = lines.dropFirst(3).dropLast().map { String(Substring($0)) }
  }

  /// The checkpoint in a note that the log signed: the key verifies it, and its name is the origin.
  package init(opening note: SignedNote, signedBy key: VerifierKey) throws(NoteError) {
    try note.verify(with: [key])
    try self.init(text: note.text)
    guard origin.utf8.elementsEqual(key.name.utf8) else { throw .wrongOrigin }
  }

  /// Origin, size and root, a line each; then any extension lines.
  package var text: String {
    extensions.reduce(into: "\(origin)\n\(size)\n\(root.base64)\n") { $0 += $1 + "\n" }
  }

  /// The size and the root.
  package var head: TreeHead { TreeHead(size: size, root: root) }

  /// The note that a log publishes. The key's name must be the origin.
  package func signed(by key: SignerKey) throws(NoteError) -> SignedNote {
    guard origin.utf8.elementsEqual(key.verifierKey.name.utf8) else { throw .wrongOrigin }
    return try SignedNote(signing: text, with: [key])
  }
}
