import StationKit
import StationStore
import Testing

@Suite struct StoreDeclarationTests {
  static let undeclared: [(String, WriteScript)] = [
    ("collection", { tx, _ in .string(try tx.create("nothing", id: nil, [:]).id) }),
    ("collection of another module", { tx, _ in .string(try tx.create("kept", id: nil, [:]).id) }),
    ("full name of another module's collection", { tx, _ in .bool(try tx.get("other.kept", "x") == nil) }),
    ("table of the store itself", { tx, _ in .int(try tx.count(Query("audit"))) }),
    ("index", { tx, _ in .int(try tx.query(Query("item", index: "by_note")).records.count) }),
    (
      "more values than the index has fields",
      { tx, _ in .int(try tx.count(Query("item", index: "by_rank", equals: [.integer(1), .integer(2)]))) }
    ),
    (
      "a range without a field for it",
      { tx, _ in
        .int(try tx.count(Query("item", index: "by_rank", equals: [.integer(1)], from: .integer(2))))
      }
    ),
    (
      "values without an index", { tx, _ in .int(try tx.count(Query("item", equals: [.text("a")]))) }
    ),
    (
      "field",
      { tx, _ in
        try tx.forEach(Query("item"), columns: ["note"]) { _ in }
        return .null
      }
    ),
    (
      "a field that is SQL",
      { tx, _ in
        try tx.forEach(Query("item"), columns: ["name, body"]) { _ in }
        return .null
      }
    ),
    ("call", { tx, _ in try tx.call("other.secret", [:]) }),
    ("call of the own module", { tx, _ in try tx.call("test.look", ["script": 0]) }),
    ("call of a method that is not there", { tx, _ in try tx.call("other.nothing", [:]) }),
    (
      "deadline",
      { tx, _ in
        try tx.schedule("gong", subject: "s", due: Bench.morning, payload: [:])
        return .null
      }
    ),
    (
      "deadline to cancel",
      { tx, _ in
        try tx.cancel("gong", subject: "s")
        return .null
      }
    ),
    (
      "event",
      { tx, _ in
        try tx.emit("sung", ["n": 1])
        return .null
      }
    ),
    (
      "payload of an event",
      { tx, _ in
        try tx.emit("rung", ["n": "one"])
        return .null
      }
    ),
  ]

  @Test(arguments: undeclared.indices)
  func `what a module did not declare is refused, reported and recorded`(index: Int) async throws {
    let bench = try Bench()
    let (what, script) = Self.undeclared[index]
    let answer = await bench.write { tx, context in
      _ = try tx.create("item", id: "before", ["name": "n"])
      return try script(tx, context)
    }
    #expect(answer.kind == .internalError, "\(what)")
    #expect(bench.reports.all.count >= 1, "\(what)")
    #expect(try bench.newestLeaf()["outcome"] == "internal_error", "\(what)")
    #expect(await bench.read { tx, _ in .int(try tx.count(Query("item"))) }.answer.value == 0, "\(what)")
  }

  @Test func `a declared call runs in the same transaction as its own module`() async throws {
    let bench = try Bench()
    let answer = await bench.write { tx, context in
      let id = try tx.call("other.keep", ["say": "hello"])
      let echo = try tx.call("other.echo", ["say": "hi"])
      _ = try tx.create("item", id: "mine", ["name": "mine"])
      return ["id": id, "echo": echo, "method": .string(context.method)]
    }
    #expect(answer.value?["echo"] == ["said": "hi", "method": "other.echo"])
    #expect(answer.value?["method"] == "test.run")
    let leaf = try bench.newestLeaf()
    #expect(leaf["via"] == ["other.keep", "other.echo"])
    #expect(leaf["written"]?.arrayValue?.compactMap { $0.arrayValue?.first } == ["other.kept", "test.item"])
  }

  @Test func `a call's params are checked, and its writes go with a failed caller`() async throws {
    let bench = try Bench()
    #expect(await bench.write { tx, _ in try tx.call("other.keep", ["loud": true]) }.kind == .invalidParams)
    let failed = await bench.write { tx, _ in
      _ = try tx.call("other.keep", ["say": "gone"])
      throw RPCError(.conflict)
    }
    #expect(failed.kind == .conflict)
    #expect(try bench.store.isEmpty(collection: "other.kept"))
    #expect(try bench.newestLeaf()["via"] == ["other.keep"])
  }

