import StationAudit
import StationCrypto
import Testing

@Suite struct MerkleTreeTests {
  @Test(arguments: 0...8) func `the published leaves give their root`(size: Int) throws {
    let leaves = try Vectors.leafHashes()
    var range = CompactRange()
    for leaf in leaves.prefix(size) { range.append(leaf) }
    #expect(range.root.hex == Vectors.roots[size])
    #expect(try TiledNodes(StoredTree(leaves: leaves)).root(size: UInt64(size)).hex == Vectors.roots[size])
    #expect(ReferenceTree(leaves: leaves).root(size).hex == Vectors.roots[size])
  }

  @Test func `the published consistency proof from 2 to 5 is made and verified`() throws {
    let nodes = TiledNodes(StoredTree(leaves: try Vectors.leafHashes()))
    let proof = try nodes.consistencyProof(old: 2, new: 5)
    #expect(
      proof.map(\.hex) == [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      ])
    try MerkleVerification.verifyConsistency(
      old: 2, oldRoot: #require(Digest32(hex: Vectors.roots[2])),
      new: 5, newRoot: #require(Digest32(hex: Vectors.roots[5])), proof: proof)
  }

  @Test func `a leaf and a node with the same bytes have different hashes`() {
    let left = MerkleTree.leafHash([1])
    let right = MerkleTree.leafHash([2])
    #expect(MerkleTree.leafHash(left.bytes + right.bytes) != MerkleTree.nodeHash(left, right))
    #expect(MerkleTree.nodeHash(left, right) != MerkleTree.nodeHash(right, left))
  }
}
