/// Why a proof cannot be made or does not hold.
package enum ProofError: Error, Sendable, Hashable {
  /// The index of the leaf is not below the size of the tree.
  case indexOutOfRange
  /// The old size is 0: every tree extends the empty one, so such a proof says nothing.
  case oldSizeZero
  /// The old tree is larger than the new one.
  case sizesReversed
  /// A size is above `MerkleTree.maximumSize`.
  case sizeTooLarge
  /// The proof ends before the root is reached.
  case tooShort
  /// The proof goes on after the root is reached.
  case tooLong
  /// The proof leads to another root than the (new) tree's.
  case rootMismatch
  /// The proof leads to another root than the old tree's.
  case oldRootMismatch
  /// The hashes given for a tree or a subtree are not as many as it needs.
  case wrongHashCount
}
