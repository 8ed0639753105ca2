import Foundation
import GRDB
import StationStore
import Testing

/// States that a start refuses: it says why, and every byte stays as it was.
@Suite struct StoreRefusalTests {
  /// A state as a daemon leaves it that is killed: its three records are in the write-ahead log.
  private static func killed() async throws -> TemporaryDirectory {
    let bench = try Bench()
    for number in 0..<3 {
      try await bench.write { tx, _ in
        .string(try tx.create("item", id: "\(number)", ["name": .string("\(number)")]).id)
      }
      .check()
    }
    // The checkpoint of all three is written a moment after the last answer.
    let anchors = Anchor.fileNames.map { bench.directory.file("anchor/\($0)") }
    let seen = "test.example/audit\n3\n"
    await bench.until {
      anchors.contains {
        String(decoding: FileManager.default.contents(atPath: $0) ?? Data(), as: UTF8.self).hasPrefix(seen)
      }
    }
    return try bench.directory.copy()
  }

  /// What somebody did to a state, and what the start says.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let removed: [String]
    let emptied: [String]
    let sql: String?
    let says: String

    init(
      _ what: String, removed: [String] = [], emptied: [String] = [], sql: String? = nil, says: String
    ) {
      (testDescription, self.removed, self.emptied) = (what, removed, emptied)
      (self.sql, self.says) = (sql, says)
    }

    static let all = [
      Case("no database", removed: ["stationd.db"], says: "stationd.db is missing or empty, but"),
      Case("an empty database", emptied: ["stationd.db"], says: "stationd.db is missing or empty, but"),
      Case("no database, no log", removed: ["stationd.db", "stationd.db-wal"], says: "has seen 3"),
      Case("no log", removed: ["stationd.db-wal"], says: "has seen 3"),
      Case("no key", removed: ["audit.key"], says: "stationd.db exists: put the key back"),
      Case(
        "no database, no key", removed: ["stationd.db", "audit.key"],
        says: "stationd.db-wal exists: put the key"),
      Case(
        "an anchor alone", removed: ["stationd.db", "stationd.db-wal", "audit.key"],
        says: "exists: put the key back"),
      Case("no anchor", removed: ["anchor"], says: "is missing, but the log has 3 records"),
      Case("a newer version", sql: "INSERT INTO grdb_migrations VALUES ('99')", says: "by a newer stationd"),
      Case(
        "a changed leaf", sql: "UPDATE audit SET leaf = x'7b7d' WHERE seq = 1", says: "are not those that"),
      Case(
        "a trigger",
        sql: "CREATE TRIGGER zt BEFORE INSERT ON audit BEGIN SELECT RAISE(IGNORE); END",
        says: "stationd.db has a trigger 'zt', which no stationd makes"),
      Case("a table that is gone", sql: "DROP TABLE tile", says: "stationd.db lacks 'tile', which"),
      Case(
        "an index that is gone", sql: "DROP INDEX deadline_fire_at",
        says: "stationd.db lacks 'deadline_fire_at', which"),
      Case(
        "a view", sql: "CREATE VIEW zv AS SELECT 1", says: "stationd.db has a view 'zv', which no stationd"),
    ]

    func happen(to directory: TemporaryDirectory) throws {
      if let sql { try Tampering(directory: directory).run(sql) }
      for name in removed { try FileManager.default.removeItem(atPath: directory.file(name)) }
      for name in emptied { try Data().write(to: URL(filePath: directory.file(name))) }
    }
  }

  @Test(arguments: Case.all)
  func `a start that refuses leaves every byte`(this: Case) async throws {
    let directory = try await Self.killed()
    try this.happen(to: directory)
    let before = try Tampering(directory: directory).lasting()
    #expect(Bench.refusal(directory)?.contains(this.says) == true)
    #expect(try Tampering(directory: directory).lasting() == before)
  }

  @Test func `a database that is put back beside its log has all records`() async throws {
    let directory = try await Self.killed()
    let (database, aside) = (directory.file("stationd.db"), directory.file("aside"))
    try FileManager.default.moveItem(atPath: database, toPath: aside)
    #expect(Bench.refusal(directory) != nil)
    try FileManager.default.moveItem(atPath: aside, toPath: database)
    #expect(try Bench(in: directory).logSize == 3)
  }

  // MARK: - Code in the database

  @Test(arguments: [
    ("CREATE TRIGGER zt AFTER INSERT ON event BEGIN DELETE FROM event; END", "trigger 'zt'"),
    ("CREATE VIEW zv AS SELECT 1", "view 'zv'"),
  ])
  func `code in the database is what the verifier names`(sql: String, code: String) async throws {
    let directory = try await Self.killed()
    try Tampering(directory: directory).run(sql)
    #expect(throws: OfflineFault.code(code)) { try OfflineVerifier.verify(stateDirectory: directory.path) }
  }

  @Test func `neither a trigger nor a view runs on the store's connections`() throws {
    let directory = try TemporaryDirectory()
    try Tampering(directory: directory).run(
      """
      CREATE TABLE t(a);
      CREATE TRIGGER zt BEFORE INSERT ON t BEGIN SELECT RAISE(IGNORE); END;
      CREATE VIEW zv AS SELECT 1;
      """)
    var configuration = Configuration()
    configuration.prepareDatabase { try Settings.prepare($0) }
    let queue = try DatabaseQueue(path: directory.file("stationd.db"), configuration: configuration)
    try queue.write { db in
      try db.execute(sql: "INSERT INTO t VALUES (1)")
      #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM t") == 1)
      #expect(throws: DatabaseError.self) { try Int.fetchOne(db, sql: "SELECT * FROM zv") }
    }
  }

  // MARK: - Another daemon

  @Test func `a running daemon keeps others out though its lock file is removed`() async throws {
    let bench = try Bench()
    try await bench.write { _, _ in 1 }.check()
    try FileManager.default.removeItem(atPath: bench.directory.file("stationd.lock"))
    #expect(Bench.refusal(bench.directory)?.contains("is in use by another stationd") == true)
    #expect(throws: OfflineFault.inUse(directory: bench.directory.path)) {
      try OfflineVerifier.verify(stateDirectory: bench.directory.path)
    }
    bench.stop()
    #expect(Bench.refusal(bench.directory) == nil)
  }

  @Test func `a daemon that locks nothing but the file is respected`() async throws {
    let directory = try TemporaryDirectory()
    let file = open(directory.file("stationd.lock"), O_RDWR | O_CREAT, 0o600)
    defer { close(file) }
    #expect(flock(file, LOCK_EX | LOCK_NB) == 0)
    #expect(Bench.refusal(directory)?.contains("is in use by another stationd") == true)
  }

  @Test func `a store that is not alone stops`() async throws {
    let bench = try Bench()
    try await bench.write { _, _ in 1 }.check()
    try Tampering(directory: bench.directory).run("INSERT INTO audit(seq, leaf) VALUES (1, x'7b7d')")
    #expect(await bench.write { _, _ in 1 }.kind == .unavailable)
    #expect(bench.broken.all.count == 1)
    #expect(bench.store.health.now.brokenBy?.contains("another process writes to the database") == true)
    try Tampering(directory: bench.directory).run("DELETE FROM audit WHERE seq = 1")
    #expect(await bench.write { _, _ in 1 }.kind == .unavailable)
  }
}
