import StationKit
import StationStore
import Testing

@Suite struct StoreRecordTests {
  @Test func `a record is created at version 1, read, replaced and removed`() async throws {
    let bench = try Bench()
    let made = await bench.write { tx, _ in
      let record = try tx.create("item", id: "a", ["name": "one", "rank": 7])
      return .int(record.version)
    }
    #expect(made.value == 1)
    let changed = await bench.write { tx, _ in
      .int(try tx.put("item", "a", version: 1, ["name": "two"]).version)
    }
    #expect(changed.value == 2)
    let seen = await bench.read { tx, _ in
      guard let record = try tx.get("item", "a") else { return .null }
      return ["version": .int(record.version), "body": .object(record.body)]
    }
    #expect(try seen.answer.get() == ["version": 2, "body": ["name": "two"]])
    let removed = await bench.write { tx, _ in
      try tx.delete("item", "a", version: 2)
      return .bool(try tx.get("item", "a") == nil)
    }
    #expect(removed.value == true)
    #expect(await bench.read { tx, _ in .bool(try tx.get("item", "a") == nil) }.answer.value == true)
  }

  @Test func `a wrong version is a conflict that names the present one, and changes nothing`() async throws {
    let bench = try Bench()
    await bench.write { tx, _ in
      _ = try tx.create("item", id: "a", ["name": "one"])
      return .int(try tx.put("item", "a", version: 1, ["name": "two"]).version)
    }
    for version in [0, 1, 3, Int.max] {
      let put = await bench.write { tx, _ in
        .int(try tx.put("item", "a", version: version, ["name": "three"]).version)
      }
      guard case .failure(let error) = put else { throw Unexpected("version \(version) was accepted") }
      #expect(error.kind == .conflict)
      #expect(error.details?["version"] == 2)
      let deleted = await bench.write { tx, _ in
        try tx.delete("item", "a", version: version)
        return .null
      }
      #expect(deleted.kind == .conflict)
    }
    #expect(
      await bench.read { tx, _ in .object(try tx.get("item", "a")?.body ?? [:]) }.answer.value
        == ["name": "two"])
  }

  @Test func `a record that is not there is not found`() async throws {
    let bench = try Bench()
    #expect(
      await bench.write { tx, _ in .int(try tx.put("item", "x", version: 1, ["name": "n"]).version) }
        .kind == .notFound)
    #expect(
      await bench.write { tx, _ in
        try tx.delete("item", "x", version: 1)
        return .null
      }.kind == .notFound)
  }

  @Test func `an id or a unique value that is taken is refused`() async throws {
    let bench = try Bench()
    await bench.write { tx, _ in
      _ = try tx.create("item", id: "a", ["name": "one"])
      _ = try tx.create("item", id: "b", ["name": "two"])
      return .null
    }
    #expect(
      await bench.write { tx, _ in .string(try tx.create("item", id: "a", ["name": "x"]).id) }
        .kind == .alreadyExists)
    #expect(
      await bench.write { tx, _ in .string(try tx.create("item", id: "c", ["name": "one"]).id) }
        .kind == .alreadyExists)
    #expect(
      await bench.write { tx, _ in .int(try tx.put("item", "b", version: 1, ["name": "one"]).version) }
        .kind == .alreadyExists)
    #expect(await bench.read { tx, _ in .int(try tx.count(Query("item"))) }.answer.value == 2)
  }

  @Test func `a handler may go on after a taken value`() async throws {
    let bench = try Bench()
    await bench.write { tx, _ in .string(try tx.create("item", id: "a", ["name": "one"]).id) }
    let answer = await bench.write { tx, _ in
      do {
        _ = try tx.create("item", id: "b", ["name": "one"])
        return "created"
      } catch let error as RPCError where error.kind == .alreadyExists {
        return .string(try tx.create("item", id: "b", ["name": "other"]).id)
      }
    }
    #expect(answer.value == "b")
    #expect(try bench.newestLeaf()["written"]?.arrayValue?.count == 1)
  }

  @Test(arguments: ["", String(repeating: "x", count: 129)])
  func `an id that is empty or longer than 128 bytes is refused`(id: String) async throws {
    let bench = try Bench()
    #expect(
      await bench.write { tx, _ in .string(try tx.create("item", id: id, ["name": "n"]).id) }
        .kind == .invalidParams)
  }

  @Test(arguments: ["x", "警察", "a\u{0}b", String(repeating: "x", count: 128), "'; DROP TABLE audit; --"])
  func `any other id comes back as it was`(id: String) async throws {
    let bench = try Bench()
    let answer = await bench.write { tx, _ in
      let made = try tx.create("item", id: id, ["name": .string(id)])
      return .bool(try tx.get("item", id)?.id == made.id && tx.query(Query("item")).records.first?.id == id)
    }
    #expect(answer.value == true)
  }

  @Test func `a body that does not fit the schema is the module's fault and is not stored`() async throws {
    let bench = try Bench()
    for body: JSONObject in [[:], ["name": 1], ["name": "n", "more": true], ["name": "n", "rank": "high"]] {
      let answer = await bench.write { tx, _ in .string(try tx.create("item", id: nil, body).id) }
      #expect(answer.kind == .internalError)
    }
    #expect(await bench.read { tx, _ in .int(try tx.count(Query("item"))) }.answer.value == 0)
    #expect(bench.reports.all.count == 4)
  }

  @Test func `generated ids sort in the order of creation, also when the clock goes back`() async throws {
    let bench = try Bench()
    var ids: [String] = []
    for step in [0, 0, 5, -3_600_000, 1] {
      bench.clock.hold(at: Bench.morning.adding(milliseconds: Int64(step)))
      let answer = await bench.write { tx, _ in
        .array(
          try (0..<2000).map { number in
            .string(try tx.create("setting", id: nil, ["n": .int(number)]).id)
          })
      }
      ids += answer.value?.arrayValue?.compactMap(\.stringValue) ?? []
    }
    #expect(ids.count == 10_000)
    #expect(ids == ids.sorted())
    #expect(Set(ids).count == ids.count)
    // RFC 9562: version 7 and variant 10.
    for id in ids {
      let bytes = Array(id.utf8)
      #expect(bytes.count == 36 && bytes[14] == UInt8(ascii: "7"))
      #expect("89ab".utf8.contains(bytes[19]))
    }
  }

  @Test func `cached records are never older than what was committed`() async throws {
    let bench = try Bench()
    await bench.write { tx, _ in .string(try tx.create("setting", id: "s", ["n": 1]).id) }
    let look: WriteScript = { tx, _ in try tx.get("setting", "s")?["n"] ?? .null }
    #expect(await bench.write(look).value == 1)
    await bench.write { tx, _ in .int(try tx.put("setting", "s", version: 1, ["n": 2]).version) }
    #expect(await bench.write(look).value == 2)
    // Read back inside a call that fails: what it saw is not there.
    let failed = await bench.write { tx, _ in
      _ = try tx.put("setting", "s", version: 2, ["n": 3])
      _ = try tx.get("setting", "s")
      throw RPCError(.conflict)
    }
    #expect(failed.kind == .conflict)
    #expect(await bench.write(look).value == 2)
    await bench.write { tx, _ in
      try tx.delete("setting", "s", version: 2)
      return .null
    }
    #expect(await bench.write(look).value == .null)
  }
}

/// A test found what it did not expect.
struct Unexpected: Error {
  let what: String
  init(_ what: String) { self.what = what }
}
