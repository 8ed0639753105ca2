import StationAudit
import StationCrypto

/// RFC 6962 section 2.1 word for word, recursive and slow: what the fast code is compared with.
struct ReferenceTree {
  let leaves: [Digest32]

  /// A tree whose leaves are the numbers from 0, each as one byte or more.
  init(count: Int) {
    leaves = (0..<count).map { MerkleTree.leafHash(Array("leaf \($0)".utf8)) }
  }

  init(leaves: [Digest32]) {
    self.leaves = leaves
  }

  func root(_ size: Int) -> Digest32 { root(leaves[..<size]) }

  func path(_ index: Int, _ size: Int) -> [Digest32] { path(index, leaves[..<size]) }

  func proof(_ old: Int, _ new: Int) -> [Digest32] { subproof(old, leaves[..<new], true) }

  private func root(_ leaves: ArraySlice<Digest32>) -> Digest32 {
    if leaves.isEmpty { return SHA256.hash([]) }
    if leaves.count == 1 { return leaves[leaves.startIndex] }
    let half = ReferenceTree.split(leaves.count)
    let left = root(leaves.prefix(half))
    let right = root(leaves.dropFirst(half))
    return SHA256.hash([1] + left.bytes + right.bytes)
  }

  private func path(_ index: Int, _ leaves: ArraySlice<Digest32>) -> [Digest32] {
    if leaves.count == 1 { return [] }
    let half = ReferenceTree.split(leaves.count)
    return index < half
      ? path(index, leaves.prefix(half)) + [root(leaves.dropFirst(half))]
      : path(index - half, leaves.dropFirst(half)) + [root(leaves.prefix(half))]
  }

  private func subproof(_ old: Int, _ leaves: ArraySlice<Digest32>, _ isKnown: Bool) -> [Digest32] {
    if old == leaves.count { return isKnown ? [] : [root(leaves)] }
    let half = ReferenceTree.split(leaves.count)
    return old <= half
      ? subproof(old, leaves.prefix(half), isKnown) + [root(leaves.dropFirst(half))]
      : subproof(old - half, leaves.dropFirst(half), false) + [root(leaves.prefix(half))]
  }

  /// The sides on which the hashes of an inclusion proof stand. Two sizes with the same way up cannot be told
  /// apart by a root: the signature over the size does that.
  static func way(index: Int, size: Int) -> [String] {
    if size == 1 { return [] }
    let half = split(size)
    return index < half
      ? way(index: index, size: half) + ["right"] : way(index: index - half, size: size - half) + ["left"]
  }

  /// The same for a consistency proof.
  static func way(old: Int, new: Int, isKnown: Bool = true) -> [String] {
    if old == new { return isKnown ? ["known"] : ["given"] }
    let half = split(new)
    return old <= half
      ? way(old: old, new: half, isKnown: isKnown) + ["right"]
      : way(old: old - half, new: new - half, isKnown: false) + ["left"]
  }

  private static func split(_ count: Int) -> Int {
    var half = 1
    while half * 2 < count { half *= 2 }
    return half
  }
}
