import StationCrypto

/// A proof that stands alone: a leaf's place, its way to the root, and the signed checkpoint
/// (`c2sp.org/tlog-proof@v1`). Who has the leaf and the log's key needs nothing else.
package struct PortableProof: Sendable {
  /// The first line of the format.
  package static let header = "c2sp.org/tlog-proof@v1"

  /// Data for the application that nothing vouches for. A proof made here has none.
  package let extra: [UInt8]?
  /// The place of the leaf, from 0.
  package let index: UInt64
  /// From the leaf's sibling upwards.
  package let hashes: [Digest32]
  /// The log's note, verbatim.
  package let checkpoint: String

  /// The proof for the leaf at `index`, with the note of the checkpoint that `hashes` lead to.
  package init(index: UInt64, hashes: [Digest32], checkpoint: String) {
    extra = nil
    self.index = index
    self.hashes = hashes
    self.checkpoint = checkpoint
  }

  /// A proof as it is written. Nothing is verified yet.
  package init(_ text: String) throws(NoteError) {
    var lines = text.utf8[...]
    guard let first = PortableProof.popLine(&lines), first.elementsEqual(PortableProof.header.utf8),
      var line = PortableProof.popLine(&lines)
    else { throw .malformedProof }

    if let base64 = PortableProof.value(of: line, after: "extra ") {
      guard let bytes = Base64.decode(base64), !bytes.isEmpty, let next = PortableProof.popLine(&lines) else {
        throw .malformedProof
      }
      extra = bytes
      line = next
    } else {
      extra = nil
    }

    guard let number = PortableProof.value(of: line, after: "index "), let index = Decimal.parse(number.utf8)
    else { throw .malformedProof }
    self.index = index

    var hashes: [Digest32] = []
    while true {
      guard let line = PortableProof.popLine(&lines) else { throw .malformedProof }
      if line.isEmpty { break }
      // A tree of 2^63 leaves has no longer path.
      guard hashes.count < 63, let hash = Digest32(base64: String(Substring(line))) else {
        throw .malformedProof
      }
      hashes.append(hash)
    }
    self.hashes = hashes
    checkpoint = String(Substring(lines))
  }

  /// The proof as it is written.
  package var text: String {
    var text = PortableProof.header + "\n"
    if let extra { text += "extra \(Base64.encode(extra))\n" }
    text += "index \(index)\n"
    for hash in hashes { text += hash.base64 + "\n" }
    return text + "\n" + checkpoint
  }

  /// The checkpoint that covers the leaf, once all of this holds: the key signed it, it is for the log of
  /// that name, and the leaf is at `index` in its tree. Throws `NoteError` or `ProofError`.
  @discardableResult
  package func verify(leaf: [UInt8], key: VerifierKey) throws -> Checkpoint {
    let checkpoint = try Checkpoint(opening: SignedNote(checkpoint), signedBy: key)
    try MerkleVerification.verifyInclusion(
      leafHash: MerkleTree.leafHash(leaf), index: index, size: checkpoint.size, proof: hashes,
      root: checkpoint.root)
    return checkpoint
  }

  /// Takes the bytes before the next line feed; nil if there is none.
  private static func popLine(_ text: inout Substring.UTF8View) -> Substring.UTF8View? {
    guard let end = text.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    let line = text[..<end]
    text = text[text.index(after: end)...]
    return line
  }

  private static func value(of line: Substring.UTF8View, after word: String) -> String? {
    guard line.starts(with: word.utf8) else { return nil }
    return String(Substring(line.dropFirst(word.utf8.count)))
  }
}
