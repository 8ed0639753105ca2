import StationAudit
import StationCrypto
import Testing

@Suite struct CheckpointTests {
  static let root = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="
  static let emptyRoot = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

  @Test func `the vector's head is written and signed byte for byte`() throws {
    let root = try #require(Digest32(hex: Vectors.roots[8]))
    let checkpoint = try Checkpoint(origin: Vectors.name, size: 8, root: root)
    #expect(checkpoint.text == Vectors.checkpoint)
    #expect(try checkpoint.signed(by: Vectors.signer()).encoded == Vectors.note)
    let opened = try Checkpoint(opening: SignedNote(Vectors.note), signedBy: VerifierKey(Vectors.verifierKey))
    #expect(opened == checkpoint)
    #expect(opened.head == TreeHead(size: 8, root: root))
  }

  @Test(arguments: [
    "o\n0\n\(emptyRoot)\n", "o\n1\n\(root)\n", "o\n9223372036854775807\n\(root)\n",
    "o\n8\n\(root)\nextension\n",
    "o\n8\n\(root)\none\ntwo\n", "审计日志 1\n8\n\(root)\n", "o\n8\n\(root)\n \n",
  ])
  func `a checkpoint is written as it was read`(text: String) throws {
    #expect(Array(try Checkpoint(text: text).text.utf8) == Array(text.utf8))
  }

  @Test func `extension lines of other logs are kept`() throws {
    #expect(try Checkpoint(text: "o\n8\n\(Self.root)\none\ntwo\n").extensions == ["one", "two"])
    #expect(try Checkpoint(text: "o\n8\n\(Self.root)\n").extensions.isEmpty)
  }

  @Test(arguments: [
    "", "\n", "o", "o\n", "o\n8\n", "o\n8\n\(root)", "\n8\n\(root)\n", "o\n\n\(root)\n", "o\n8\n\n",
    "o\n8\n\(root)\n\n",
    "o\n8\n\(root)\n\nx\n", "o\n8\n\(root)\nx", "o\n08\n\(root)\n", "o\n00\n\(emptyRoot)\n",
    "o\n+8\n\(root)\n",
    "o\n-8\n\(root)\n", "o\n 8\n\(root)\n", "o\n8 \n\(root)\n", "o\n8.0\n\(root)\n", "o\n8e0\n\(root)\n",
    "o\n0x8\n\(root)\n", "o\n８\n\(root)\n", "o\n9223372036854775808\n\(root)\n",
    "o\n18446744073709551616\n\(root)\n",
    "o\n99999999999999999999999\n\(root)\n", "o\n0\n\(root)\n", "o\n8\n \(root)\n", "o\n8\n\(root) \n",
    "o\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg\n",
    "o\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyh=\n",
    "o\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz-Nw7_RgQyg=\n",
    "o\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQw==\n",
    "o\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQygA\n", "o\r\n8\r\n\(root)\r\n", "o\n8\r\n\(root)\n",
    "o\u{0}\n8\n\(root)\n", "o\n8\n\(root)\n\t\n",
  ])
  func `a text with any other spelling is refused`(text: String) {
    #expect(throws: NoteError.malformedCheckpoint) { try Checkpoint(text: text) }
  }

  @Test(arguments: [("", 1), ("a\nb", 1), ("a\tb", 1), ("o", 0), ("o", 1 << 63)] as [(String, UInt64)])
  func `a head that cannot be written is refused`(origin: String, size: UInt64) throws {
    let root = try #require(Digest32(hex: Vectors.roots[8]))
    #expect(throws: NoteError.malformedCheckpoint) { try Checkpoint(origin: origin, size: size, root: root) }
  }

  @Test func `a checkpoint of another log is refused though the key signed it`() throws {
    let signer = try Vectors.signer()
    let other = try Checkpoint(text: "other.example/log\n8\n\(Self.root)\n")
    #expect(throws: NoteError.wrongOrigin) { try other.signed(by: signer) }
    let note = try SignedNote(signing: other.text, with: [signer])
    #expect(throws: NoteError.wrongOrigin) { try Checkpoint(opening: note, signedBy: signer.verifierKey) }
  }

  @Test func `a note that the log's key did not sign is not opened`() throws {
    let stranger = try SignerKey.generate(name: Vectors.name)
    let note = try SignedNote(signing: Vectors.checkpoint, with: [stranger])
    #expect(throws: NoteError.unsigned) {
      try Checkpoint(opening: note, signedBy: VerifierKey(Vectors.verifierKey))
    }
    let text = try SignedNote(signing: "not a checkpoint\n", with: [Vectors.signer()])
    #expect(throws: NoteError.malformedCheckpoint) {
      try Checkpoint(opening: text, signedBy: VerifierKey(Vectors.verifierKey))
    }
  }
}
