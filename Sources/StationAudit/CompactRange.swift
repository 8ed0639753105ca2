import StationCrypto

/// The frontier of a growing tree: the roots of its complete subtrees from left to right, one for each bit
/// that is set in its size. It takes leaves and gives the root without the leaves that came before.
package struct CompactRange: Sendable, Hashable {
  /// The number of leaves.
  package private(set) var size: UInt64
  /// The roots of the complete subtrees, the largest first.
  package private(set) var hashes: [Digest32]

  /// The empty tree.
  package init() {
    size = 0
    hashes = []
    hashes.reserveCapacity(64)
  }

  /// The tree of `size` leaves with these subtree roots, the largest first; `nodes(size:)` says which they
  /// are.
  package init(size: UInt64, hashes: [Digest32]) throws(ProofError) {
    guard size <= MerkleTree.maximumSize else { throw .sizeTooLarge }
    guard hashes.count == size.nonzeroBitCount else { throw .wrongHashCount }
    self.size = size
    self.hashes = hashes
    self.hashes.reserveCapacity(64)
  }

  /// The tree of `size` leaves, its frontier read from a source.
  package init(size: UInt64, from source: some NodeSource) throws {
    try self.init(size: size, hashes: CompactRange.nodes(size: size).map { try source.node($0) })
  }

  /// The complete subtrees that the frontier of a tree of `size` leaves consists of, the largest first.
  package static func nodes(size: UInt64) -> [TreeNode] {
    var nodes: [TreeNode] = []
    var start: UInt64 = 0
    for level in stride(from: 63, through: 0, by: -1) where size >> UInt64(level) & 1 == 1 {
      nodes.append(TreeNode(level: level, index: start >> UInt64(level)))
      start += 1 << UInt64(level)
    }
    return nodes
  }

  /// Adds a leaf. Costs one hash on average, and no allocation.
  package mutating func append(_ leafHash: Digest32) {
    append(leafHash) { _, _ in }
  }

  /// Adds a leaf, and tells of each subtree above it that is thereby complete, the smallest first (the leaf
  /// itself is not told of). A store keeps those of the levels it wants.
  package mutating func append(_ leafHash: Digest32, onComplete: (TreeNode, Digest32) throws -> Void) rethrows
  {
    var hash = leafHash
    var index = size
    var level = 0
    // Each set bit at the end of the size is a complete subtree as large as the one in hand: they pair up.
    var kept = hashes.count
    while index & 1 == 1 {
      kept -= 1
      hash = MerkleTree.nodeHash(hashes[kept], hash)
      level += 1
      index >>= 1
      try onComplete(TreeNode(level: level, index: index), hash)
    }
    // Nothing is changed until here, so that an append whose callback throws has not happened.
    if kept < hashes.count {
      hashes[kept] = hash
      hashes.removeLast(hashes.count - kept - 1)
    } else {
      hashes.append(hash)
    }
    size += 1
  }

  /// The root of the tree. Costs a hash for each complete subtree but one.
  package var root: Digest32 {
    guard var hash = hashes.last else { return MerkleTree.emptyRoot }
    for left in hashes.dropLast().reversed() {
      hash = MerkleTree.nodeHash(left, hash)
    }
    return hash
  }

  /// The size and the root.
  package var head: TreeHead { TreeHead(size: size, root: root) }
}
