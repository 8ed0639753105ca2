import Foundation
import StationKit
import StationStore
import Testing

@Suite struct StoreMigrationTests {
  private static func collection(
    fields: [Collection.Field], indexes: [Collection.Index], required: [JSONValue] = ["name"]
  ) -> Collection {
    Collection(
      name: "item", summary: Text("Things", zh: "物"),
      schema: [
        "type": "object",
        "properties": [
          "name": ["type": "string"], "rank": ["type": "integer"], "open": ["type": "boolean"],
          "note": ["type": "string"],
        ], "required": .array(required), "additionalProperties": false,
      ], fields: fields, indexes: indexes, retention: .forever)
  }

  private static func modules(_ collection: Collection) -> (Scripts) -> [Module] {
    { scripts in [TestModules.test(scripts, collections: [collection]), TestModules.other] }
  }

  private static let before = collection(
    fields: [.init("name", .text)], indexes: [.init("by_name", on: ["name"], unique: true)])
  private static let after = collection(
    fields: [.init("name", .text), .init("rank", .integer), .init("open", .integer), .init("note", .text)],
    indexes: [
      .init("by_name", on: ["name"], unique: true), .init("by_rank", on: ["rank"]),
      .init("by_open", on: ["open", "note"]),
    ])

  private static func fill(_ bench: Bench) async throws {
    try await bench.write { tx, _ in
      for number in 0..<6 {
        var body: JSONObject = ["name": .string("n\(number)"), "note": .string("\"警\" \\ \(number)")]
        if number != 3 { body["rank"] = .int(5 - number) }
        body["open"] = .bool(number % 2 == 0)
        _ = try tx.create("item", id: "\(number)", body)
      }
      return .null
    }.check()
  }

  @Test func `fields and indexes that a collection gains are filled from its records`() async throws {
    let old = try Bench(modules: Self.modules(Self.before))
    try await Self.fill(old)
    let bench = try old.reopened(modules: Self.modules(Self.after))
    let ranked = await bench.read { tx, _ in
      .array(try tx.query(Query("item", index: "by_rank")).records.map { .string($0.id) })
    }
    #expect(ranked.answer.value == ["3", "5", "4", "2", "1", "0"])
    let open = await bench.read { tx, _ in
      var notes: [JSONValue] = []
      try tx.forEach(Query("item", index: "by_open", equals: [.integer(1)]), columns: ["note"]) {
        notes.append(.string($0[0].text ?? ""))
      }
      return .array(notes)
    }
    #expect(open.answer.value == .array([0, 2, 4].map { .string("\"警\" \\ \($0)") }))
    bench.stop()
    #expect(try OfflineVerifier.verify(stateDirectory: bench.directory.path).records == 6)
  }

  @Test func `a field that is required from now on may be missing in older records`() async throws {
    let old = try Bench(modules: Self.modules(Self.before))
    try await Self.fill(old)
    let stricter = Self.collection(
      fields: Self.after.fields, indexes: Self.after.indexes, required: ["name", "rank"])
    let bench = try old.reopened(modules: Self.modules(stricter))
    for descending in [false, true] {
      let walked = await bench.read { tx, _ in
        var ids: [JSONValue] = []
        var query = Query("item", index: "by_rank", descending: descending, limit: 2)
        repeat {
          let page = try tx.query(query)
          ids += page.records.map { .string($0.id) }
          query.cursor = page.next
        } while query.cursor != nil && ids.count < 20
        return .array(ids)
      }
      let expected: [JSONValue] = ["3", "5", "4", "2", "1", "0"]
      #expect(walked.answer.value == .array(descending ? expected.reversed() : expected))
    }
  }

  @Test func `a collection that loses a field or an index goes on without`() async throws {
    let old = try Bench(modules: Self.modules(Self.after))
    try await Self.fill(old)
    let bench = try old.reopened(modules: Self.modules(Self.before))
    let answer = await bench.write { tx, _ in
      .int(try tx.put("item", "1", version: 1, ["name": "n1", "rank": 100, "note": "other"]).version)
    }
    #expect(answer.value == 2)
    #expect(
      await bench.read { tx, _ in .int(try tx.query(Query("item", index: "by_rank")).records.count) }.answer
        .kind
        == .internalError)
    bench.stop()
    #expect(try OfflineVerifier.verify(stateDirectory: bench.directory.path).records == 6)
    // And when it comes back, its columns are those of the bodies.
    let again = try Bench(in: bench.directory, modules: Self.modules(Self.after))
    let last = await again.read { tx, _ in
      .string(
        try tx.query(Query("item", index: "by_rank", descending: true, limit: 1)).records.first?.id ?? "")
    }
    #expect(last.answer.value == "1")
  }

  @Test func `an index that becomes unique is refused where values are not`() async throws {
    let old = try Bench(modules: Self.modules(Self.after))
    try await old.write { tx, _ in
      for name in ["a", "b"] { _ = try tx.create("item", id: nil, ["name": .string(name), "rank": 1]) }
      return .null
    }.check()
    old.stop()
    let unique = Self.collection(
      fields: Self.after.fields, indexes: [.init("by_rank", on: ["rank"], unique: true)])
    #expect(throws: (any Error).self) {
      try Bench(in: old.directory, modules: Self.modules(unique)).stop()
    }
  }

  @Test func `a changed index is built anew`() async throws {
    let old = try Bench(modules: Self.modules(Self.after))
    try await Self.fill(old)
    let changed = Self.collection(
      fields: Self.after.fields, indexes: [.init("by_rank", on: ["open", "rank"])])
    let bench = try old.reopened(modules: Self.modules(changed))
    let answer = await bench.read { tx, _ in
      .array(
        try tx.query(Query("item", index: "by_rank", equals: [.integer(0)])).records.map { .string($0.id) })
    }
    #expect(answer.answer.value == ["3", "5", "1"])
  }
}
