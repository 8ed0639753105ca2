import StationAudit
import StationCrypto
import Testing

@Suite struct MerkleAuditorTests {
  typealias Failure = MerkleAuditor.Failure

  static let leaves = (0..<300).map { Array("leaf \($0)".utf8) }
  static let tree = ReferenceTree(count: 300)

  static func head(_ size: Int) -> TreeHead { TreeHead(size: UInt64(size), root: tree.root(size)) }

  static func audit(_ leaves: [[UInt8]], promises: [TreeHead]) throws -> TreeHead {
    var auditor = MerkleAuditor(promises: promises)
    for (index, leaf) in leaves.enumerated() {
      try leaf.withUnsafeBytes { try auditor.add($0, index: UInt64(index)) }
    }
    return try auditor.finish()
  }

  @Test func `a log that keeps all its promises passes, in whatever order they are given`() throws {
    let promises = [7, 300, 0, 256, 1, 7].map(Self.head)
    #expect(try Self.audit(Self.leaves, promises: promises) == Self.head(300))
    #expect(try Self.audit([], promises: [Self.head(0)]) == Self.head(0))
    #expect(try Self.audit([], promises: []).root == MerkleTree.emptyRoot)
  }

  @Test(arguments: [0, 6, 7, 99, 100, 255, 299])
  func `a changed leaf is found at the next promise after it`(changed: Int) {
    var leaves = Self.leaves
    leaves[changed].append(0)
    let sizes = [7, 100, 256, 300]
    let size = UInt64(sizes.first { $0 > changed } ?? 0)
    let lastGood = UInt64(sizes.last { $0 <= changed } ?? 0)
    #expect(throws: Failure.root(size: size, lastGood: lastGood)) {
      try Self.audit(leaves, promises: sizes.map(Self.head))
    }
  }

  @Test func `a changed leaf is named when its hash was stored`() {
    #expect(throws: Failure.leafHash(index: 5)) {
      var auditor = MerkleAuditor(promises: [])
      for index in 0..<10 {
        let leaf = index == 5 ? [] : Self.leaves[index]
        try leaf.withUnsafeBytes {
          try auditor.add($0, index: UInt64(index), storedHash: Self.tree.leaves[index])
        }
      }
    }
  }

  @Test func `a changed subtree root is named`() {
    let node = TreeNode(level: 8, index: 0)
    #expect(throws: Failure.subtreeRoot(node)) {
      var auditor = MerkleAuditor(promises: [])
      for (index, leaf) in Self.tree.leaves.enumerated() {
        try auditor.add(leafHash: leaf, index: UInt64(index)) { $0 == node ? Digest32() : nil }
      }
    }
  }

  @Test func `missing, doubled and disordered leaves are found`() {
    let leaf = Self.tree.leaves[0]
    for (indexes, failure) in [
      ([1], .sequence(expected: 0, found: 1)), ([0, 2], .sequence(expected: 1, found: 2)),
      ([0, 1, 1], .sequence(expected: 2, found: 1)), ([0, 1, 0], .sequence(expected: 2, found: 0)),
    ] as [([UInt64], Failure)] {
      #expect(throws: failure) {
        var auditor = MerkleAuditor(promises: [])
        for index in indexes { try auditor.add(leafHash: leaf, index: index) }
      }
    }
  }

  @Test func `a log that is shorter than promised is found`() {
    #expect(throws: Failure.truncated(size: 200, promised: 256)) {
      try Self.audit(Array(Self.leaves.prefix(200)), promises: [7, 256, 300].map(Self.head))
    }
    #expect(throws: Failure.truncated(size: 0, promised: 1)) { try Self.audit([], promises: [Self.head(1)]) }
  }

  @Test func `two promises that contradict each other cannot both be kept`() {
    let forked = TreeHead(size: 7, root: Self.tree.root(8))
    #expect(throws: Failure.self) { try Self.audit(Self.leaves, promises: [Self.head(7), forked]) }
    let empty = TreeHead(size: 0, root: Self.tree.root(1))
    #expect(throws: Failure.root(size: 0, lastGood: 0)) { try Self.audit(Self.leaves, promises: [empty]) }
    #expect(throws: Failure.root(size: 0, lastGood: 0)) { try Self.audit([], promises: [empty]) }
  }
}
