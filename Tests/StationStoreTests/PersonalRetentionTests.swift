import StationKit
import StationStore
import Testing

@Suite struct PersonalRetentionTests {
  private func bench(at now: Instant = Bench.morning) throws -> Bench {
    try Bench(at: now, modules: { PersonalModules.all($0) })
  }

  struct End: Sendable, CustomTestStringConvertible {
    let closed: JSONValue
    /// The last instant at which it is there, and the first at which it is not.
    let last: String
    let gone: String
    var testDescription: String { "closed \(closed.encodedString)" }
  }

  static let ends = [
    End(
      closed: "2026-11-22T10:00:00+08:00", last: "2031-11-22T23:59:59.999+08:00",
      gone: "2031-11-23T00:00:00+08:00"),
    End(closed: "2026-11-22", last: "2031-11-22T23:59:59.999+08:00", gone: "2031-11-23T00:00:00+08:00"),
    // In UTC it is still the day before.
    End(
      closed: "2026-11-21T17:00:00Z", last: "2031-11-22T23:59:59.999+08:00", gone: "2031-11-23T00:00:00+08:00"
    ),
    End(
      closed: .int(1_795_312_800_000), last: "2031-11-22T23:59:59.999+08:00",
      gone: "2031-11-23T00:00:00+08:00"),
    End(
      closed: "2024-02-29T12:00:00+08:00", last: "2029-02-28T23:59:59.999+08:00",
      gone: "2029-03-01T00:00:00+08:00"),
  ]

  private static func isThere(_ bench: Bench) async -> JSONValue? {
    await bench.read { tx, _ in .bool(try tx.get("person", "p1") != nil) }.answer.value
  }

  @Test(arguments: ends)
  func `a record goes when its years are over, by the calendar of the place, and leaves a record`(end: End)
    async throws
  {
    let bench = try bench(at: try #require(Instant(rfc3339: "2024-03-01T00:00:00Z")))
    await bench.write { tx, _ in
      .int(try tx.create("person", id: "p1", ["name": "n", "unit": "u", "closed": end.closed]).version)
    }
    await bench.advance(to: try #require(Instant(rfc3339: end.last)))
    #expect(await Self.isThere(bench) == true)
    let size = try bench.logSize
    await bench.advance(to: try #require(Instant(rfc3339: end.gone)))
    #expect(await Self.isThere(bench) == false)
    #expect(try bench.logSize == size + 1)
    let leaf = try bench.newestLeaf()
    #expect(leaf["method"] == "deadline:retention:test.person")
    let item = leaf["written"]?.arrayValue?.first?.arrayValue ?? []
    #expect(item.dropFirst().prefix(2) == ["p1", 0])
    bench.stop()
    #expect(try OfflineVerifier.verify(stateDirectory: bench.directory.path).records == 0)
  }

  @Test func `the end moves with the member, and without the member there is none`() async throws {
    let bench = try bench()
    func put(_ version: Int, _ closed: JSONValue?, reads: Bool) async throws {
      let done = await bench.write { tx, _ in
        if reads { _ = try tx.get("person", "p1") }
        var body: JSONObject = ["name": "n", "unit": "u"]
        body["closed"] = closed
        return .int(try tx.put("person", "p1", version: version, body).version)
      }
      _ = try done.get()
    }
    await bench.write { tx, _ in .int(try tx.create("person", id: "p1", ["name": "n", "unit": "u"]).version) }
    for (number, reads) in [false, true].enumerated() {
      let version = 1 + 4 * number
      try await put(version, "2026-04-01", reads: reads)
      try await put(version + 1, "2027-04-01", reads: reads)
      await bench.advance(to: try #require(Instant(rfc3339: "2031-06-01T00:00:00Z")))
      #expect(await Self.isThere(bench) == true)
      // Opened again.
      try await put(version + 2, reads ? .null : nil, reads: reads)
      await bench.advance(to: try #require(Instant(rfc3339: "2033-06-01T00:00:00Z")))
      #expect(await Self.isThere(bench) == true)
      await bench.advance(to: Bench.morning)
      try await put(version + 3, nil, reads: reads)
    }
    try await put(9, "2026-04-01", reads: true)
    await bench.advance(to: try #require(Instant(rfc3339: "2031-04-02T00:00:00Z")))
    #expect(await Self.isThere(bench) == false)
  }

  @Test func `a record that was deleted and made again is not deleted for what it was`() async throws {
    let bench = try bench()
    await bench.write { tx, _ in
      _ = try tx.create("person", id: "p1", ["name": "n", "unit": "u", "closed": "2026-04-01"])
      return .null
    }
    let again = await bench.write { tx, _ in
      _ = try tx.get("person", "p1")
      try tx.delete("person", "p1", version: 1)
      _ = try tx.create("person", id: "p1", ["name": "n", "unit": "u"])
      return .int(
        try tx.put("person", "p1", version: 1, ["name": "n", "unit": "u", "closed": "2030-04-01"]).version)
    }
    #expect(again.value == 2)
    await bench.advance(to: try #require(Instant(rfc3339: "2034-04-01T00:00:00Z")))
    #expect(await Self.isThere(bench) == true)
    await bench.advance(to: try #require(Instant(rfc3339: "2035-04-02T00:00:00Z")))
    #expect(await Self.isThere(bench) == false)
  }

  @Test func `a member that is no instant is the module's mistake`() async throws {
    let bench = try bench()
    let made = await bench.write { tx, _ in
      .int(try tx.create("person", id: "p1", ["name": "n", "unit": "u", "closed": "soon"]).version)
    }
    #expect(made.kind == .internalError)
  }

  @Test(arguments: [false, true])
  func `the preview says what would be deleted by then, a page at a time`(descending: Bool) async throws {
    let bench = try bench()
    await bench.write { tx, _ in
      for n in 0..<7 {
        _ = try tx.create(
          "person", id: "p\(n)", ["name": "n", "unit": "u", "closed": .string("2026-04-0\(n + 1)")])
      }
      return .null
    }
    let until = try #require(Instant(rfc3339: "2031-04-06T00:00:00+08:00"))
    func page(_ cursor: String?) async throws -> JSONValue {
      let cursor = cursor.map { JSONValue.string($0) }
      return try await bench.read { tx, _ in
        let retention = try #require(tx.retention)
        let all = try retention.sums(until: until)
        #expect(all.map(\.collection) == ["test.person"] && all.map(\.count) == [5])
        #expect(all.first?.earliest == Instant(rfc3339: "2031-04-02T00:00:00+08:00"))
        let page = try retention.page(
          until: until, descending: descending, limit: 2, cursor: cursor?.stringValue)
        #expect(page.items.count <= 2)
        var found: JSONObject = ["ids": .array(page.items.map { .string($0.id) })]
        found["next"] = page.next.map(JSONValue.string)
        return .object(found)
      }.answer.get()
    }
    var ids: [String] = []
    var cursor: String?
    repeat {
      let found = try await page(cursor)
      ids += found["ids"]?.arrayValue?.compactMap(\.stringValue) ?? []
      cursor = found["next"]?.stringValue
    } while cursor != nil
    let inOrder = ["p0", "p1", "p2", "p3", "p4"]
    #expect(ids == (descending ? inOrder.reversed() : inOrder))
    await #expect(throws: RPCError.self) { try await page("zz") }
  }
}
