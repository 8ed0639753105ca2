import StationCrypto

/// A complete subtree: the one over leaves `index << level ..< (index + 1) << level`.
package struct TreeNode: Sendable, Hashable {
  package let level: Int
  package let index: UInt64

  package init(level: Int, index: UInt64) {
    self.level = level
    self.index = index
  }
}

/// Whatever can give the root of a complete subtree: what proofs are built from.
package protocol NodeSource {
  /// The root of a complete subtree; the hash of a leaf at level 0.
  func node(_ node: TreeNode) throws -> Digest32
}

extension NodeSource {
  /// The root of the tree of the first `size` leaves.
  package func root(size: UInt64) throws -> Digest32 {
    guard size <= MerkleTree.maximumSize else { throw ProofError.sizeTooLarge }
    return try subtreeRoot(from: 0, count: size)
  }

  /// The proof that the leaf at `index` is in the tree of the first `size` leaves, from the leaf's sibling
  /// upwards (RFC 9162 section 2.1.3.1).
  package func inclusionProof(index: UInt64, size: UInt64) throws -> [Digest32] {
    guard size <= MerkleTree.maximumSize else { throw ProofError.sizeTooLarge }
    guard index < size else { throw ProofError.indexOutOfRange }
    var proof: [Digest32] = []
    var start: UInt64 = 0
    var count = size
    while count > 1 {
      let half = MerkleTree.split(count)
      if index - start < half {
        proof.append(try subtreeRoot(from: start + half, count: count - half))
        count = half
      } else {
        proof.append(try subtreeRoot(from: start, count: half))
        start += half
        count -= half
      }
    }
    proof.reverse()
    return proof
  }

  /// The proof that the tree of the first `new` leaves extends that of the first `old` (RFC 9162 section
  /// 2.1.4.1).
  package func consistencyProof(old: UInt64, new: UInt64) throws -> [Digest32] {
    guard new <= MerkleTree.maximumSize else { throw ProofError.sizeTooLarge }
    guard old > 0 else { throw ProofError.oldSizeZero }
    guard old <= new else { throw ProofError.sizesReversed }
    var proof: [Digest32] = []
    var start: UInt64 = 0
    var count = new
    // While the subtree in hand starts at leaf 0, its root is the old root if it ends with the old tree:
    // known.
    while start + count != old {
      let half = MerkleTree.split(count)
      if old - start <= half {
        proof.append(try subtreeRoot(from: start + half, count: count - half))
        count = half
      } else {
        proof.append(try subtreeRoot(from: start, count: half))
        start += half
        count -= half
      }
    }
    if start > 0 { proof.append(try subtreeRoot(from: start, count: count)) }
    proof.reverse()
    return proof
  }

  /// The root over any leaves that RFC 6962 makes a subtree of: `start` is a multiple of the power of two
  /// that `count` does not exceed.
  private func subtreeRoot(from start: UInt64, count: UInt64) throws -> Digest32 {
    var rest = count
    var hash: Digest32?
    // The complete subtrees from the right, the smallest first: each is the left sibling of what is in hand.
    while rest > 0 {
      let level = rest.trailingZeroBitCount
      rest &= rest - 1
      let left = try node(TreeNode(level: level, index: (start + rest) >> UInt64(level)))
      hash = hash.map { MerkleTree.nodeHash(left, $0) } ?? left
    }
    return hash ?? MerkleTree.emptyRoot
  }
}
