import Foundation
import GRDB
import StationKit
import StationStore
import Testing

@Suite struct PersonalMigrationTests {
  /// A copy of a state of format 1 (Tests/fixtures/state-1).
  static func former() throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    let from = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "fixtures/state-1")
    for name in ["stationd.db", "audit.key", "anchor"] {
      try FileManager.default.copyItem(
        atPath: from.appending(path: name).path, toPath: directory.file(name))
    }
    return directory
  }

  /// Files that hold one of the texts, but for the copy from before the upgrade, which has them as it must.
  private static func files(_ directory: TemporaryDirectory, holding texts: [String]) throws -> [String] {
    let (copies, others) = try directory.files(holding: texts).reduce(into: ([String](), [String]())) {
      if $1.hasPrefix("before-upgrade/") { $0.0.append($1) } else { $0.1.append($1) }
    }
    #expect(copies.count == 1 && copies.allSatisfy { $0.hasSuffix("/stationd.db") })
    return others
  }

  private func bench(
    in directory: TemporaryDirectory, at now: Instant = Bench.morning,
    modules: @escaping (Scripts) -> [Module] = { PersonalModules.all($0) }
  ) throws -> Bench { try Bench(in: directory, at: now, modules: modules) }

  private func check(_ bench: Bench) async throws {
    let seen = await bench.read { tx, _ in
      var found: JSONObject = [:]
      for n in 0..<11 {
        let person = try tx.get("person", "p\(n)")
        found["p\(n)"] = [
          person?["name"] ?? .null, person?["facts"]?["said"] ?? .null, .int(person?.version ?? 0),
          try tx.get("visit", "v\(n)")?["said"] ?? .null,
        ]
      }
      found["by_number"] = .array(
        try tx.query(Query("person", index: "by_id_number", equals: [.text("110101199001011005")])).records
          .map {
            .string($0.id)
          })
      return .object(found)
    }
    let value = try seen.answer.get()
    for n in 0..<11 {
      let fact: JSONValue = n % 2 == 0 ? .string("former fact \(n)") : .null
      #expect(
        value["p\(n)"]
          == [.string("former name \(n)"), fact, .int(n % 2 == 0 ? 2 : 1), .string("former words \(n)")])
    }
    #expect(value["by_number"] == ["p5"])
  }

  @Test func `a collection whose subject has changed is refused, and loses nothing`() async throws {
    let first = try bench(in: try TemporaryDirectory())
    await first.write { tx, _ in
      .string(try tx.create("person", id: "p", ["name": "Wang", "unit": "st-01"]).id)
    }
    first.stop()
    #expect(throws: StoreError.self) {
      try bench(in: first.directory) { scripts in
        let changed = PersonalModules.person(
          fields: [.init("unit", .text)], indexes: [], subject: .member("unit"))
        return [
          TestModules.test(scripts, collections: [changed, PersonalModules.visit, PersonalModules.note]),
          TestModules.other,
        ]
      }
    }
    let again = try bench(in: first.directory)
    let name = await again.read { tx, _ in try tx.get("person", "p")?["name"] ?? .null }
    #expect(name.answer.value == "Wang")
    again.stop()
  }

  @Test func `a state from before is encrypted at its first start, and nothing of it stays in clear`()
    async throws
  {
    let directory = try Self.former()
    #expect(try directory.files(holding: ["former name 3", "former words 3"]) == ["stationd.db"])
    let bench = try bench(in: directory)
    #expect(
      try Self.files(directory, holding: ["former name", "former fact", "former words", "1101011990"]) == [])
    try await check(bench)
    // Each step has its record; versions are as they were.
    let sealed = try bench.leaf(14)
    #expect(sealed["method"] == "system.seal")
    bench.stop()
    let report = try OfflineVerifier.verify(stateDirectory: directory.path)
    #expect(report.records == 35)
    // The second start has nothing to do.
    let again = try self.bench(in: directory)
    #expect(try again.logSize == report.head.size)
    // A call from before is not done again.
    let replayed = await again.write(key: "former key", payload: "former payload") { _, _ in "done again" }
    #expect(replayed.value == "former answer")
    // Nobody knows what it was about: an erasure takes what it asked, and the answer, which was in clear.
    await again.write { tx, _ in .int(try tx.erase(subject: "p1")) }
    let forgotten = await again.write(key: "former key", payload: "former payload") { _, _ in "done again" }
    #expect(forgotten.kind == .expired)
    #expect(try Self.files(directory, holding: ["former answer"]) == [])
    again.stop()
    let digests = try Tampering(directory: directory).value(
      "SELECT count(*) FROM idempotency WHERE length(digest) > 0", as: Int.self)
    #expect(digests == 0)
  }

  @Test func `records from before are deleted when their years are over`() async throws {
    let bench = try bench(in: Self.former())
    // Closed on 2 March 2026, kept for five years: to the end of 2 March 2031, local time.
    await bench.advance(to: try #require(Instant(rfc3339: "2031-03-02T23:59:59.999+08:00")))
    #expect(await bench.read { tx, _ in .int(try tx.count(Query("person"))) }.answer.value == 11)
    await bench.advance(to: try #require(Instant(rfc3339: "2031-03-03T00:00:00+08:00")))
    let left = await bench.read { tx, _ in
      .array(try tx.query(Query("person")).records.map { .string($0.id) })
    }
    #expect(left.answer.value == ["p1", "p2", "p3", "p5", "p6", "p7", "p9", "p10"])
  }

  @Test func `what is declared as personal later is encrypted then, and what no longer is, is not`()
    async throws
  {
    func modules(_ personal: [String]) -> (Scripts) -> [Module] {
      { scripts in
        let item = Collection(
          name: "thing", summary: Text("Things", zh: "物"),
          schema: [
            "type": "object",
            "properties": ["a": ["type": "string"], "b": ["type": "string"], "c": ["type": "string"]],
          ], personal: personal, retention: .forever)
        return [TestModules.test(scripts, collections: [item]), TestModules.other]
      }
    }
    let directory = try TemporaryDirectory()
    let first = try bench(in: directory, modules: modules(["/a"]))
    await first.write { tx, _ in
      for n in 0..<450 {
        _ = try tx.create("thing", id: "t\(n)", ["a": "canary a", "b": "canary b", "c": "canary c"])
      }
      return .null
    }
    for personal in [["/b"], ["/b", "/c"], ["/c", "/a", "/b"]] {
      let next = try first.reopened(modules: modules(personal))
      let seen = await next.read { tx, _ in .object(try tx.get("thing", "t449")?.body ?? [:]) }
      #expect(seen.answer.value == ["a": "canary a", "b": "canary b", "c": "canary c"])
      let clear = ["/a", "/b", "/c"].filter { !personal.contains($0) }.map { "canary \($0.dropFirst())" }
      #expect(try directory.files(holding: personal.map { "canary \($0.dropFirst())" }) == [])
      for text in clear { #expect(try directory.files(holding: [text]) == ["stationd.db"]) }
      next.stop()
      #expect(try OfflineVerifier.verify(stateDirectory: directory.path).records == 450)
    }
  }

  @Test func `a step that was cut short goes on at the next start`() async throws {
    let directory = try Self.former()
    try await check(try bench(in: directory))
    // As if the process had ended after the first of several transactions.
    try directory.withDatabase { db in
      try db.execute(sql: "UPDATE collection SET handled = NULL WHERE name = 'test.visit'")
      try db.execute(sql: "INSERT INTO keyring(name, value) VALUES ('unclean', x'01')")
    }
    let again = try bench(in: directory)
    try await check(again)
    #expect(try Self.files(directory, holding: ["former words"]) == [])
  }

  @Test func `a collection that has nothing personal any more is refused, not served`() async throws {
    let directory = try Self.former()
    try bench(in: directory).stop()
    #expect(throws: StoreError.self) {
      try bench(in: directory) {
        let plain = Collection(
          name: "visit", summary: Text("A visit", zh: "走访"), schema: ["type": "object"], retention: .forever)
        return [TestModules.test($0, collections: [PersonalModules.person, plain]), TestModules.other]
      }
    }
  }
}
