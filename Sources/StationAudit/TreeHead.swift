import StationCrypto

/// The state of a tree: how many leaves it has and its root.
package struct TreeHead: Sendable, Hashable {
  package let size: UInt64
  package let root: Digest32

  package init(size: UInt64, root: Digest32) {
    self.size = size
    self.root = root
  }
}
