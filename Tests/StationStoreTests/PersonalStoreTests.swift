import Foundation
import GRDB
import StationKit
import StationStore
import Testing

@Suite struct PersonalStoreTests {
  private static let canaries = ["Canary Wang", "110101199001011234", "canary fact", "canary words"]

  private func bench() throws -> Bench { try Bench(modules: { PersonalModules.all($0) }) }

  /// A person and a visit, full of canaries, changed once.
  static func fill(_ bench: Bench, id: String = "p1", number: String = "110101199001011234") async throws {
    let made = await bench.write { tx, _ in
      let body: JSONObject = [
        "name": "Canary Wang", "id_number": .string(number), "unit": "st-01",
        "facts": ["said": "canary fact"],
      ]
      _ = try tx.create("person", id: id, body)
      _ = try tx.put("person", id, version: 1, body)
      _ = try tx.create("visit", id: "v-\(id)", ["person": .string(id), "said": "canary words"])
      return .null
    }
    _ = try made.get()
  }

  @Test func `what is personal comes back as it was, and is on no disk in clear`() async throws {
    let bench = try bench()
    try await Self.fill(bench)
    let seen = await bench.read { tx, _ in
      [
        "person": .object(try tx.get("person", "p1")?.body ?? [:]),
        "visit": .object(try tx.get("visit", "v-p1")?.body ?? [:]),
      ]
    }
    #expect(seen.answer.value?["person"]?["name"] == "Canary Wang")
    #expect(seen.answer.value?["person"]?["facts"]?["said"] == "canary fact")
    #expect(seen.answer.value?["person"]?["unit"] == "st-01")
    #expect(seen.answer.value?["visit"] == ["person": "p1", "said": "canary words"])
    #expect(try bench.directory.files(holding: Self.canaries) == [])
    bench.stop()
    #expect(try bench.directory.files(holding: Self.canaries) == [])
    #expect(try bench.directory.files(holding: ["st-01"]) == ["stationd.db"])
  }

