import StationAudit
import StationCrypto
import Synchronization
import Testing

@Suite struct TiledNodesTests {
  static let size = 66_000
  static let leaves = (0..<size).map { MerkleTree.leafHash(Array("leaf \($0)".utf8)) }
  static let store = StoredTree(leaves: leaves)
  static let head: TreeHead = {
    var range = CompactRange()
    for leaf in leaves { range.append(leaf) }
    return range.head
  }()

  @Test func `only one subtree in 256 is kept`() {
    #expect(TiledNodesTests.store.tileCount == 66_000 / 256 + 66_000 / 65_536)
    #expect((0...24).filter(TiledNodes<StoredTree>.isKept) == [8, 16, 24])
  }

  @Test func `a large tree is rebuilt and proved across three levels of tiles`() throws {
    let nodes = TiledNodes(TiledNodesTests.store)
    let head = TiledNodesTests.head
    #expect(try nodes.root(size: head.size) == head.root)
    for index in [0, 1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 65_791, 65_792, 65_999] as [UInt64] {
      let proof = try nodes.inclusionProof(index: index, size: head.size)
      try MerkleVerification.verifyInclusion(
        leafHash: TiledNodesTests.leaves[Int(index)], index: index, size: head.size, proof: proof,
        root: head.root)
    }
    for old in [1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 65_999, 66_000] as [UInt64] {
      let proof = try nodes.consistencyProof(old: old, new: head.size)
      try MerkleVerification.verifyConsistency(
        old: old, oldRoot: nodes.root(size: old), new: head.size, newRoot: head.root, proof: proof)
    }
  }

  /// A tree of any size whose leaves are all alike: a subtree depends on its level alone.
  final class UniformTree: TileSource, Sendable {
    private let roots: [Digest32]
    private let count = Atomic<Int>(0)

    /// How many hashes were read.
    var reads: Int { count.load(ordering: .relaxed) }

    init() {
      var roots = [MerkleTree.leafHash([])]
      for _ in 0..<62 { roots.append(MerkleTree.nodeHash(roots[roots.count - 1], roots[roots.count - 1])) }
      self.roots = roots
    }

    func leafHashes(_ range: Range<UInt64>) throws -> [Digest32] {
      count.add(range.count, ordering: .relaxed)
      return Array(repeating: roots[0], count: range.count)
    }

    func tileRoots(level: Int, _ range: Range<UInt64>) throws -> [Digest32] {
      count.add(range.count, ordering: .relaxed)
      return Array(repeating: roots[level], count: range.count)
    }
  }

  @Test(arguments: [1 << 20, 1_000_000, (1 << 20) - 1, (1 << 20) + 1] as [UInt64])
  func `a proof over a million leaves reads about a thousand hashes`(size: UInt64) throws {
    for index in [0, 1, 12_345, 524_287, 524_288, 777_777, size - 2, size - 1] {
      let tree = UniformTree()
      let nodes = TiledNodes(tree)
      _ = try nodes.inclusionProof(index: index, size: size)
      #expect(tree.reads <= 1_050)
      let before = tree.reads
      _ = try nodes.consistencyProof(old: index + 1, new: size)
      #expect(tree.reads - before <= 1_050)
    }
  }

  @Test(arguments: [1, 3, 1 << 40, MerkleTree.maximumSize - 1, MerkleTree.maximumSize] as [UInt64])
  func `the largest trees are proved without overflow`(size: UInt64) throws {
    let nodes = TiledNodes(UniformTree())
    let root = try nodes.root(size: size)
    for index in [0, size / 2, size - 1] {
      let proof = try nodes.inclusionProof(index: index, size: size)
      try MerkleVerification.verifyInclusion(
        leafHash: MerkleTree.leafHash([]), index: index, size: size, proof: proof, root: root)
      let old = index + 1
      try MerkleVerification.verifyConsistency(
        old: old, oldRoot: nodes.root(size: old), new: size, newRoot: root,
        proof: nodes.consistencyProof(old: old, new: size))
    }
  }

  @Test func `a store that has not all hashes gives an error, not a proof`() {
    let nodes = TiledNodes(StoredTree(leaves: Array(TiledNodesTests.leaves.prefix(300))))
    #expect(throws: ProofError.wrongHashCount) { try nodes.node(TreeNode(level: 8, index: 1)) }
    #expect(throws: ProofError.wrongHashCount) { try nodes.node(TreeNode(level: 9, index: 0)) }
  }
}
