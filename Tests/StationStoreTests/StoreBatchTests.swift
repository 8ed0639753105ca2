import StationCrypto
import StationKit
import StationStore
import Synchronization
import Testing

@Suite struct StoreBatchTests {
  @Test func `a refused call leaves its record and nothing else`() async throws {
    let bench = try Bench()
    let refused = await bench.write { tx, _ in
      _ = try tx.create("item", id: "a", ["name": "one"])
      _ = try tx.next(series: "s")
      try tx.emit("rung", ["n": 1])
      try tx.schedule("bell", subject: "a", due: Bench.morning.adding(hours: 1), payload: [:])
      throw RPCError.refused(rule: "test.rule", Text("No", zh: "不"))
    }
    #expect(refused.kind == .refusedByRule)
    #expect(try bench.logSize == 1)
    let leaf = try bench.leaf(0)
    #expect(leaf["outcome"] == "refused_by_rule" && leaf["rule"] == "test.rule" && leaf["written"] == nil)
    let after = await bench.write { tx, _ in
      ["items": .int(try tx.count(Query("item"))), "series": .int(try tx.next(series: "s"))]
    }
    #expect(after.value == ["items": 0, "series": 1])
    #expect(bench.events.all.isEmpty)
    bench.scripts.onFire { _, _, _ in throw Unexpected("fired") }
    await bench.advance(to: Bench.morning.adding(hours: 2))
    #expect(try bench.logSize == 2)
  }

  @Test func `of calls that share a commit only the failed ones are undone`() async throws {
    let bench = try Bench()
    let answers = await bench.together(
      (0..<12).map { number -> WriteScript in
        { tx, _ in
          let value = try tx.next(series: "shared")
          _ = try tx.create("item", id: "\(number)", ["name": .string("n\(number)")])
          try tx.emit("rung", ["n": .int(number)])
          // Half of the failures come before anything is written and half after.
          if number % 3 == 1 { throw RPCError(.wrongState) }
          return .int(value)
        }
      })
    let good = (0..<12).filter { $0 % 3 != 1 }
    #expect(answers.enumerated().filter { $1.kind == nil }.map(\.offset) == good)
    #expect(answers.compactMap(\.value) == (1...8).map(JSONValue.int), "the series has no gap")
    let ids = await bench.read { tx, _ in .array(try tx.query(Query("item")).records.map { .string($0.id) }) }
    #expect(ids.answer.value == .array(good.map { .string("\($0)") }))
    #expect(bench.events.all.map(\.seq) == Array(1...8))
    #expect(try bench.events.all.map { try JSONParser.parse($0.payload)["n"] } == good.map { .int($0) })
    // One for the call that held the writer, one for each of the twelve.
    #expect(try bench.logSize == 13)
    let outcomes = try (1..<13).map { try bench.leaf($0)["outcome"]?.stringValue }
    #expect(outcomes == (0..<12).map { $0 % 3 == 1 ? "wrong_state" : "ok" })
    #expect(bench.store.health.now.batches == 2)
  }

  @Test func `a call sees what those before it in the same commit wrote, and not what failed`() async throws {
    let bench = try Bench()
    let count: WriteScript = { tx, _ in .int(try tx.count(Query("item"))) }
    let answers = await bench.together([
      { tx, _ in .string(try tx.create("item", id: "a", ["name": "a"]).id) }, count,
      { tx, _ in
        _ = try tx.create("item", id: "b", ["name": "b"])
        throw RPCError(.conflict)
      }, count,
    ])
    #expect(answers.map { $0.value } == ["a", 1, nil, 1])
  }

  @Test func `a series counts from 1 without gaps, one of its own for each name and module`() async throws {
    let bench = try Bench()
    var numbers: [JSONValue?] = []
    for round in 0..<6 {
      numbers.append(
        await bench.write { tx, _ in
          let number = try tx.next(series: "a")
          if round % 2 == 1 { throw RPCError(.conflict) }
          return .int(number)
        }.value)
    }
    #expect(numbers == [1, nil, 2, nil, 3, nil])
    #expect(await bench.write { tx, _ in .int(try tx.next(series: "b")) }.value == 1)
  }

  @Test func `a replayed key answers the first result and does nothing`() async throws {
    let bench = try Bench()
    let script: WriteScript = { tx, _ in .int(try tx.next(series: "s")) }
    #expect(await bench.write(key: "k", payload: "p", script).value == 1)
    #expect(await bench.write(key: "k", payload: "p", script).value == 1)
    #expect(try bench.newestLeaf()["outcome"] == "replayed")
    #expect(await bench.write(key: "k", payload: "other", script).kind == .idempotencyMismatch)
    #expect(await bench.write(key: "other", payload: "p", script).value == 2)
    let again = try bench.reopened()
    #expect(await again.write(key: "k", payload: "p", script).value == 1)
    #expect(await again.write(script).value == 3)
  }

