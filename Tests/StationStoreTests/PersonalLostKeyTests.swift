import Foundation
import StationKit
import StationStore
import Testing

/// What remains when somebody takes keys away from a stopped state.
@Suite struct PersonalLostKeyTests {
  private static func state() async throws -> TemporaryDirectory {
    let bench = try Bench(modules: { PersonalModules.all($0) })
    try await PersonalStoreTests.fill(bench)
    try await PersonalStoreTests.fill(bench, id: "p2", number: "110101199001012222")
    bench.stop()
    return bench.directory
  }

  struct Lost: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let sql: String
    let fault: OfflineFault

    init(_ what: String, _ sql: String, _ fault: OfflineFault) {
      (testDescription, self.sql, self.fault) = (what, sql, fault)
    }
  }

  private static let person = OfflineFault.record(seq: 0, .key(collection: "test.person", id: "p1"))
  private static let visit = OfflineFault.record(seq: 0, .key(collection: "test.visit", id: "v-p1"))
  static let lost = [
    Lost("a record's key", "UPDATE \"test.person\" SET wrapped = NULL WHERE id = 'p1'", person),
    Lost("zeros for it", "UPDATE \"test.person\" SET wrapped = zeroblob(68) WHERE id = 'p1'", person),
    Lost(
      "a part of it", "UPDATE \"test.person\" SET wrapped = substr(wrapped, 1, 67) WHERE id = 'p1'", person),
    Lost(
      "all keys of records, and the column", "ALTER TABLE \"test.person\" DROP COLUMN wrapped", person),
    Lost("a subject's key", "DELETE FROM subject_key WHERE subject = 'p1'", visit),
    Lost("zeros for it", "UPDATE subject_key SET wrapped = zeroblob(68) WHERE subject = 'p1'", visit),
    Lost("all that is known of keys", "DELETE FROM keyring", .keyring),
    Lost("the id of the master key", "DELETE FROM keyring WHERE name = 'master'", .keyring),
    Lost("the key of the blind index", "DELETE FROM keyring WHERE name = 'index'", .keyring),
  ]

  @Test(arguments: lost)
  func `verification names what lost its key`(lost: Lost) async throws {
    let directory = try await Self.state()
    try PersonalStoreTests.change(directory, lost.sql)
    #expect(throws: lost.fault) { try OfflineVerifier.verify(stateDirectory: directory.path) }
  }

  @Test func `what was erased has no key, and that is no fault`() async throws {
    let bench = try Bench(modules: { PersonalModules.all($0) })
    try await PersonalStoreTests.fill(bench)
    try await PersonalStoreTests.fill(bench, id: "p2")
    await bench.write { tx, _ in .int(try tx.erase(subject: "p1")) }
    bench.stop()
    #expect(try OfflineVerifier.verify(stateDirectory: bench.directory.path).records == 2)
  }

  @Test func `what lost its key can be erased, and the state verifies again`() async throws {
    let directory = try await Self.state()
    try PersonalStoreTests.change(directory, "UPDATE \"test.person\" SET wrapped = NULL WHERE id = 'p1'")
    // As after a crash: what was sealed is another database.
    try FileManager.default.removeItem(atPath: directory.file("anchor/seal"))
    let bench = try Bench(in: directory, modules: { PersonalModules.all($0) })
    #expect(await bench.write { tx, _ in .int(try tx.erase(subject: "p1")) }.value == 2)
    bench.stop()
    #expect(try OfflineVerifier.verify(stateDirectory: directory.path).records == 2)
  }

  @Test(arguments: [
    ("person", "by_unit", "UPDATE \"test.person\" SET wrapped = NULL WHERE id = 'p1'"),
    ("visit", nil, "DELETE FROM subject_key WHERE subject = 'p1'"),
  ])
  func `a list that discloses nothing goes on without the record that cannot be read`(
    collection: String, index: String?, sql: String
  ) async throws {
    let directory = try await Self.state()
    try PersonalStoreTests.change(directory, sql)
    let bench = try Bench(in: directory, modules: { PersonalModules.all($0) })
    let query = Query(collection, index: index, equals: index == nil ? [] : [.text("st-01")])
    let list: ReadScript = { tx, _ in .array(try tx.query(query).records.map { .object($0.body) }) }
    let personal = collection == "person" ? "name" : "said"

    let listed = await bench.read(list).answer.value?.arrayValue ?? []
    #expect(listed.count == 2 && listed.first?[personal] == .null)
    #expect(listed.last?[personal]?.stringValue != nil)
    // What is in clear is there.
    #expect(listed.first?[collection == "person" ? "unit" : "person"]?.stringValue != nil)
    #expect(bench.store.health.now.unreadable == 1)
    #expect(bench.reports.all.contains { $0.contains("p1") })

    // Who discloses, or writes what was read, must not take null for what was there.
    #expect(await bench.read(method: "test.disclose", list).answer.kind == .internalError)
    let written = await bench.write { tx, context in try list(tx, context) }
    #expect(written.kind == .internalError)
  }
}
