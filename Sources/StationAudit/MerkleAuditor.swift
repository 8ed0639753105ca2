import StationCrypto

/// Recomputes a whole log from its leaves, and finds the first place where it is not what was promised.
///
/// Leaves come in order, one at a time, so the log need not fit in memory.
package struct MerkleAuditor: Sendable {
  /// What is wrong with a log.
  package enum Failure: Error, Sendable, Hashable {
    /// The next leaf is not the one that follows: some are missing, doubled or out of order.
    case sequence(expected: UInt64, found: UInt64)
    /// The leaf does not have the hash that was stored for it.
    case leafHash(index: UInt64)
    /// The subtree does not have the root that was stored for it.
    case subtreeRoot(TreeNode)
    /// The tree of the first `size` leaves has another root than promised, though that of the first
    /// `lastGood` is right: the fault is in leaf `lastGood` or later.
    case root(size: UInt64, lastGood: UInt64)
    /// The log ends before a tree that was promised.
    case truncated(size: UInt64, promised: UInt64)
  }

  private var range = CompactRange()
  // The heads still ahead, the nearest last.
  private var promises: [TreeHead]
  private var lastGood: UInt64 = 0

  /// Promised heads, from checkpoints for instance, in any order.
  package init(promises: [TreeHead]) {
    self.promises = promises.sorted { $0.size > $1.size }
  }

  /// How many leaves have come.
  package var size: UInt64 { range.size }

  /// Takes the next leaf, with the hash and the subtree roots that the store has for it, if any.
  ///
  /// `storedRoot` is asked for each subtree that the leaf completes, and answers nil for those that are not
  /// kept. After a failure the auditor is not to be used further.
  package mutating func add(
    _ leaf: UnsafeRawBufferPointer, index: UInt64, storedHash: Digest32? = nil,
    storedRoot: (TreeNode) throws -> Digest32? = { _ in nil }
  ) throws {
    let hash = MerkleTree.leafHash(leaf)
    if let storedHash, storedHash != hash { throw Failure.leafHash(index: index) }
    try add(leafHash: hash, index: index, storedRoot: storedRoot)
  }

  /// Takes the hash of the next leaf; otherwise as for leaves.
  package mutating func add(
    leafHash: Digest32, index: UInt64, storedRoot: (TreeNode) throws -> Digest32? = { _ in nil }
  ) throws {
    guard index == range.size else { throw Failure.sequence(expected: range.size, found: index) }
    if index == 0 { try checkPromises() }
    try range.append(leafHash) { node, hash in
      if let stored = try storedRoot(node), stored != hash { throw Failure.subtreeRoot(node) }
    }
    try checkPromises()
  }

  /// The head of all that came; throws if a promised tree was larger.
  package mutating func finish() throws -> TreeHead {
    if range.size == 0 { try checkPromises() }
    if let missing = promises.last { throw Failure.truncated(size: range.size, promised: missing.size) }
    return range.head
  }

  private mutating func checkPromises() throws {
    while let promise = promises.last, promise.size == range.size {
      guard promise.root == range.root else { throw Failure.root(size: promise.size, lastGood: lastGood) }
      promises.removeLast()
      lastGood = promise.size
    }
  }
}
