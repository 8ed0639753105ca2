import Foundation
import StationAudit
import StationCrypto
import StationKit
import StationStore
import Testing

@Suite struct StoreAuditTests {
  private static func cause(request: String? = nil, purpose: String? = nil, detail: String? = nil) -> Cause {
    Cause(
      principal: Cause.principal(Bench.person), method: "test.run", request: request.map { Array($0.utf8) },
      purpose: purpose, detail: detail.map { Array($0.utf8) })
  }

  @Test func `a leaf is one line of JSON, its members in a fixed order, and holds no content`() async throws {
    let bench = try Bench()
    await bench.write(
      cause: Self.cause(request: "7", purpose: "audit", detail: #"{"reason":"Zhang San"}"#)
    ) { tx, _ in
      _ = try tx.create("item", id: "a", ["name": "Zhang San"])
      return .int(try tx.put("item", "a", version: 1, ["name": "Li Si"]).version)
    }
    let entry = try #require(try bench.store.readLog { try $0.entry(0) })
    let text = String(decoding: entry.leaf, as: UTF8.self)
    #expect(!text.contains("Zhang") && !text.contains("Li Si") && !text.contains("\n"))
    let leaf = try #require(try JSONParser.parse(entry.leaf).objectValue)
    #expect(
      Array(leaf.keys) == [
        "v", "seq", "at", "by", "method", "request", "purpose", "outcome", "written", "detail",
      ])
    #expect(leaf["at"] == "2026-03-02T01:00:00.000Z")
    #expect(leaf["by"] == ["uid": 1000, "gid": 1000, "roles": ["tester"], "unit": "st-01"])
    #expect(leaf["request"] == 7)
    let written = leaf["written"]?.arrayValue ?? []
    #expect(written.map { $0.arrayValue?.prefix(3) } == [["test.item", "a", 1], ["test.item", "a", 2]])
    #expect(entry.detail == Array(#"{"reason":"Zhang San"}"#.utf8))
  }

  @Test func `commitments are to what is stored, with salts that are never the same`() async throws {
    let bench = try Bench()
    for number in 0..<300 {
      await bench.write(cause: Self.cause(detail: "{}")) { tx, _ in
        .string(try tx.create("item", id: "\(number)", ["name": .string("n\(number)")]).id)
      }
    }
    let committed = try (0..<300).map { try bench.leaf($0)["written"]?.arrayValue?.first?.arrayValue?.last }
    bench.stop()
    let tampering = Tampering(directory: bench.directory)
    for number in [0, 1, 255, 256, 299] {
      let salt = try #require(
        try tampering.value("SELECT salt FROM 'test.item' WHERE id = '\(number)'", as: Data.self))
      let body = try #require(
        try tampering.value("SELECT body FROM 'test.item' WHERE id = '\(number)'", as: Data.self))
      // Spelled out, as another program would compute it.
      var bytes = Array(salt) + Array("test.item".utf8) + [0] + Array("\(number)".utf8) + [0]
      bytes += Array("1".utf8) + [0] + Array(body)
      #expect(committed[number] == .string(SHA256.hash(bytes).base64))
    }
    #expect(try tampering.value("SELECT count(DISTINCT salt) FROM 'test.item'") == 300)
    #expect(try tampering.value("SELECT count(DISTINCT salt) FROM audit") == 300)
    #expect(try tampering.value("SELECT min(length(salt)) FROM 'test.item'") == 16)
    #expect(
      try tampering.value(
        "SELECT count(*) FROM audit JOIN 'test.item' AS item ON audit.salt = item.salt") == 0)
  }

  @Test func `a detail's commitment is over its salt and its bytes`() async throws {
    let bench = try Bench()
    let detail = #"{"reason":"why"}"#
    await bench.write(cause: Self.cause(detail: detail)) { _, _ in 1 }
    let leaf = try bench.leaf(0)
    bench.stop()
    let salt = try #require(
      try Tampering(directory: bench.directory).value("SELECT salt FROM audit", as: Data.self))
    #expect(leaf["detail"] == .string(SHA256.hash(Array(salt) + Array(detail.utf8)).base64))
  }

  @Test func `a removed record is written with version 0`() async throws {
    let bench = try Bench()
    await bench.write { tx, _ in .string(try tx.create("item", id: "a", ["name": "n"]).id) }
    await bench.write { tx, _ in
      try tx.delete("item", "a", version: 1)
      return .null
    }
    #expect(
      try bench.newestLeaf()["written"]?.arrayValue?.first?.arrayValue?.prefix(3) == ["test.item", "a", 0])
  }

  @Test func `proofs of the stored tree verify`() async throws {
    let bench = try Bench()
    for _ in 0..<300 { await bench.write { _, _ in 1 } }
    try bench.store.readLog { log in
      let root = try log.root(size: 300)
      for seq in [0, 1, 254, 255, 256, 299] as [UInt64] {
        let leaf = try #require(try log.entry(seq)).leaf
        try MerkleVerification.verifyInclusion(
          leafHash: MerkleTree.leafHash(leaf), index: seq, size: 300,
          proof: try log.inclusionProof(seq, size: 300), root: root)
      }
      for old in [1, 255, 256, 257, 300] as [UInt64] {
        try MerkleVerification.verifyConsistency(
          old: old, oldRoot: try log.root(size: old), new: 300, newRoot: root,
          proof: try log.consistencyProof(old: old, new: 300))
      }
    }
  }

  @Test func `the anchor is what the log was after the last call, signed`() async throws {
    let bench = try Bench()
    for _ in 0..<7 { await bench.write { _, _ in 1 } }
    let root = try bench.store.readLog { try $0.root(size: 7) }
    bench.stop()
    let key = bench.store.signer.verifierKey
    guard
      case .checkpoint(let checkpoint, _) = try Anchor.read(
        directory: bench.directory.file("anchor"), key: key)
    else { throw Unexpected("no anchor") }
    #expect(checkpoint.head == TreeHead(size: 7, root: root))
    #expect(checkpoint.origin == "test.example/audit")
    let stranger = try SignerKey.generate(name: "test.example/audit").verifierKey
    guard case .unreadable = try Anchor.read(directory: bench.directory.file("anchor"), key: stranger) else {
      throw Unexpected("a stranger's key verifies it")
    }
  }

  @Test func `a new checkpoint replaces the older of the two, also after a restart`() async throws {
    var bench = try Bench()
    func sizes() -> [UInt64] { bench.directory.checkpoints.map(\.size) }
    for round in 1...6 {
      await bench.write { _, _ in 1 }
      let before = bench
      bench = try before.reopened()
      #expect(sizes().max() == UInt64(round))
      // Whatever cuts the newest short leaves the one before it.
      #expect(sizes().min() == UInt64(round - 1))
    }
  }
}
