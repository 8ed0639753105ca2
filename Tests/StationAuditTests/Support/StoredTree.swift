import StationAudit
import StationCrypto

/// A store of a tree in memory: leaf hashes and tile roots, nothing between.
final class StoredTree: TileSource, Sendable {
  private let leaves: [Digest32]
  private let tiles: [TreeNode: Digest32]

  init(leaves: [Digest32]) {
    self.leaves = leaves
    var tiles: [TreeNode: Digest32] = [:]
    var range = CompactRange()
    for leaf in leaves {
      range.append(leaf) { node, hash in
        if TiledNodes<StoredTree>.isKept(level: node.level) { tiles[node] = hash }
      }
    }
    self.tiles = tiles
  }

  var tileCount: Int { tiles.count }

  func leafHashes(_ range: Range<UInt64>) throws -> [Digest32] {
    return Array(leaves[Int(range.lowerBound)..<Int(range.upperBound)])
  }

  func tileRoots(level: Int, _ range: Range<UInt64>) throws -> [Digest32] {
    return range.compactMap { tiles[TreeNode(level: level, index: $0)] }
  }
}
