import StationAudit
import StationCrypto
import Testing

@Suite struct PortableProofTests {
  static let header = "c2sp.org/tlog-proof@v1\n"
  static let hash = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="

  static func proof(_ index: UInt64) throws -> PortableProof {
    let nodes = TiledNodes(StoredTree(leaves: try Vectors.leafHashes()))
    return PortableProof(
      index: index, hashes: try nodes.inclusionProof(index: index, size: 8), checkpoint: Vectors.note)
  }

  @Test(arguments: 0..<8) func `a proof goes out as text, comes back and holds`(index: Int) throws {
    let text = try Self.proof(UInt64(index)).text
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "c2sp.org/tlog-proof@v1")
    #expect(lines[1] == "index \(index)")
    #expect(lines[5] == "")
    #expect(text.hasSuffix("\n\n" + Vectors.note))
    let key = try VerifierKey(Vectors.verifierKey)
    let read = try PortableProof(text)
    #expect(read.text == text)
    #expect(try read.verify(leaf: hex(Vectors.leaves[index]), key: key).size == 8)
    for other in Vectors.leaves where other != Vectors.leaves[index] {
      #expect(throws: ProofError.rootMismatch) { try read.verify(leaf: hex(other), key: key) }
    }
  }

  @Test func `no single bit of a proof can be changed`() throws {
    let key = try VerifierKey(Vectors.verifierKey)
    let leaf = try hex(Vectors.leaves[5])
    let bytes = Array(try Self.proof(5).text.utf8)
    for bit in 0..<(bytes.count * 8) {
      var changed = bytes
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      guard let text = String(validating: changed, as: UTF8.self) else { continue }
      #expect(throws: (any Error).self) { try PortableProof(text).verify(leaf: leaf, key: key) }
    }
  }

  @Test func `another log's key is refused`() throws {
    let stranger = try SignerKey.generate(name: Vectors.name).verifierKey
    #expect(throws: NoteError.unsigned) {
      try Self.proof(0).verify(leaf: hex(Vectors.leaves[0]), key: stranger)
    }
  }

  @Test func `extra data is kept and vouches for nothing`() throws {
    let text = try Self.proof(3).text.replacing("index", with: "extra AQID\nindex")
    let proof = try PortableProof(text)
    #expect(proof.extra == [1, 2, 3])
    #expect(proof.text == text)
    try proof.verify(leaf: hex(Vectors.leaves[3]), key: VerifierKey(Vectors.verifierKey))
  }

  @Test func `a proof in a tree of one leaf has no hashes`() throws {
    let signer = try Vectors.signer()
    let note = try Checkpoint(origin: Vectors.name, size: 1, root: MerkleTree.leafHash([7])).signed(
      by: signer)
    let text = PortableProof(index: 0, hashes: [], checkpoint: note.encoded).text
    #expect(text.hasPrefix(Self.header + "index 0\n\n" + Vectors.name))
    try PortableProof(text).verify(leaf: [7], key: signer.verifierKey)
  }

  @Test(arguments: [
    "", header, "c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2\nindex 0\n\nnote",
    "\(header)\nindex 0\n\nnote",
    "\(header)index 0", "\(header)index 0\n", "\(header)index\n\nnote", "\(header)index \n\nnote",
    "\(header)index 00\n\nnote", "\(header)index 01\n\nnote", "\(header)index +1\n\nnote",
    "\(header)index -1\n\nnote", "\(header)index  1\n\nnote", "\(header)index 1 \n\nnote",
    "\(header)index 18446744073709551616\n\nnote", "\(header)Index 1\n\nnote", "\(header)index 1\n\(hash)\n",
    "\(header)index 1\n\(hash)", "\(header)index 1\n \(hash)\n\nnote", "\(header)index 1\n\(hash) \n\nnote",
    "\(header)index 1\nAAAA\n\nnote", "\(header)index 1\n\(hash.dropLast())\n\nnote",
    "\(header)index 1\r\n\r\nnote", "\(header)extra \nindex 1\n\nnote", "\(header)extra AQI\nindex 1\n\nnote",
    "\(header)extra AQID\n\nnote", "\(header)extra AQID\nextra AQID\nindex 1\n\nnote",
    "\(header)index 1\nextra AQID\n\nnote", "\(header)extra AQID",
    header + "index 1\n" + String(repeating: hash + "\n", count: 64) + "\nnote",
  ])
  func `a text with any other spelling is refused`(text: String) {
    #expect(throws: NoteError.malformedProof) { try PortableProof(text) }
  }
}
