import Foundation
import GRDB
import ModuleTesting
import StationAudit
import StationKit
import StationStore
import Synchronization
import Testing

@Suite struct PersonalErasureTests {
  private func bench(in directory: TemporaryDirectory? = nil) throws -> Bench {
    try Bench(in: directory, modules: { PersonalModules.all($0) })
  }

  /// Ciphertexts, wrapped keys and blind digests of a person, as they are stored now.
  private static func traces(_ directory: TemporaryDirectory, of id: String) throws -> [Data] {
    var traces: [Data] = []
    let queue = try DatabaseQueue(path: directory.file("stationd.db"))
    defer { try? queue.close() }
    try queue.read { db in
      let rows =
        try Row.fetchAll(
          db, sql: "SELECT wrapped AS w, sealed AS s, b_id_number AS b FROM \"test.person\" WHERE id = ?",
          arguments: [id])
        + Row.fetchAll(
          db,
          sql: """
            SELECT wrapped AS w, sealed AS s, NULL AS b FROM "test.visit", subject_key
            WHERE f_person = ? AND subject = f_person
            """, arguments: [id])
      for row in rows {
        let (wrapped, sealed): (Data, Data) = (row["w"], row["s"])
        // The nonce and the beginning of the ciphertext are enough to know them by.
        traces += [wrapped.dropFirst(8).prefix(20), sealed.suffix(24)]
        if let digest: Int64 = row["b"] { traces.append(withUnsafeBytes(of: digest.bigEndian) { Data($0) }) }
      }
    }
    return traces.map { Data($0) }
  }

  @Test func `an erasure leaves no ciphertext, no key and no digest in any file`() async throws {
    let bench = try bench()
    for n in 0..<30 {
      try await PersonalStoreTests.fill(bench, id: "p\(n)", number: "11010119900101\(1000 + n)")
    }
    let traces = try Self.traces(bench.directory, of: "p7")
    #expect(traces.count == 5)
    #expect(try bench.directory.files(holding: traces) != [])
    let erased = await bench.write { tx, _ in .int(try tx.erase(subject: "p7")) }
    #expect(erased.value == 2)
    // While the store is open, in the database, its log and its index; and in a copy of them.
    #expect(try bench.directory.files(holding: traces) == [])
    #expect(try bench.directory.copy().files(holding: traces) == [])
    #expect(bench.store.health.now.wipeIsPending == false)
    let gone = await bench.read { tx, _ in
      [
        .bool(try tx.get("person", "p7") == nil), .bool(try tx.get("visit", "v-p7") == nil),
        .bool(try tx.get("person", "p8") != nil),
      ]
    }
    #expect(gone.answer.value == [true, true, true])
    let leaf = try bench.newestLeaf()
    let written =
      leaf["written"]?.arrayValue?.map { JSONValue.array(Array(($0.arrayValue ?? []).prefix(3))) } ?? []
    #expect(written == [["test.person", "p7", 0], ["test.visit", "v-p7", 0]])
    // Somebody of the same name later has another key.
    try await PersonalStoreTests.fill(bench, id: "p7")
    bench.stop()
    #expect(try OfflineVerifier.verify(stateDirectory: bench.directory.path).records == 60)
  }

  @Test func `nothing is left in unused space of pages, whatever moved there`() async throws {
    let bench = try bench()
    var random = Seeded(state: 7)
    let sizes = (0..<600).map { _ in Int.random(in: 0..<900, using: &random) }
    let order = (0..<600).shuffled(using: &random)
    await bench.write { tx, _ in
      for n in 0..<600 {
        _ = try tx.create("person", id: "person-\(n)", ["name": "a", "unit": .string("u\(n)")])
      }
      return .null
    }
    // Records grow in any order, so that pages are balanced and cells move.
    for part in stride(from: 0, to: 600, by: 60) {
      await bench.write { tx, _ in
        for n in order[part..<part + 60] {
          let body: JSONObject = [
            "name": .string(String(repeating: "x", count: sizes[n])), "unit": .string("u\(n)"),
            "id_number": .string("\(n)"),
          ]
          _ = try tx.put("person", "person-\(n)", version: 1, body)
        }
        return .null
      }
    }
    let victims = Array(order[..<150])
    let traces = try victims.flatMap { try Self.traces(bench.directory, of: "person-\($0)") }
    #expect(traces.count == 450)
    await bench.write { tx, _ in
      for n in victims { _ = try tx.erase(subject: "person-\(n)") }
      return .null
    }
    #expect(try bench.directory.files(holding: traces) == [])
    // SQLite leaves copies of cells that it moved: rarely of those that are looked for here.
    let pages = try Self.unusedSpace(bench.directory)
    #expect(pages.count > 100)
    #expect(pages.allSatisfy { $0.allSatisfy { $0 == 0 } })
  }

