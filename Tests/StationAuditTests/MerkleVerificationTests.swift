import StationAudit
import StationCrypto
import Testing

@Suite struct MerkleVerificationTests {
  static let tree = ReferenceTree(count: 72)
  static let roots = (0...72).map { tree.root($0) }
  static let stranger = MerkleTree.leafHash(Array("stranger".utf8))

  /// A proof with one thing wrong in it: a bit flipped, a hash left out, added or swapped with its neighbour.
  static func mutations(of proof: [Digest32]) -> [[Digest32]] {
    var mutations: [[Digest32]] = []
    for position in proof.indices {
      for bit in [0, 131, 255] {
        var mutation = proof
        mutation[position] = flip(proof[position], bit: bit)
        mutations.append(mutation)
      }
      var shorter = proof
      shorter.remove(at: position)
      mutations.append(shorter)
      if position + 1 < proof.count {
        var swapped = proof
        swapped.swapAt(position, position + 1)
        mutations.append(swapped)
      }
    }
    for position in 0...proof.count {
      var longer = proof
      longer.insert(stranger, at: position)
      mutations.append(longer)
      if let last = proof.last {
        longer[position] = last
        mutations.append(longer)
      }
    }
    return mutations
  }

  static func flip(_ digest: Digest32, bit: Int) -> Digest32 {
    var bytes = digest.bytes
    bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    return Digest32(bytes) ?? digest
  }

  static func includes(
    _ leaf: Digest32, _ index: Int, _ size: Int, _ proof: [Digest32], _ root: Digest32
  ) -> Bool {
    (try? MerkleVerification.verifyInclusion(
      leafHash: leaf, index: UInt64(index), size: UInt64(size), proof: proof, root: root)) != nil
  }

  static func extends(
    _ old: Int, _ oldRoot: Digest32, _ new: Int, _ newRoot: Digest32, _ proof: [Digest32]
  ) -> Bool {
    (try? MerkleVerification.verifyConsistency(
      old: UInt64(old), oldRoot: oldRoot, new: UInt64(new), newRoot: newRoot, proof: proof)) != nil
  }

  @Test(arguments: 0..<70) func `every inclusion proof holds and none with one change does`(size: Int) {
    let (tree, root) = (Self.tree, Self.roots[size])
    var wrong = 0
    for index in 0..<size {
      let leaf = tree.leaves[index]
      let proof = tree.path(index, size)
      let way = ReferenceTree.way(index: index, size: size)
      #expect(Self.includes(leaf, index, size, proof, root))
      for mutation in Self.mutations(of: proof) where Self.includes(leaf, index, size, mutation, root) {
        wrong += 1
      }
      for other in 0...(size + 1) where other != index {
        if Self.includes(leaf, other, size, proof, root) { wrong += 1 }
        if Self.includes(tree.leaves[other], index, size, proof, root) { wrong += 1 }
      }
      if Self.includes(Self.flip(leaf, bit: 7), index, size, proof, root) { wrong += 1 }
      if Self.includes(leaf, index, size, proof, Self.flip(root, bit: 8)) { wrong += 1 }
      if Self.includes(leaf, index, size, proof, Self.roots[size + 1]) { wrong += 1 }
      for other in 0...72 where other != size {
        // A root says nothing of sizes with the same way up; that is for the signature on the size.
        let isSameWay =
          other > index && ReferenceTree.way(index: index, size: other) == way
        if Self.includes(leaf, index, other, proof, root) != isSameWay { wrong += 1 }
      }
    }
    #expect(wrong == 0)
  }

  @Test(arguments: 1..<70) func `every consistency proof holds and none with one change does`(new: Int) {
    let (tree, newRoot) = (Self.tree, Self.roots[new])
    var wrong = 0
    for old in 1...new {
      let oldRoot = Self.roots[old]
      let proof = tree.proof(old, new)
      #expect(Self.extends(old, oldRoot, new, newRoot, proof))
      for mutation in Self.mutations(of: proof) where Self.extends(old, oldRoot, new, newRoot, mutation) {
        wrong += 1
      }
      if Self.extends(old, Self.flip(oldRoot, bit: 0), new, newRoot, proof) { wrong += 1 }
      if Self.extends(old, oldRoot, new, Self.flip(newRoot, bit: 255), proof) { wrong += 1 }
      if old < new, Self.extends(new, newRoot, old, oldRoot, proof) { wrong += 1 }
      let way = ReferenceTree.way(old: old, new: new)
      for other in 0...72 where other != old {
        let isSameWay = other > 0 && other <= new && ReferenceTree.way(old: other, new: new) == way
        if Self.extends(other, oldRoot, new, newRoot, proof) != isSameWay { wrong += 1 }
      }
      for other in 0...72 where other != new {
        let isSameWay = other >= old && ReferenceTree.way(old: old, new: other) == way
        if Self.extends(old, oldRoot, other, newRoot, proof) != isSameWay { wrong += 1 }
      }
    }
    #expect(wrong == 0)
  }

  @Test func `an inclusion proof that fails says why`() {
    let tree = Self.tree
    func error(
      index: UInt64 = 4, size: UInt64 = 7, proof: [Digest32]? = nil, root: Digest32? = nil
    ) -> ProofError? {
      #expect(throws: ProofError.self) {
        try MerkleVerification.verifyInclusion(
          leafHash: tree.leaves[4], index: index, size: size, proof: proof ?? tree.path(4, 7),
          root: root ?? tree.root(7))
      }
    }
    #expect(error(index: 7) == .indexOutOfRange)
    #expect(error(index: .max) == .indexOutOfRange)
    #expect(error(size: 0) == .indexOutOfRange)
    #expect(error(size: .max) == .sizeTooLarge)
    #expect(error(proof: []) == .tooShort)
    #expect(error(proof: tree.path(4, 7).dropLast()) == .tooShort)
    #expect(error(proof: tree.path(4, 7) + [Self.stranger]) == .tooLong)
    #expect(error(root: tree.root(6)) == .rootMismatch)
  }

  @Test func `a consistency proof that fails says why`() {
    let tree = Self.tree
    func error(
      old: UInt64 = 3, oldRoot: Digest32? = nil, new: UInt64 = 7, newRoot: Digest32? = nil,
      proof: [Digest32]? = nil
    ) -> ProofError? {
      #expect(throws: ProofError.self) {
        try MerkleVerification.verifyConsistency(
          old: old, oldRoot: oldRoot ?? tree.root(3), new: new, newRoot: newRoot ?? tree.root(7),
          proof: proof ?? tree.proof(3, 7))
      }
    }
    #expect(error(old: 0) == .oldSizeZero)
    #expect(error(old: 0, new: 0, proof: []) == .oldSizeZero)
    #expect(error(old: 8) == .sizesReversed)
    #expect(error(new: .max) == .sizeTooLarge)
    #expect(error(proof: []) == .tooShort)
    #expect(error(proof: tree.proof(3, 7).dropLast()) == .tooShort)
    #expect(error(proof: tree.proof(3, 7) + [Self.stranger]) == .tooLong)
    #expect(error(oldRoot: tree.root(2)) == .oldRootMismatch)
    #expect(error(newRoot: tree.root(8)) == .rootMismatch)
    #expect(error(old: 7, oldRoot: tree.root(7)) == .tooLong)
    #expect(error(old: 7, proof: []) == .rootMismatch)
  }
}