  @Test func `a read cannot call a method that writes`() async throws {
    let bench = try Bench()
    #expect(
      await bench.read { tx, _ in try tx.call("other.keep", ["say": "x"]) }.answer.kind == .internalError)
    #expect(
      await bench.read { tx, _ in try tx.call("other.echo", ["say": "x"]) }.answer.value?["said"] == "x")
  }

  @Test func `what a steady method answered is kept until its module writes`() async throws {
    let bench = try Bench()
    let began = Int(bench.clock.now().milliseconds)
    let ask: WriteScript = { tx, _ in try tx.call("other.tally", [:]) }
    #expect(await bench.write(ask).value == [0, .int(began)])
    await bench.advance(to: Instant(milliseconds: Int64(began) + 60_000))
    #expect(await bench.write(ask).value == [0, .int(began)])
    #expect(try bench.newestLeaf()["via"] == ["other.tally"])
    // Other params are another question.
    let other = await bench.write { tx, _ in try tx.call("other.tally", ["say": "x"]) }
    #expect(other.value == [0, .int(began + 60_000)])
    // What the same call has written counts; what a failed one has does not.
    let own = await bench.write { tx, _ in
      _ = try tx.call("other.keep", ["say": "a"])
      return try tx.call("other.tally", [:])
    }
    #expect(own.value == [1, .int(began + 60_000)])
    let failed = await bench.write { tx, _ in
      _ = try tx.call("other.keep", ["say": "b"])
      _ = try tx.call("other.tally", [:])
      throw RPCError(.conflict)
    }
    #expect(failed.kind == .conflict)
    #expect(await bench.write(ask).value?.arrayValue?.first == 1)
  }

  @Test func `a call that discloses records what a steady method reads for it, each time`() async throws {
    let bench = try Bench(modules: { [TestModules.test($0, writeDiscloses: true), TestModules.other] })
    await bench.write { tx, _ in try tx.call("other.keep", ["say": "a"]) }
    for _ in 0..<2 {
      #expect(await bench.write { tx, _ in try tx.call("other.tally", [:]) }.value?.arrayValue?.first == 1)
      #expect(try bench.newestLeaf()["read"]?.arrayValue?.first?.arrayValue?.first == "other.kept")
    }
  }

  @Test func `what rests on another module's answer is not kept`() async throws {
    let bench = try Bench()
    let count: ReadScript = { tx, _ in .int(try tx.count(Query("item"))) }
    let number = bench.scripts.add(count)
    let ask: WriteScript = { tx, _ in try tx.call("other.relay", ["script": .int(number)]) }
    #expect(await bench.write(ask).value == 0)
    await bench.write { tx, _ in .string(try tx.create("item", id: "a", ["name": "a"]).id) }
    #expect(await bench.write(ask).value == 1)
  }

  @Test func `modules that call each other in a circle are stopped`() async throws {
    let bench = try Bench()
    let number = Log<Int>()
    let answer = await bench.read { tx, _ in
      number.add(1)
      guard number.all.count < 100 else { return "never" }
      return try tx.call("other.circle", ["script": 0])
    }
    #expect(answer.answer.kind == .internalError)
    #expect(number.all.count < 10)
  }

  @Test func `a result that does not fit its schema undoes the call`() async throws {
    let bench = try Bench(modules: { scripts in
      [
        Module(
          name: "test", title: Text("T", zh: "测"), version: "1", collections: [TestModules.item],
          methods: [
            Method(
              "run", Text("R", zh: "跑"),
              params: [
                "type": "object", "properties": ["script": ["type": "integer"]],
                "additionalProperties": false,
              ], result: ["type": "string"], permission: .role,
              examples: [Example("One", params: [:], result: "x")],
              handler: .write { try scripts.run($0, $1, $2) }),
            TestModules.method("look", .read { try scripts.look($0, $1, $2) }),
          ])
      ]
    })
    #expect(
      await bench.write { tx, _ in .int(try tx.create("item", id: "a", ["name": "n"]).version) }
        .kind == .internalError)
    #expect(await bench.read { tx, _ in .int(try tx.count(Query("item"))) }.answer.value == 0)
    #expect(
      await bench.write { tx, _ in .string(try tx.create("item", id: "a", ["name": "n"]).id) }.value == "a")
  }
}
