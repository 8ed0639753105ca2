import Foundation
import GRDB
import StationKit
import Testing

@Suite struct PersonalBlindTests {
  private func bench() throws -> Bench { try Bench(modules: { PersonalModules.all($0) }) }

  private static func number(_ n: Int) -> String { "11010119900101\(1000 + n)" }

  private static func by(_ value: IndexValue, limit: Int = 100, cursor: String? = nil) -> Query {
    Query("person", index: "by_id_number", equals: [value], limit: limit, cursor: cursor)
  }

  private func fill(_ bench: Bench, _ count: Int, same: String? = nil) async {
    await bench.write { tx, _ in
      for n in 0..<count {
        _ = try tx.create(
          "person", id: "p\(n)",
          [
            "name": .string("n\(n)"), "unit": .string("u\(n % 2)"),
            "id_number": .string(same ?? Self.number(n)),
          ])
      }
      return .null
    }
  }

  private static func found(_ tx: any ReadTransaction, _ query: Query) throws -> JSONValue {
    .array(try tx.query(query).records.map { .string($0.id) })
  }

  @Test func `a record is found by the exact value of a blind field, and by nothing else`() async throws {
    let bench = try bench()
    await fill(bench, 20)
    for (value, expected) in [(Self.number(7), ["p7"] as JSONValue), ("110101", []), ("", []), ("%", [])] {
      #expect(
        await bench.read { tx, _ in try Self.found(tx, Self.by(.text(value))) }.answer.value == expected)
    }
    let both = await bench.read { tx, _ in
      try Self.found(tx, Query("person", index: "by_both", equals: [.text("u1"), .text(Self.number(7))]))
    }
    #expect(both.answer.value == ["p7"])
    // A put moves the entry; an absent value is NULL.
    let changed = await bench.write { tx, _ in
      _ = try tx.put("person", "p7", version: 1, ["name": "n", "unit": "u1", "id_number": "other"])
      _ = try tx.put("person", "p8", version: 1, ["name": "n", "unit": "u1"])
      return [
        try Self.found(tx, Self.by(.text(Self.number(7)))), try Self.found(tx, Self.by(.text("other"))),
        try Self.found(tx, Self.by(.null)), .int(try tx.count(Self.by(.text("other")))),
      ]
    }
    #expect(changed.value == [[], ["p7"], ["p8"], 1])
  }

  @Test func `what only shares the digest is dropped, from pages and from counts, and is not disclosed`()
    async throws
  {
    let bench = try bench()
    await fill(bench, 9)
    bench.stop()
    // Every second record gets the digest of p0, as a chance meeting would.
    try PersonalStoreTests.change(
      bench.directory,
      """
      UPDATE "test.person" SET b_id_number = (SELECT b_id_number FROM "test.person" WHERE id = 'p0')
      WHERE key % 2 = 1
      """)
    let again = try bench.reopened(modules: { PersonalModules.all($0) })
    let seen = await again.read(method: "test.disclose") { tx, _ in
      [
        try Self.found(tx, Self.by(.text(Self.number(0)))),
        try Self.found(tx, Self.by(.text(Self.number(4)))),
        .int(try tx.count(Self.by(.text(Self.number(0))))),
        .int(try tx.count(Self.by(.text(Self.number(2))))),
      ]
    }
    // p2, p4, p6, p8 stand under the digest of p0 now: found by nothing, and dropped there.
    #expect(seen.answer.value == [["p0"], [], 1, 0])
    #expect(seen.disclosed.map(\.id) == ["p0"])
  }

  @Test func `pages stay full where others are dropped in between`() async throws {
    let bench = try bench()
    await fill(bench, 10, same: Self.number(1))
    await bench.write { tx, _ in
      for n in 10..<20 {
        _ = try tx.create(
          "person", id: "q\(n)", ["name": "x", "unit": "u", "id_number": .string(Self.number(n))])
      }
      return .null
    }
    bench.stop()
    try bench.directory.withDatabase { db in
      // The others come between them in the order of the index.
      try db.execute(
        sql: """
          UPDATE "test.person" SET b_id_number = (SELECT b_id_number FROM "test.person" WHERE id = 'p0'),
            key = CASE WHEN id LIKE 'q%' THEN -2 * key ELSE -2 * key - 13 END
          """)
    }
    let again = try bench.reopened(modules: { PersonalModules.all($0) })
    for limit in [1, 2, 3, 5, 10, 11] {
      let pages = await again.read { tx, _ in
        var pages: [JSONValue] = []
        var cursor: String?
        repeat {
          let page = try tx.query(Self.by(.text(Self.number(1)), limit: limit, cursor: cursor))
          pages.append(.int(page.records.count))
          cursor = page.next
        } while cursor != nil
        return .array(pages)
      }
      let full = 10 / limit
      let rest = 10 % limit
      let expected = Array(repeating: limit, count: full) + (rest > 0 ? [rest] : [])
      #expect(pages.answer.value == .array(expected.map(JSONValue.int)), "limit \(limit)")
    }
  }

  @Test func `a blind field has no order, no range and no columns to walk`() async throws {
    let bench = try bench()
    await fill(bench, 3)
    let wrong: [@Sendable (any ReadTransaction) throws -> Void] = [
      { _ = try $0.query(Query("person", index: "by_id_number")) },
      { _ = try $0.query(Query("person", index: "by_id_number", from: .text("1"))) },
      { _ = try $0.query(Query("person", index: "by_both", equals: [.text("u1")])) },
      { _ = try $0.count(Query("person", index: "by_id_number")) },
      { _ = try $0.query(Self.by(.integer(5))) },
      { try $0.forEach(Self.by(.text("x")), columns: ["unit"]) { _ in } },
      { try $0.forEach(Query("person", index: "by_unit"), columns: ["id_number"]) { _ in } },
    ]
    for attempt in wrong {
      let seen = await bench.read { tx, _ in
        try attempt(tx)
        return .null
      }
      #expect(seen.answer.kind == .internalError)
    }
  }

  @Test func `one value has another digest in each field and each collection`() async throws {
    let collections = ["one", "two"].map {
      Collection(
        name: $0, summary: Text("Two numbers", zh: "两个号码"),
        schema: ["type": "object", "properties": ["a": ["type": "string"], "b": ["type": "string"]]],
        fields: [.init("a", .blind), .init("b", .blind)], personal: ["/a", "/b"], retention: .forever)
    }
    let bench = try Bench(modules: { [TestModules.test($0, collections: collections), TestModules.other] })
    await bench.write { tx, _ in
      for collection in ["one", "two"] { _ = try tx.create(collection, id: "r", ["a": "same", "b": "same"]) }
      return .null
    }
    bench.stop()
    try bench.directory.withDatabase { db in
      let digests = try Int64.fetchSet(
        db,
        sql: """
          SELECT b_a FROM "test.one" UNION ALL SELECT b_b FROM "test.one"
          UNION ALL SELECT b_a FROM "test.two" UNION ALL SELECT b_b FROM "test.two"
          """)
      #expect(digests.count == 4)
    }
  }

  @Test func `two stores do not give one value the same digest`() async throws {
    var digests: Set<Int64> = []
    for _ in 0..<2 {
      let bench = try bench()
      await fill(bench, 1)
      bench.stop()
      try bench.directory.withDatabase { db in
        digests.insert(try #require(try Int64.fetchOne(db, sql: "SELECT b_id_number FROM \"test.person\"")))
      }
    }
    #expect(digests.count == 2)
  }
}