  @Test func `a key stands for its call for 30 days, and then for another`() async throws {
    let bench = try Bench()
    let script: WriteScript = { tx, _ in .int(try tx.next(series: "s")) }
    #expect(await bench.write(key: "k", payload: "p", script).value == 1)
    await bench.advance(to: Bench.morning.adding(hours: 30 * 24))
    #expect(await bench.write(key: "k", payload: "p", script).value == 1)
    await bench.advance(to: Bench.morning.adding(hours: 30 * 24).adding(milliseconds: 1))
    #expect(await bench.write(key: "k", payload: "another", script).value == 2)
    #expect(await bench.write(key: "k", payload: "another", script).value == 2)
    #expect(await bench.write(key: "k", payload: "p", script).kind == .idempotencyMismatch)
  }

  @Test func `keys that stand for nothing any more are removed`() async throws {
    let bench = try Bench()
    for n in 0..<3 { await bench.write(key: "k\(n)") { _, _ in 1 } }
    let again = try bench.reopened(at: Bench.morning.adding(hours: 30 * 24).adding(milliseconds: 1))
    await again.write(key: "new") { _, _ in 1 }
    again.stop()
    let keys = try Tampering(directory: bench.directory).value(
      "SELECT group_concat(CAST(key AS TEXT)) FROM idempotency", as: String.self)
    #expect(keys == "new")
  }

  @Test func `a key is free again when its call failed`() async throws {
    let bench = try Bench()
    #expect(
      await bench.write(key: "k") { tx, _ in
        _ = try tx.next(series: "s")
        throw RPCError(.conflict)
      }.kind == .conflict)
    #expect(await bench.write(key: "k") { tx, _ in .int(try tx.next(series: "s")) }.value == 1)
  }

  @Test func `one key twice in one commit is one call`() async throws {
    let bench = try Bench()
    let script: WriteScript = { tx, _ in .int(try tx.next(series: "s")) }
    let answers = Log<JSONValue?>()
    await withCheckedContinuation { (waiter: CheckedContinuation<Void, Never>) in
      let left = Mutex(5)
      for _ in 0..<5 {
        bench.post(key: "k", payload: "p", script) {
          answers.add($0.value)
          if left.withLock({
            $0 -= 1
            return $0 == 0
          }) {
            waiter.resume()
          }
        }
      }
    }
    #expect(answers.all == [1, 1, 1, 1, 1])
    #expect(try bench.logSize == 5)
  }

  @Test func `a cancelled or late call does not start, and is recorded`() async throws {
    let bench = try Bench()
    let cancelled = CallToken()
    cancelled.cancel()
    let script: WriteScript = { tx, _ in .int(try tx.next(series: "s")) }
    #expect(await bench.write(token: cancelled, script).kind == .cancelled)
    #expect(await bench.write(token: CallToken(deadline: 1), script).kind == .deadlinePassed)
    #expect(try bench.logSize == 2)
    #expect(try bench.newestLeaf()["outcome"] == "deadline_passed")
    #expect(await bench.read(token: cancelled) { _, _ in 1 }.answer.kind == .cancelled)
    #expect(await bench.write(script).value == 1)
  }

  @Test func `a call that has started is not cancelled, and whoever cancels hears so`() async throws {
    let bench = try Bench()
    let (token, other) = (CallToken(), CallToken())
    #expect(await bench.write(token: token) { _, _ in .bool(token.cancel()) }.value == false)
    #expect(await bench.read(token: other) { _, _ in .bool(other.cancel()) }.answer.value == false)
    // Where its batch is run again, it has started all the same.
    let again = CallToken()
    let answers = Log<Bool>()
    let twice = await bench.write(token: again) { tx, _ in
      answers.add(again.cancel())
      _ = try tx.next(series: "s")
      throw RPCError(.conflict)
    }
    #expect(twice.kind == .conflict)
    #expect(answers.all == [false, false])
    let waiting = CallToken()
    #expect(waiting.cancel() && waiting.cancel())
  }

  @Test func `events are numbered without gaps and handed on in order, over a restart`() async throws {
    let bench = try Bench()
    await bench.write { tx, _ in
      for number in 1...3 { try tx.emit("rung", ["n": .int(number)]) }
      return .null
    }
    #expect(bench.events.all.map(\.seq) == [1, 2, 3])
    let again = try bench.reopened()
    await again.write { tx, _ in
      try tx.emit("rung", ["n": 4])
      return .null
    }
    #expect(again.events.all.map(\.seq) == [4])
    #expect(try again.store.events(after: 1, limit: 2).map(\.seq) == [2, 3])
    #expect(try again.store.newestEvent() == 4)
    #expect(try again.store.events(after: 3, limit: 10).map(\.kind) == ["test.rung"])
  }

  @Test func `a full queue answers at once`() async throws {
    let bench = try Bench(configure: { $0.queueLimit = 3 })
    let answers = await bench.together((0..<3).map { _ in { _, _ in 1 } })
    #expect(answers.compactMap(\.value) == [1, 1, 1])
    let overfull = await bench.together((0..<5).map { _ in { _, _ in 1 } })
    #expect(overfull.compactMap(\.value).count == 3)
    #expect(overfull.compactMap(\.kind) == [.queueFull, .queueFull])
  }
}
