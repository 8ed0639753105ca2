import StationCrypto

/// What a store keeps of a tree: the leaf hashes, and the roots of complete subtrees at the tile levels.
package protocol TileSource {
  /// The hashes of these leaves, in order.
  func leafHashes(_ range: Range<UInt64>) throws -> [Digest32]

  /// The roots of these complete subtrees of 2^level leaves, in order. `level` is 8, 16, 24 and so on, and
  /// `range` is of indexes at that level.
  func tileRoots(level: Int, _ range: Range<UInt64>) throws -> [Digest32]
}

/// All nodes of a tree of which only one level in eight is kept.
///
/// A node is computed from at most 128 kept hashes below it; a proof in a tree of a million leaves reads
/// about a thousand.
package struct TiledNodes<Source: TileSource>: NodeSource {
  /// The distance between kept levels: a tile has 2^8 entries.
  package static var tileHeight: Int { 8 }

  /// Whether the roots of subtrees at this level must be kept.
  package static func isKept(level: Int) -> Bool { level > 0 && level.isMultiple(of: tileHeight) }

  package let source: Source

  package init(_ source: Source) {
    self.source = source
  }

  package func node(_ node: TreeNode) throws -> Digest32 {
    let above = node.level % Self.tileHeight
    let level = node.level - above
    let range = node.index << UInt64(above)..<(node.index + 1) << UInt64(above)
    var hashes = try level == 0 ? source.leafHashes(range) : source.tileRoots(level: level, range)
    guard hashes.count == range.count else { throw ProofError.wrongHashCount }
    // Fold neighbours in place, level by level.
    var count = hashes.count
    while count > 1 {
      count /= 2
      for position in 0..<count {
        hashes[position] = MerkleTree.nodeHash(hashes[2 * position], hashes[2 * position + 1])
      }
    }
    return hashes[0]
  }
}

extension TiledNodes: Sendable where Source: Sendable {}