  struct Moved: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let sql: String
    /// Which record then cannot be read.
    let collection: String
    let id: String
    /// What of it does not authenticate, as the daemon's log names it.
    var says = ""
  }

  static let moved = [
    Moved(
      testDescription: "to another record",
      sql: """
        UPDATE "test.person" SET sealed = (SELECT sealed FROM "test.person" WHERE id = 'p2'),
          wrapped = (SELECT wrapped FROM "test.person" WHERE id = 'p2') WHERE id = 'p1'
        """, collection: "person", id: "p1"),
    Moved(
      testDescription: "to another record under its own key",
      sql: """
        UPDATE "test.person" SET sealed = (SELECT sealed FROM "test.person" WHERE id = 'p2') WHERE id = 'p1'
        """, collection: "person", id: "p1"),
    Moved(
      testDescription: "to another version", sql: "UPDATE \"test.person\" SET version = 3 WHERE id = 'p1'",
      collection: "person", id: "p1"),
    Moved(
      testDescription: "to another visit of the same person",
      sql: """
        UPDATE "test.visit" SET sealed = (SELECT sealed FROM "test.visit" WHERE id = 'w-p1') WHERE id = 'v-p1'
        """, collection: "visit", id: "v-p1"),
    Moved(
      testDescription: "to the record of the same id in another collection",
      sql: """
        UPDATE "test.visit" SET sealed = (SELECT sealed FROM "test.letter" WHERE id = 'v-p1') WHERE id = 'v-p1'
        """, collection: "visit", id: "v-p1", says: "member 'said'"),
    Moved(
      testDescription: "removed", sql: "UPDATE \"test.person\" SET sealed = NULL WHERE id = 'p1'",
      collection: "person", id: "p1"),
    Moved(
      testDescription: "a subject's key taken for another's",
      sql: """
        UPDATE subject_key SET wrapped = (SELECT wrapped FROM subject_key WHERE subject = 'p2') WHERE subject = 'p1'
        """, collection: "visit", id: "v-p1", says: "the key of 'p1'"),
    Moved(
      testDescription: "a record's own key taken for that of its module's records",
      sql: """
        UPDATE subject_key SET wrapped = (SELECT wrapped FROM "test.person" WHERE id = 'p1') WHERE subject = 'p1'
        """, collection: "visit", id: "v-p1", says: "the key of 'p1'"),
  ]

  @Test(arguments: moved)
  func `a ciphertext that was moved is never served, and health tells`(moved: Moved) async throws {
    let bench = try bench()
    try await Self.fill(bench)
    try await Self.fill(bench, id: "p2", number: "110101199001012222")
    await bench.write { tx, _ in
      _ = try tx.create("letter", id: "v-p1", ["person": "p1", "said": "words of a letter"])
      return .int(try tx.create("visit", id: "w-p1", ["person": "p1", "said": "other words"]).version)
    }
    bench.stop()
    try Self.change(bench.directory, moved.sql)
    let again = try bench.reopened(modules: { PersonalModules.all($0) })
    let (collection, id) = (moved.collection, moved.id)
    let seen = await again.read(method: "test.disclose") { tx, _ in
      .object(try tx.get(collection, id)?.body ?? [:])
    }
    #expect(seen.answer.kind == .internalError)
    #expect(seen.disclosed.isEmpty)
    #expect(again.store.health.now.unreadable == 1)
    #expect(
      again.reports.all.contains { $0.contains("p1") && ($0.contains(moved.says) || moved.says.isEmpty) })
    #expect(again.reports.all.allSatisfy { line in Self.canaries.allSatisfy { !line.contains($0) } })
    // A put does not help itself to it either; other records are as they were.
    let other = await again.read { tx, _ in .object(try tx.get("person", "p2")?.body ?? [:]) }
    #expect(other.answer.value?["name"] == "Canary Wang")
  }

  @Test func `a ciphertext moved to another member does not authenticate`() async throws {
    let bench = try bench()
    await bench.write { tx, _ in
      .int(
        try tx.create("person", id: "p1", ["name": "aaaa", "id_number": "bbbb", "unit": "u"]).version)
    }
    bench.stop()
    try bench.directory.withDatabase { db in
      var sealed = try Data.fetchOne(db, sql: "SELECT sealed FROM \"test.person\"") ?? Data()
      let (name, number) = (Data("\u{4}name".utf8), Data("\u{9}id_number".utf8))
      // The two have contents of the same length: only their names change places.
      let first = try #require(sealed.range(of: name))
      let second = try #require(sealed.range(of: number))
      let a = Data(sealed[first.upperBound..<second.lowerBound - 1])
      let b = Data(sealed[second.upperBound...].prefix(a.count))
      sealed.replaceSubrange(first.upperBound..<first.upperBound + a.count, with: b)
      sealed.replaceSubrange(second.upperBound..<second.upperBound + a.count, with: a)
      try db.execute(sql: "UPDATE \"test.person\" SET sealed = ?", arguments: [sealed])
    }
    let again = try bench.reopened(modules: { PersonalModules.all($0) })
    let seen = await again.read { tx, _ in .object(try tx.get("person", "p1")?.body ?? [:]) }
    #expect(seen.answer.kind == .internalError)
  }

  @Test func `records are changed under the key they have, and a put does not change the subject`()
    async throws
  {
    let bench = try bench()
    try await Self.fill(bench)
    let changed = await bench.write { tx, _ in
      // Not read before in this call.
      _ = try tx.put("person", "p1", version: 2, ["name": "New", "unit": "st-02"])
      let read = try tx.get("person", "p1")
      return .object(read?.body ?? [:])
    }
    #expect(changed.value == ["name": "New", "unit": "st-02"])
    let moved = await bench.write { tx, _ in
      .int(try tx.put("visit", "v-p1", version: 1, ["person": "p9", "said": "x"]).version)
    }
    #expect(moved.kind == .internalError)
    for version in [0, 1, Int.max] {
      let stale = await bench.write { tx, _ in
        .int(try tx.put("person", "p1", version: version, ["name": "Stale", "unit": "st-02"]).version)
      }
      #expect(stale.kind == .conflict)
    }
    let missing = await bench.write { tx, _ in
      .int(try tx.put("person", "nobody", version: 1, ["name": "x", "unit": "u"]).version)
    }
    #expect(missing.kind == .notFound)
  }

  @Test func `a stopped state verifies without any key, and a changed ciphertext is found`() async throws {
    let bench = try bench()
    try await Self.fill(bench)
    await bench.read(method: "test.disclose") { tx, _ in .object(try tx.get("person", "p1")?.body ?? [:]) }
    bench.stop()
    let copy = try bench.directory.copy()
    try FileManager.default.removeItem(atPath: copy.file("master.key"))
    #expect(try OfflineVerifier.verify(stateDirectory: copy.path).records == 2)
    try Self.change(copy, "UPDATE \"test.person\" SET sealed = CAST(sealed || x'00' AS BLOB)")
    #expect(throws: OfflineFault.record(seq: 0, .content(collection: "test.person", id: "p1"))) {
      try OfflineVerifier.verify(stateDirectory: copy.path)
    }
    try Self.change(
      copy, "UPDATE \"test.person\" SET sealed = CAST(substr(sealed, 1, length(sealed) - 1) AS BLOB)")
    try Self.change(copy, "UPDATE \"test.person\" SET b_id_number = b_id_number + 1")
    #expect(
      throws: OfflineFault.record(
        seq: 0, .column(collection: "test.person", id: "p1", field: "id_number"))
    ) { try OfflineVerifier.verify(stateDirectory: copy.path) }
  }

  /// Modules whose `test.run` discloses.
  private static func disclosing(_ scripts: Scripts) -> [Module] {
    [
      TestModules.test(scripts, collections: [PersonalModules.person], writeDiscloses: true),
      TestModules.other,
    ]
  }

  @Test func `the same results of calls that disclose are replayed, and are not kept in clear`() async throws
  {
    let bench = try Bench(modules: Self.disclosing)
    let first = await bench.write(key: "k", payload: "p") { _, _ in "canary words" }
    #expect(first.value == "canary words")
    let second = await bench.write(key: "k", payload: "p") { _, _ in "not run" }
    #expect(second.value == "canary words")
    #expect(try bench.directory.files(holding: ["canary words"]) == [])
    await bench.write { tx, _ in .int(try tx.erase(subject: "somebody")) }
    let third = await bench.write(key: "k", payload: "p") { _, _ in "not run" }
    #expect(third.kind == .expired)
  }

  @Test func `a first result that was changed is not given, and nobody else is harmed`() async throws {
    let bench = try Bench(modules: Self.disclosing)
    for key in ["k1", "k2"] {
      await bench.write(key: key) { tx, _ in
        .string(try tx.create("person", id: key, ["name": "n", "unit": "u"]).id)
      }
    }
    bench.stop()
    try Self.change(
      bench.directory,
      """
      UPDATE idempotency SET result = (SELECT result FROM idempotency WHERE key = CAST('k2' AS BLOB))
      WHERE key = CAST('k1' AS BLOB)
      """)
    let again = try bench.reopened(modules: Self.disclosing)
    #expect(await again.write(key: "k1") { _, _ in "done again" }.kind == .internalError)
    #expect(await again.write(key: "k2") { _, _ in "done again" }.value == "k2")
    #expect(again.store.health.now.unreadable == 1)
  }

  static func change(_ directory: TemporaryDirectory, _ sql: String) throws {
    try directory.withDatabase { try $0.execute(sql: sql) }
  }
}

extension TemporaryDirectory {
  /// A stopped state's database, to be tampered with.
  func withDatabase(_ body: (GRDB.Database) throws -> Void) throws {
    let queue = try DatabaseQueue(path: file("stationd.db"))
    try queue.writeWithoutTransaction { db in
      try body(db)
      try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    }
    try queue.close()
  }

  /// The names of the files in which any of the texts stands.
  func files(holding texts: [String]) throws -> [String] {
    try files(holding: texts.map { Data($0.utf8) })
  }

  func files(holding needles: [Data]) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: path).filter { name in
      var isDirectory: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: file(name), isDirectory: &isDirectory)
      guard !isDirectory.boolValue, let content = FileManager.default.contents(atPath: file(name)) else {
        return false
      }
      return needles.contains { content.range(of: $0) != nil }
    }.sorted()
  }
}
