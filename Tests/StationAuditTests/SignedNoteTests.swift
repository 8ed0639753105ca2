import StationAudit
import StationCrypto
import Testing

@Suite struct SignedNoteTests {
  @Test func `the vector's note is signed byte for byte`() throws {
    let note = try SignedNote(signing: Vectors.checkpoint, with: [Vectors.signer()])
    #expect(note.encoded == Vectors.note)
    #expect(Array(note.encoded.utf8) == Array(Vectors.note.utf8))
  }

  @Test func `the vector's note and that of the C2SP page are verified`() throws {
    let note = try SignedNote(Vectors.note)
    #expect(note.text == Vectors.checkpoint)
    #expect(note.encoded == Vectors.note)
    #expect(try note.verify(with: [VerifierKey(Vectors.verifierKey)]) == note.signatures)

    let page = try SignedNote(
      """
      This is an example message.

      — example.com/foo \
      Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

      """)
    #expect(page.text == "This is an example message.\n")
    try page.verify(with: [
      VerifierKey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    ])
  }

  @Test func `no single bit of a note can be changed`() throws {
    let key = try VerifierKey(Vectors.verifierKey)
    let bytes = Array(Vectors.note.utf8)
    for bit in 0..<(bytes.count * 8) {
      var changed = bytes
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: NoteError.self) { try SignedNote(changed).verify(with: [key]) }
    }
  }

  @Test func `signatures of unknown keys are passed over`() throws {
    let known = try Vectors.signer()
    let others = try [SignerKey.generate(name: Vectors.name), SignerKey.generate(name: "witness.example/w1")]
    let note = try SignedNote(
      SignedNote(signing: Vectors.checkpoint, with: [others[0], known, others[1]]).encoded)
    #expect(note.signatures.count == 3)
    #expect(try note.verify(with: [known.verifierKey]).map(\.identifier) == [known.verifierKey.identifier])
    #expect(try note.verify(with: [known.verifierKey, others[1].verifierKey]).count == 2)
    #expect(throws: NoteError.unsigned) { try note.verify(with: []) }
    let stranger = try SignerKey.generate(name: Vectors.name).verifierKey
    #expect(throws: NoteError.unsigned) { try note.verify(with: [stranger]) }
  }

  @Test func `a bad signature of a known key refuses the note, even beside a good one`() throws {
    let known = try Vectors.signer()
    let witness = try SignerKey.generate(name: "witness.example/w1")
    let elsewhere = try SignedNote(signing: "another text\n", with: [witness])
    let mixed = try SignedNote(Vectors.note + elsewhere.signatures[0].line + "\n")
    try mixed.verify(with: [known.verifierKey])
    #expect(throws: NoteError.invalidSignature) {
      try mixed.verify(with: [known.verifierKey, witness.verifierKey])
    }
    #expect(throws: NoteError.invalidSignature) { try mixed.verify(with: [witness.verifierKey]) }

    let forged = try SignedNote(
      Vectors.note
        + NoteSignature(
          name: Vectors.name, identifier: known.verifierKey.identifier,
          signature: Array(repeating: 0, count: 64)
        ).line + "\n")
    #expect(throws: NoteError.invalidSignature) { try forged.verify(with: [known.verifierKey]) }
  }

  @Test func `two known keys with one name and identifier are refused`() throws {
    let key = try VerifierKey(Vectors.verifierKey)
    #expect(throws: NoteError.ambiguousKey) { try SignedNote(Vectors.note).verify(with: [key, key]) }
  }

  @Test func `names are compared by their bytes`() throws {
    // Swift holds the two spellings of this letter for equal strings.
    let seed = try hex(Vectors.seed)
    let composed = try SignerKey(name: "caf\u{E9}.example", key: Ed25519.SigningKey(seed: seed))
    let note = try SignedNote(signing: "text\n", with: [composed])
    let line = note.signatures[0]
    let respelled = NoteSignature(
      name: "cafe\u{301}.example", identifier: line.identifier, signature: line.signature)
    #expect(respelled.name == line.name)
    let changed = try SignedNote("text\n\n\(respelled.line)\n")
    #expect(throws: NoteError.unsigned) { try changed.verify(with: [composed.verifierKey]) }
    try note.verify(with: [composed.verifierKey])
  }

  @Test func `a text may have empty lines and any language`() throws {
    let signer = try Vectors.signer()
    for text in ["\n", "a\n\nb\n", "\n\n\n", "审计记录\n", "— looks like a signature\n", "a\u{7F}b\n"] {
      let note = try SignedNote(SignedNote(signing: text, with: [signer]).encoded)
      #expect(note.text == text)
      try note.verify(with: [signer.verifierKey])
    }
  }

  @Test(arguments: ["", "no line feed", "a\rb\n", "a\r\n", "a\u{0}b\n", "tab\t\n", "\u{1F}\n"])
  func `a text without a last line feed or with control characters is not signed`(text: String) {
    #expect(throws: NoteError.malformedText) {
      try SignedNote(signing: text, with: [Vectors.signer()])
    }
  }

  static let line = Vectors.signatureLine
  static let base64 = String(line.split(separator: " ")[2])

  @Test(
    arguments: [
      ("", .malformedNote), ("\n", .malformedNote), ("text\n", .malformedNote), ("text\n\n", .malformedNote),
      ("\(line)\n", .malformedNote), ("text\n\(line)\n", .malformedNote), ("text\n\n\(line)", .malformedNote),
      ("text\n\n\(line)\n\n", .malformedNote), ("text\r\n\r\n\(line)\r\n", .malformedNote),
      ("te\u{0}xt\n\n\(line)\n", .malformedNote), ("text\n\n\(line)\t\n", .malformedNote),
      ("text\n\n \(line)\n", .malformedSignature), ("text\n\n\(line) \n", .malformedSignature),
      ("text\n\n- stationd.example/audit \(base64)\n", .malformedSignature),
      ("text\n\n\u{2013} stationd.example/audit \(base64)\n", .malformedSignature),
      ("text\n\n—stationd.example/audit \(base64)\n", .malformedSignature),
      ("text\n\n—  \(base64)\n", .malformedSignature), ("text\n\n— \(base64)\n", .malformedSignature),
      ("text\n\n— a+b \(base64)\n", .malformedSignature),
      (
        "text\n\n— a\u{2003}b \(base64)\n",
        .malformedSignature
      ),
      ("text\n\n— a b \(base64)\n", .malformedSignature), ("text\n\n— a  \(base64)\n", .malformedSignature),
      ("text\n\n— a \n", .malformedSignature), ("text\n\n— a AAAA\n", .malformedSignature),
      ("text\n\n— a AAAAAA==\n", .malformedSignature), ("text\n\n— a AAAAAAB=\n", .malformedSignature),
      ("text\n\n— a \(base64.dropLast())\n", .malformedSignature),
      ("text\n\n\(line)\nnot a signature\n", .malformedSignature),
    ] as [(String, NoteError)])
  func `a note that is not written right is refused`(note: String, error: NoteError) {
    #expect(throws: error) { try SignedNote(note) }
  }

  @Test(arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x80]] as [[UInt8]])
  func `a note that is not UTF-8 is refused`(bytes: [UInt8]) {
    let block = Array("\n\n\(Self.line)\n".utf8)
    #expect(throws: NoteError.malformedNote) { try SignedNote(bytes + block) }
    #expect(throws: NoteError.malformedSignature) {
      try SignedNote(Array("text\n\n— ".utf8) + bytes + Array(" \(Self.base64)\n".utf8))
    }
  }

  @Test func `a hundred signatures are taken and one more is not`() throws {
    let lines = String(repeating: Self.line + "\n", count: SignedNote.maximumSignatures)
    let key = try VerifierKey(Vectors.verifierKey)
    #expect(try SignedNote(Vectors.checkpoint + "\n" + lines).verify(with: [key]).count == 100)
    #expect(throws: NoteError.tooManySignatures) {
      try SignedNote(Vectors.checkpoint + "\n" + lines + Self.line + "\n")
    }
    let signers = [SignerKey](repeating: try Vectors.signer(), count: SignedNote.maximumSignatures + 1)
    #expect(throws: NoteError.tooManySignatures) { try SignedNote(signing: "text\n", with: signers) }
    #expect(throws: NoteError.unsigned) { try SignedNote(signing: "text\n", with: []) }
  }
}
