import StationAudit
import StationCrypto
import Testing

@Suite struct NodeSourceTests {
  static let tree = ReferenceTree(count: 70)
  static let nodes = TiledNodes(StoredTree(leaves: tree.leaves))

  @Test(arguments: 0..<70) func `roots and inclusion proofs are those of the definition`(size: Int) throws {
    let nodes = NodeSourceTests.nodes
    #expect(try nodes.root(size: UInt64(size)) == NodeSourceTests.tree.root(size))
    for index in 0..<size {
      #expect(
        try nodes.inclusionProof(index: UInt64(index), size: UInt64(size))
          == NodeSourceTests.tree.path(index, size))
    }
  }

  @Test(arguments: 1..<70) func `consistency proofs are those of the definition`(new: Int) throws {
    for old in 1...new {
      #expect(
        try NodeSourceTests.nodes.consistencyProof(old: UInt64(old), new: UInt64(new))
          == NodeSourceTests.tree.proof(old, new))
    }
  }

  @Test func `what cannot be proved is refused`() {
    let nodes = NodeSourceTests.nodes
    #expect(throws: ProofError.indexOutOfRange) { try nodes.inclusionProof(index: 0, size: 0) }
    #expect(throws: ProofError.indexOutOfRange) { try nodes.inclusionProof(index: 5, size: 5) }
    #expect(throws: ProofError.oldSizeZero) { try nodes.consistencyProof(old: 0, new: 5) }
    #expect(throws: ProofError.sizesReversed) { try nodes.consistencyProof(old: 6, new: 5) }
    #expect(throws: ProofError.sizeTooLarge) { try nodes.root(size: .max) }
    #expect(throws: ProofError.sizeTooLarge) { try nodes.inclusionProof(index: 0, size: 1 << 63) }
    #expect(throws: ProofError.sizeTooLarge) { try nodes.consistencyProof(old: 1, new: .max) }
  }
}
