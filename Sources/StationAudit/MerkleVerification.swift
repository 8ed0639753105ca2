import StationCrypto

/// Checks of proofs against roots that the caller already trusts. Nothing but hashes is needed.
package enum MerkleVerification {
  /// Throws unless `proof` shows that the leaf is at `index` in the tree of `size` leaves with this root
  /// (RFC 9162 section 2.1.3.2).
  ///
  /// A root does not commit to its size: where the way up has the same shape in a tree of another size, that
  /// size passes too. Take size and root together from one verified checkpoint, whose signature covers both.
  package static func verifyInclusion(
    leafHash: Digest32, index: UInt64, size: UInt64, proof: [Digest32], root: Digest32
  ) throws(ProofError) {
    guard size <= MerkleTree.maximumSize else { throw .sizeTooLarge }
    guard index < size else { throw .indexOutOfRange }
    var node = index
    var last = size - 1
    var hash = leafHash
    for sibling in proof {
      guard last != 0 else { throw .tooLong }
      if node & 1 == 1 || node == last {
        hash = MerkleTree.nodeHash(sibling, hash)
        // The last node of a level without a sibling goes up unhashed until it has one.
        while node & 1 == 0 && node != 0 {
          node >>= 1
          last >>= 1
        }
      } else {
        hash = MerkleTree.nodeHash(hash, sibling)
      }
      node >>= 1
      last >>= 1
    }
    guard last == 0 else { throw .tooShort }
    guard hash == root else { throw .rootMismatch }
  }

  /// Throws unless `proof` shows that the first `old` leaves of the new tree are the old tree
  /// (RFC 9162 section 2.1.4.2).
  package static func verifyConsistency(
    old: UInt64, oldRoot: Digest32, new: UInt64, newRoot: Digest32, proof: [Digest32]
  ) throws(ProofError) {
    guard new <= MerkleTree.maximumSize else { throw .sizeTooLarge }
    guard old > 0 else { throw .oldSizeZero }
    guard old <= new else { throw .sizesReversed }
    if old == new {
      guard proof.isEmpty else { throw .tooLong }
      guard oldRoot == newRoot else { throw .rootMismatch }
      return
    }

    var rest = proof[...]
    // The root of a complete old tree is a node of the new one: the proof leaves out what the verifier has.
    let isComplete = old & (old - 1) == 0
    guard let start = isComplete ? oldRoot : rest.popFirst() else { throw .tooShort }
    var node = old - 1
    var last = new - 1
    while node & 1 == 1 {
      node >>= 1
      last >>= 1
    }
    var oldHash = start
    var newHash = start
    for sibling in rest {
      guard last != 0 else { throw .tooLong }
      if node & 1 == 1 || node == last {
        oldHash = MerkleTree.nodeHash(sibling, oldHash)
        newHash = MerkleTree.nodeHash(sibling, newHash)
        while node & 1 == 0 && node != 0 {
          node >>= 1
          last >>= 1
        }
      } else {
        newHash = MerkleTree.nodeHash(newHash, sibling)
      }
      node >>= 1
      last >>= 1
    }
    guard last == 0 else { throw .tooShort }
    guard oldHash == oldRoot else { throw .oldRootMismatch }
    guard newHash == newRoot else { throw .rootMismatch }
  }
}
