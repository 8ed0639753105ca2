import StationAudit
import StationCrypto
import Testing

@Suite struct CompactRangeTests {
  @Test func `the root is that of the whole tree after every leaf`() {
    let tree = ReferenceTree(count: 300)
    var range = CompactRange()
    for (count, leaf) in tree.leaves.enumerated() {
      #expect(range.size == UInt64(count))
      #expect(range.root == tree.root(count))
      range.append(leaf)
    }
    #expect(range.head == TreeHead(size: 300, root: tree.root(300)))
  }

  @Test func `each complete subtree is told of once, when its last leaf comes`() {
    let tree = ReferenceTree(count: 64)
    var range = CompactRange()
    var told: [TreeNode: Digest32] = [:]
    for (index, leaf) in tree.leaves.enumerated() {
      range.append(leaf) { node, hash in
        #expect(told.updateValue(hash, forKey: node) == nil)
        #expect((node.index + 1) << UInt64(node.level) == UInt64(index + 1))
      }
    }
    #expect(told.count == 63)
    for (node, hash) in told {
      let start = Int(node.index) << node.level
      let leaves = Array(tree.leaves[start..<(start + 1 << node.level)])
      #expect(ReferenceTree(leaves: leaves).root(leaves.count) == hash)
    }
  }

  @Test func `a frontier that was stored grows on as the one it was taken from`() throws {
    let tree = ReferenceTree(count: 70)
    let nodes = TiledNodes(StoredTree(leaves: tree.leaves))
    var range = CompactRange()
    for (count, leaf) in tree.leaves.enumerated() {
      var copy = try CompactRange(size: UInt64(count), hashes: range.hashes)
      #expect(copy == range)
      #expect(try CompactRange(size: UInt64(count), from: nodes) == range)
      copy.append(leaf)
      range.append(leaf)
      #expect(copy == range)
    }
  }

  @Test func `an append whose callback throws has not happened`() throws {
    struct Stop: Error {}
    let tree = ReferenceTree(count: 8)
    var range = CompactRange()
    for leaf in tree.leaves.dropLast() { range.append(leaf) }
    let before = range
    #expect(throws: Stop.self) {
      try range.append(tree.leaves[7]) { node, _ in if node.level == 3 { throw Stop() } }
    }
    #expect(range == before)
    range.append(tree.leaves[7])
    #expect(range.root == tree.root(8))
  }

  @Test(arguments: [(0, 1), (1, 0), (5, 1), (5, 3), (7, 2), (8, 3)] as [(UInt64, Int)])
  func `a frontier with another number of hashes is refused`(size: UInt64, count: Int) {
    let hashes = [Digest32](repeating: Digest32(), count: count)
    #expect(throws: ProofError.wrongHashCount) { try CompactRange(size: size, hashes: hashes) }
  }

  @Test func `a size above 63 bits is refused`() {
    #expect(throws: ProofError.sizeTooLarge) { try CompactRange(size: 1 << 63, hashes: [Digest32()]) }
  }

  @Test func `the frontier of a size is named from the largest subtree down`() {
    #expect(CompactRange.nodes(size: 0).isEmpty)
    #expect(
      CompactRange.nodes(size: 0b1011)
        == [TreeNode(level: 3, index: 0), TreeNode(level: 1, index: 4), TreeNode(level: 0, index: 10)])
    #expect(CompactRange.nodes(size: MerkleTree.maximumSize).count == 63)
  }
}