  /// The unallocated space of every b-tree page (sqlite.org/fileformat2, 1.6).
  private static func unusedSpace(_ directory: TemporaryDirectory) throws -> [[UInt8]] {
    let file = [UInt8](try #require(FileManager.default.contents(atPath: directory.file("stationd.db"))))
    let size = 4096
    return stride(from: 0, to: file.count, by: size).compactMap { page in
      let header = page == 0 ? 100 : page
      guard let head = [2: 12, 5: 12, 10: 8, 13: 8][file[header]] else { return nil }
      func number(_ at: Int) -> Int { Int(file[header + at]) << 8 | Int(file[header + at + 1]) }
      return Array(file[header + head + 2 * number(3)..<page + number(5)])
    }
  }

  @Test func `proofs of older records verify after an erasure`() async throws {
    let bench = try bench()
    try await PersonalStoreTests.fill(bench)
    let leaf = try bench.store.readLog { try $0.entry(0)?.leaf } ?? []
    let before = try bench.logSize
    let root = try bench.store.readLog { try $0.root(size: before) }
    await bench.write { tx, _ in .int(try tx.erase(subject: "p1")) }
    try bench.store.readLog { log in
      #expect(try log.entry(0)?.leaf == leaf)
      let size = try log.size()
      #expect(size == before + 1)
      #expect(try log.root(size: before) == root)
      let proof = try log.inclusionProof(0, size: size)
      #expect(throws: Never.self) {
        try MerkleVerification.verifyInclusion(
          leafHash: MerkleTree.leafHash(leaf), index: 0, size: size, proof: proof,
          root: try log.root(size: size))
      }
    }
  }

  @Test func `the answer says so when a reader holds the log back, and the rest is wiped later`() async throws
  {
    let bench = try bench()
    try await PersonalStoreTests.fill(bench)
    let traces = try Self.traces(bench.directory, of: "p1")
    let gate = DispatchSemaphore(value: 0)
    let held = await bench.holdSnapshot(of: "person", "p1", until: gate)
    let erased = await bench.write { tx, _ in .int(try tx.erase(subject: "p1")) }
    #expect(erased.kind == .wipePending)
    #expect(bench.store.health.now.wipeIsPending)
    #expect(try bench.directory.files(holding: traces) != [])
    // Others are served meanwhile.
    #expect(await bench.write { _, _ in 1 }.value == 1)
    gate.signal()
    #expect(await held.value.value == true)
    let end = Date(timeIntervalSinceNow: 10)
    while bench.store.health.now.wipeIsPending, Date() < end {
      await bench.write { _, _ in .null }
      try await Task.sleep(for: .milliseconds(50))
    }
    #expect(bench.store.health.now.wipeIsPending == false)
    #expect(try bench.directory.files(holding: traces) == [])
  }

  @Test func `a wipe that a crash cut short is done at the next start`() async throws {
    let bench = try bench()
    try await PersonalStoreTests.fill(bench)
    let traces = try Self.traces(bench.directory, of: "p1")
    let gate = DispatchSemaphore(value: 0)
    let held = await bench.holdSnapshot(of: "person", "p1", until: gate)
    #expect(await bench.write { tx, _ in .int(try tx.erase(subject: "p1")) }.kind == .wipePending)
    // What a crash leaves behind: the files as they are now.
    let crashed = try bench.directory.copy()
    gate.signal()
    _ = await held.value
    bench.stop()
    #expect(try crashed.files(holding: traces) != [])
    let again = try self.bench(in: crashed)
    #expect(try crashed.files(holding: traces) == [])
    #expect(await again.read { tx, _ in .bool(try tx.get("person", "p1") == nil) }.answer.value == true)
  }

  @Test func `an erasure that is undone erases nothing`() async throws {
    let bench = try bench()
    try await PersonalStoreTests.fill(bench)
    let refused = await bench.write { tx, _ in
      _ = try tx.erase(subject: "p1")
      throw RPCError(.refusedByRule)
    }
    #expect(refused.kind == .refusedByRule)
    let seen = await bench.read { tx, _ in .object(try tx.get("visit", "v-p1")?.body ?? [:]) }
    #expect(seen.answer.value?["said"] == "canary words")
    #expect(await bench.write { tx, _ in .int(try tx.erase(subject: "nobody")) }.value == 0)
  }

  @Test func `the key of a subject goes with its last record`() async throws {
    let bench = try bench()
    try await PersonalStoreTests.fill(bench)
    await bench.write { tx, _ in
      _ = try tx.create("visit", id: "v2", ["person": "p1", "said": "more"])
      try tx.delete("visit", "v-p1", version: 1)
      return .null
    }
    #expect(
      await bench.read { tx, _ in .object(try tx.get("visit", "v2")?.body ?? [:]) }.answer.value?["said"]
        == "more")
    let traces = try Self.traces(bench.directory, of: "p1")
    await bench.write { tx, _ in
      try tx.delete("visit", "v2", version: 1)
      return .null
    }
    bench.stop()
    #expect(try bench.directory.files(holding: [traces[3], traces[4]]) == [])
  }
}

extension DispatchSemaphore {
  /// For a thread that may block.
  func waitInThread() { wait() }
}
