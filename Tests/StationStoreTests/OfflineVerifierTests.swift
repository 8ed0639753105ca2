import Foundation
import GRDB
import StationAudit
import StationCrypto
import StationKit
import StationStore
import Testing

@Suite struct OfflineVerifierTests {
  /// A closed state with about `size` records of the log: records created, changed and removed, details.
  private static func used(_ size: Int = 20) async throws -> TemporaryDirectory {
    let bench = try Bench()
    let cause = Cause(
      principal: Cause.principal(Bench.person), method: "test.run", request: nil, purpose: "audit",
      detail: Array(#"{"reason":"why"}"#.utf8))
    for number in 0..<size {
      let id = "\(number / 4)"
      try await bench.write(cause: number % 3 == 0 ? cause : Bench.cause) { tx, _ in
        switch number % 4 {
        case 0: return .string(try tx.create("item", id: id, ["name": .string(id)]).id)
        case 1: return .int(try tx.put("item", id, version: 1, ["name": .string(id), "rank": 1]).version)
        case 2: return .string(try tx.create("setting", id: id, [:]).id)
        default:
          try tx.delete("setting", id, version: 1)
          return .null
        }
      }.check()
    }
    bench.stop()
    // The older of the two checkpoints may be of any size: with the newest alone, faults are the same each time.
    let anchors = bench.directory.checkpoints
    for (path, size) in anchors where size < anchors.map(\.size).max() ?? 0 {
      try FileManager.default.removeItem(atPath: path)
    }
    return bench.directory
  }

  private static func fault(_ directory: TemporaryDirectory) -> OfflineFault? {
    do {
      _ = try OfflineVerifier.verify(stateDirectory: directory.path)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [0, 1, 3, 255, 256, 257, 600])
  func `a state that nobody touched is good`(size: Int) async throws {
    let directory = try await Self.used(size)
    let report = try OfflineVerifier.verify(stateDirectory: directory.path)
    #expect(report.head.size == UInt64(size) && report.anchor == report.head && report.unsigned == 0)
    #expect(report.origin == "test.example/audit")
    let settings = size % 4 == 3 ? 1 : 0
    #expect(report.records == (size + 3) / 4 + settings)
    #expect(report.collections == 3)
    #expect(report.details == (size + 2) / 3 && report.erasedDetails == 0)
  }

  @Test func `not a byte changes, and no file comes or goes`() async throws {
    let bench = try Bench()
    for _ in 0..<10 { await bench.write { tx, _ in .string(try tx.create("setting", id: nil, [:]).id) } }
    let live = try bench.directory.copy()
    bench.stop()
    let withoutIndex = try live.copy()
    try FileManager.default.removeItem(atPath: withoutIndex.file("stationd.db-shm"))
    for directory in [bench.directory, live, withoutIndex] {
      let tampering = Tampering(directory: directory)
      let before = try tampering.bytes()
      #expect(try OfflineVerifier.verify(stateDirectory: directory.path).head.size == 10)
      #expect(try tampering.bytes() == before)
    }
  }

  @Test func `a path with signs that mean something in a URI is a path`() async throws {
    let directory = try await Self.used(4)
    let odd = directory.file("a?b#c%20 d&immutable=0 警")
    try FileManager.default.createDirectory(atPath: odd, withIntermediateDirectories: true)
    for name in ["stationd.db", "anchor", "audit.key"] {
      try FileManager.default.copyItem(atPath: directory.file(name), toPath: "\(odd)/\(name)")
    }
    // Where the stop left nothing in the WAL, the database is opened by its URI.
    #expect((FileManager.default.contents(atPath: directory.file("stationd.db-wal")) ?? Data()).isEmpty)
    #expect(try OfflineVerifier.verify(stateDirectory: odd).head.size == 4)
  }

  @Test func `a running daemon's state is refused`() async throws {
    let bench = try Bench()
    await bench.write { _, _ in 1 }
    let fault = Self.fault(bench.directory)
    #expect(fault == .inUse(directory: bench.directory.path) && fault?.isUnexamined == true)
    let copy = try bench.directory.copy()
    #expect(try OfflineVerifier.verify(stateDirectory: copy.path).head.size == 1)
    #expect(await bench.write { _, _ in 1 }.value == 1)
  }

  @Test func `records that no checkpoint covers yet are told of`() async throws {
    let (anchor, again) = try await Bench.grown()
    // What a witness keeps is the checkpoint; the seal goes with one database.
    try FileManager.default.removeItem(atPath: anchor.file("anchor/seal"))
    let report = try OfflineVerifier.verify(
      database: again.directory.file("stationd.db"), anchorDirectory: anchor.file("anchor"),
      key: again.store.signer.verifierKey)
    #expect(report.unsigned == 2)
  }

  /// What is done, and the fault that is named.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let sql: String
    let fault: OfflineFault

    init(_ what: String, _ sql: String, _ fault: OfflineFault) {
      (testDescription, self.sql, self.fault) = (what, sql, fault)
    }

    private static func leaf(_ seq: Int, _ from: String, _ to: String) -> String {
      "UPDATE audit SET leaf = CAST(replace(CAST(leaf AS TEXT), '\(from)', '\(to)') AS BLOB) WHERE seq = \(seq)"
    }

    static let all: [Case] = [
      Case("an outcome", leaf(5, "\"ok\"", "\"no\""), .records(0...255)),
      Case("a leaf that is no JSON", leaf(5, "}", ""), .record(seq: 5, .malformed("not a JSON object"))),
      Case("a leaf without a member", leaf(5, "method", "mothed"), .record(seq: 5, .malformed("method"))),
      Case("an instant", leaf(300, "2026-", "3026-"), .record(seq: 300, .malformed("at"))),
      Case("a day that is not", leaf(300, "-03-02", "-02-30"), .record(seq: 300, .malformed("at"))),
      Case("a number", leaf(5, "\"seq\":5", "\"seq\":6"), .record(seq: 5, .sequence(found: 6))),
      Case("a later leaf", leaf(300, "uid\":1000", "uid\":1001"), .records(256...511)),
      Case("the last leaf", leaf(599, "uid\":1000", "uid\":1001"), .records(0...599)),
      Case(
        "a column", "UPDATE \"test.item\" SET f_rank = 2 WHERE id = '7'",
        .record(seq: 29, .column(collection: "test.item", id: "7", field: "rank"))),
      Case(
        "a column that had no value", "UPDATE \"test.item\" SET f_group = 'a' WHERE id = '7'",
        .record(seq: 29, .column(collection: "test.item", id: "7", field: "group"))),
      Case("a gap", "DELETE FROM audit WHERE seq = 7", .record(seq: 7, .sequence(found: 8))),
      Case(
        "two in each other's place",
        "UPDATE audit SET seq = 9000 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 4;"
          + "UPDATE audit SET seq = 4 WHERE seq = 9000", .record(seq: 3, .sequence(found: 4))),
      Case("the end", "DELETE FROM audit WHERE seq >= 598", .truncated(size: 598, promised: 600)),
      Case("everything", "DELETE FROM audit", .truncated(size: 0, promised: 600)),
      Case("a tile", "UPDATE tile SET hash = zeroblob(32) WHERE idx = 1", .tile(level: 8, index: 1)),
      Case("a missing tile", "DELETE FROM tile WHERE idx = 0", .tile(level: 8, index: 0)),
      Case("a tile too many", "INSERT INTO tile VALUES (16, 0, zeroblob(32))", .tile(level: 16, index: 0)),
      Case("a detail", "UPDATE audit SET detail = x'78' WHERE seq = 3", .record(seq: 3, .detail)),
      Case("a detail's salt", "UPDATE audit SET salt = zeroblob(16) WHERE seq = 6", .record(seq: 6, .detail)),
      Case(
        "a detail that came later", "UPDATE audit SET detail = x'7b7d' WHERE seq = 4",
        .record(seq: 4, .detail)),
      Case(
        "a body", "UPDATE \"test.item\" SET body = x'7b7d' WHERE id = '7'",
        .record(seq: 29, .content(collection: "test.item", id: "7"))),
      Case(
        "the first of two bodies", "UPDATE \"test.item\" SET body = x'7b7d' WHERE id IN ('9', '100')",
        .record(seq: 37, .content(collection: "test.item", id: "9"))),
      Case(
        "a version", "UPDATE \"test.item\" SET version = 1 WHERE id = '7'",
        .record(seq: 29, .version(collection: "test.item", id: "7", stored: 1, logged: 2))),
      Case(
        "a record's salt", "UPDATE \"test.item\" SET salt = zeroblob(16) WHERE id = '7'",
        .record(seq: 29, .content(collection: "test.item", id: "7"))),
      Case(
        "a record that went", "DELETE FROM \"test.item\" WHERE id = '7'",
        .record(seq: 29, .missing(collection: "test.item", id: "7"))),
      Case(
        "a table that went", "DROP TABLE \"test.item\"",
        .record(seq: 1, .missing(collection: "test.item", id: "0"))),
      Case(
        "a record that nobody wrote",
        "INSERT INTO \"test.item\"(id, version, salt, body) VALUES ('new', 1, zeroblob(16), x'7b7d')",
        .unlogged(collection: "test.item", id: "new")),
      Case(
        "a removed record that came back",
        "INSERT INTO \"test.setting\"(id, version, salt, body) VALUES ('3', 1, zeroblob(16), x'7b7d')",
        .unlogged(collection: "test.setting", id: "3")),
      Case(
        "a leaf that names another record", leaf(29, "\"7\"", "\"8\""),
        .record(seq: 28, .version(collection: "test.item", id: "7", stored: 2, logged: 1))),
    ]
  }

  @Test(arguments: Case.all)
  func `whatever is changed behind the log's back is named`(what: Case) async throws {
    let directory = try await Self.used(600)
    try Tampering(directory: directory).run(what.sql)
    #expect(Self.fault(directory) == what.fault)
  }

  @Test func `a database that lost its WAL is shorter than was signed`() async throws {
    let bench = try Bench()
    for _ in 0..<5 { await bench.write { _, _ in 1 } }
    // The newest head is signed some milliseconds after its commit.
    await bench.until { bench.directory.checkpoints.contains { $0.size == 5 } }
    let copy = try bench.directory.copy()
    for name in ["stationd.db-wal", "stationd.db-shm"] {
      try FileManager.default.removeItem(atPath: copy.file(name))
    }
    #expect(Self.fault(copy) == .truncated(size: 0, promised: 5))
  }

  @Test func `an erased detail is no fault`() async throws {
    let directory = try await Self.used(20)
    try Tampering(directory: directory).run("UPDATE audit SET detail = NULL, salt = NULL WHERE seq IN (0, 3)")
    // As after a crash: what erases details is the daemon, and it seals again when it stops.
    try FileManager.default.removeItem(atPath: directory.file("anchor/seal"))
    let report = try OfflineVerifier.verify(stateDirectory: directory.path)
    #expect(report.details == 5 && report.erasedDetails == 2)
  }

  @Test func `a log that was rewritten with its tiles does not fit the signed checkpoint`() async throws {
    // Everything is recomputed but the signature: another log of the same size, written by the store itself.
    let directory = try await Self.used(300)
    let other = try await Self.used(300)
    for name in ["stationd.db", "stationd.db-wal", "stationd.db-shm"] {
      try? FileManager.default.removeItem(atPath: directory.file(name))
      try? FileManager.default.copyItem(atPath: other.file(name), toPath: directory.file(name))
    }
    guard case .records(let range)? = Self.fault(directory) else { throw Unexpected("accepted") }
    #expect(range.upperBound == 299)
  }

  @Test func `a record that was added after the daemon stopped is named`() async throws {
    let directory = try await Self.used(8)
    try Tampering(directory: directory).run(
      "INSERT INTO audit(seq, leaf) SELECT 8, CAST(replace(CAST(leaf AS TEXT), '\"seq\":7', '\"seq\":8') AS BLOB)"
        + " FROM audit WHERE seq = 7")
    #expect(Self.fault(directory) == .record(seq: 8, .added))
  }

  @Test func `an older checkpoint in the place of the newest is named, and a start knows of it`() async throws
  {
    let (old, again) = try await Bench.grown()
    let anchor = again.directory.file("anchor")
    for name in Anchor.fileNames {
      try? FileManager.default.removeItem(atPath: "\(anchor)/\(name)")
      try FileManager.default.copyItem(atPath: old.file("anchor/\(name)"), toPath: "\(anchor)/\(name)")
    }
    #expect(Self.fault(again.directory) == .oldAnchor(directory: anchor, signed: 3, sealed: 5))
    #expect(try again.reopened().store.seal == .broken)
  }

  @Test func `a missing, foreign or damaged anchor is named`() async throws {
    let directory = try await Self.used(5)
    let anchor = directory.file("anchor")
    let stranger = try SignerKey.generate(name: "test.example/audit").verifierKey
    #expect(throws: OfflineFault.foreignAnchor(directory: anchor)) {
      try OfflineVerifier.verify(stateDirectory: directory.path, key: stranger)
    }
    let copy = try directory.copy()
    try FileManager.default.removeItem(atPath: copy.file("anchor"))
    #expect(Self.fault(copy) == .noAnchor(directory: copy.file("anchor"), size: 5))
    try FileManager.default.removeItem(atPath: copy.file("audit.key"))
    guard case .key? = Self.fault(copy) else { throw Unexpected("no key is needed") }
  }

  @Test func `a page that was overwritten is found where it held anything that is verified`() async throws {
    let directory = try await Self.used(300)
    let good = try OfflineVerifier.verify(stateDirectory: directory.path)
    var found = 0
    let path = directory.file("stationd.db")
    let size = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    for offset in stride(from: 4096, to: size, by: 4096) {
      let copy = try directory.copy()
      let file = try FileHandle(forUpdating: URL(filePath: copy.file("stationd.db")))
      try file.seek(toOffset: UInt64(offset))
      try file.write(contentsOf: Data(repeating: 0xA5, count: 512))
      try file.close()
      // Some pages hold indexes, deadlines or nothing: then the report is the same.
      do {
        #expect(try OfflineVerifier.verify(stateDirectory: copy.path) == good)
      } catch {
        found += 1
      }
    }
    #expect(found * 2 > size / 4096)
  }

  @Test func `a file that is not there, or no database, is said so`() async throws {
    let directory = try await Self.used(3)
    let path = directory.file("stationd.db")
    let copy = try directory.copy()
    try Data(repeating: 0x41, count: 8192).write(to: URL(filePath: copy.file("stationd.db")))
    guard case .unreadable? = Self.fault(copy) else { throw Unexpected("anything is a database") }
    try FileManager.default.removeItem(atPath: path)
    guard case .inaccessible? = Self.fault(directory) else { throw Unexpected("no database is needed") }
  }

  @Test func `progress ends with all records`() async throws {
    let directory = try await Self.used(12)
    let seen = Log<[UInt64]>()
    _ = try OfflineVerifier.verify(stateDirectory: directory.path) { seen.add([$0, $1]) }
    #expect(seen.all.last == [12, 12])
  }
}
