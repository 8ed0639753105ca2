import StationKit
import StationStore
import Testing

@Suite struct StoreDeadlineTests {
  private static func schedule(_ subject: String, _ due: Instant, _ payload: JSONObject = [:]) -> WriteScript
  {
    { tx, _ in
      try tx.schedule("bell", subject: subject, due: due, payload: payload)
      return .null
    }
  }

  private static func minute(_ count: Int) -> Instant { Bench.morning.adding(minutes: count) }

  /// A bench whose deadlines tell when they fire.
  private static func ringing() throws -> (Bench, Log<String>) {
    let bench = try Bench()
    let fired = Log<String>()
    listen(bench, fired)
    return (bench, fired)
  }

  private static func listen(_ bench: Bench, _ fired: Log<String>) {
    bench.scripts.onFire { deadline, context, tx in
      let minutes = context.now.milliseconds(since: Bench.morning) / 60_000
      fired.add("\(deadline.subject) at \(minutes)\(deadline.late ? " late" : "")")
      try tx.emit("rung", ["n": .int(Int(minutes))])
    }
  }

  @Test func `a deadline fires once, when it is due and not before`() async throws {
    let (bench, fired) = try Self.ringing()
    await bench.write(Self.schedule("a", Self.minute(10)))
    await bench.advance(to: Self.minute(10).adding(milliseconds: -1))
    #expect(fired.all.isEmpty)
    await bench.advance(to: Self.minute(10))
    await bench.advance(to: Self.minute(10))
    await bench.advance(to: Self.minute(60))
    #expect(fired.all == ["a at 10"])
    let leaf = try bench.leaf(1)
    #expect(leaf["method"] == "deadline:test.bell" && leaf["outcome"] == "ok")
    #expect(try bench.logSize == 2)
    #expect(bench.events.all.count == 1)
  }

  @Test func `a deadline's subject is as long as a record's id may be`() async throws {
    let (bench, fired) = try Self.ringing()
    let longest = String(repeating: "s", count: 128)
    _ = try await bench.write(Self.schedule(longest, Self.minute(1))).get()
    for subject in ["", longest + "s"] {
      let refused = await bench.write(Self.schedule(subject, Self.minute(1)))
      #expect(throws: RPCError.self) { try refused.get() }
    }
    await bench.advance(to: Self.minute(1))
    #expect(fired.all == ["\(longest) at 1"])
  }

  @Test func `what came due while the store was closed fires at start, marked late`() async throws {
    let (bench, _) = try Self.ringing()
    await bench.write(Self.schedule("a", Self.minute(10)))
    await bench.write(Self.schedule("b", Self.minute(29).adding(milliseconds: 30_000)))
    await bench.write(Self.schedule("c", Self.minute(40)))
    let fired = Log<String>()
    bench.stop()
    let again = try Bench(in: bench.directory, at: Self.minute(20))
    Self.listen(again, fired)
    await again.settle()
    await again.advance(to: Self.minute(30))
    #expect(fired.all.suffix(1) == ["b at 30"])
    await again.advance(to: Self.minute(40))
    #expect(fired.all.suffix(1) == ["c at 40"])
    #expect(try again.logSize == 6)
  }

  /// A closed store that is opened ten minutes later, so many milliseconds after the instant.
  @Test(arguments: [(0, false), (1, true), (5_000, true), (60_001, true)])
  func `what came due before the start is late, however short ago`(after: Int, late: Bool) async throws {
    let (bench, _) = try Self.ringing()
    await bench.write(Self.schedule("a", Self.minute(10)))
    let again = try bench.reopened(at: Self.minute(10).adding(milliseconds: Int64(after)))
    await again.settle()
    #expect(try again.detail(1) == ["due": "2026-03-02T09:10:00.000+08:00", "late": .bool(late)])
  }

  @Test func `a clock that is set back knows nothing of the start`() async throws {
    let (bench, fired) = try Self.ringing()
    await bench.advance(to: Self.minute(-500))
    await bench.write(Self.schedule("a", Self.minute(-490)))
    await bench.advance(to: Self.minute(-489))
    #expect(fired.all == ["a at -489"])
  }

  @Test func `late is more than a minute`() async throws {
    let (bench, fired) = try Self.ringing()
    await bench.write(Self.schedule("a", Self.minute(10)))
    await bench.advance(to: Self.minute(11))
    await bench.write(Self.schedule("b", Self.minute(20)))
    await bench.advance(to: Self.minute(21).adding(milliseconds: 1))
    await bench.settle()
    #expect(fired.all == ["a at 11", "b at 21 late"])
  }

  @Test func `a due instant that is past fires at once`() async throws {
    let (bench, fired) = try Self.ringing()
    await bench.write(Self.schedule("a", Self.minute(-5)))
    await bench.settle()
    #expect(fired.all == ["a at 0 late"])
  }

  @Test func `those due together fire in the order of their instants`() async throws {
    let (bench, fired) = try Self.ringing()
    for minute in [7, 3, 9, 1, 5] { await bench.write(Self.schedule("s\(minute)", Self.minute(minute))) }
    await bench.advance(to: Self.minute(9))
    #expect(fired.all.map { $0.split(separator: " ")[0] } == ["s1", "s3", "s5", "s7", "s9"])
  }

  @Test func `more than one batch of them all fire`() async throws {
    let (bench, fired) = try Self.ringing()
    await bench.write { tx, _ in
      for number in 0..<200 {
        try tx.schedule("bell", subject: "s\(number)", due: Self.minute(1), payload: [:])
      }
      return .null
    }
    await bench.advance(to: Self.minute(1))
    #expect(Set(fired.all).count == 200 && fired.all.count == 200)
    #expect(try bench.logSize == 201)
  }

  @Test func `a cancelled deadline does not fire, a replaced one fires at its new instant`() async throws {
    let (bench, fired) = try Self.ringing()
    await bench.write(Self.schedule("a", Self.minute(5)))
    await bench.write(Self.schedule("b", Self.minute(5)))
    await bench.write { tx, _ in
      try tx.cancel("bell", subject: "a")
      try tx.cancel("bell", subject: "never was")
      try tx.schedule("bell", subject: "b", due: Self.minute(8), payload: [:])
      return .null
    }
    await bench.advance(to: Self.minute(6))
    #expect(fired.all.isEmpty)
    await bench.advance(to: Self.minute(8))
    #expect(fired.all == ["b at 8"])
  }

  @Test func `a failing handler is tried after 1, 2, 4 … 64 minutes, and nothing of it stays`() async throws {
    let bench = try Bench()
    let tried = Log<Int>()
    bench.scripts.onFire { deadline, context, tx in
      let minute = Int(context.now.milliseconds(since: Bench.morning) / 60_000)
      // A batch in which a call fails after it wrote runs again with savepoints.
      if tried.all.last != minute { tried.add(minute) }
      _ = try tx.create("item", id: "made", ["name": "n"])
      try tx.emit("rung", ["n": 1])
      #expect(deadline.due == Self.minute(1))
      if minute < 192 { throw RPCError(.unavailable) }
    }
    await bench.write(Self.schedule("a", Self.minute(1)))
    for minute in 1...260 { await bench.advance(to: Self.minute(minute)) }
    #expect(tried.all == [1, 2, 4, 8, 16, 32, 64, 128, 192])
    let leaves = try (1..<bench.logSize).map { try bench.leaf($0)["outcome"]?.stringValue }
    #expect(leaves == Array(repeating: "unavailable", count: 8) + ["ok"])
    #expect(bench.events.all.count == 1)
    #expect(await bench.read { tx, _ in .int(try tx.count(Query("item"))) }.answer.value == 1)
  }

  @Test func `a failing handler does not hold up the others`() async throws {
    let bench = try Bench()
    let fired = Log<String>()
    bench.scripts.onFire { deadline, _, tx in
      try tx.emit("rung", ["n": 1])
      if deadline.subject == "bad" { throw RPCError(.conflict) }
      fired.add(deadline.subject)
    }
    for subject in ["a", "bad", "c"] { await bench.write(Self.schedule(subject, Self.minute(1))) }
    await bench.advance(to: Self.minute(1))
    #expect(Set(fired.all) == ["a", "c"])
    #expect(bench.events.all.count == 2)
  }

  @Test func `a handler may schedule its own deadline again`() async throws {
    let bench = try Bench()
    let rungs = Log<Int>()
    bench.scripts.onFire { deadline, _, tx in
      let rung = deadline.payload["rung"]?.intValue ?? 0
      rungs.add(rung)
      guard rung < 3 else { return }
      try tx.schedule(
        "bell", subject: deadline.subject, due: deadline.due.adding(minutes: 10),
        payload: ["rung": .int(rung + 1)])
    }
    await bench.write(Self.schedule("a", Self.minute(10), ["rung": 1]))
    await bench.advance(to: Self.minute(10))
    #expect(rungs.all == [1])
    await bench.advance(to: Self.minute(100))
    #expect(rungs.all == [1, 2, 3])
  }

  @Test func `a running clock fires without being told`() async throws {
    let bench = try Bench()
    bench.clock.hold(at: nil)
    await withCheckedContinuation { (waiter: CheckedContinuation<Void, Never>) in
      bench.scripts.onFire { _, _, _ in waiter.resume() }
      let due = bench.clock.now().adding(milliseconds: 50)
      bench.post(Self.schedule("a", due)) { _ in }
    }
    bench.stop()
    #expect(bench.clock.isHeld == false)
  }

  @Test func `a deadline of a module that is not there any more waits`() async throws {
    let (bench, _) = try Self.ringing()
    await bench.write(Self.schedule("a", Self.minute(1)))
    bench.stop()
    let without = try Bench(in: bench.directory, at: Self.minute(2), modules: { _ in [TestModules.lone] })
    await without.settle()
    #expect(try without.newestLeaf()["outcome"] == "unavailable")
    let fired = Log<String>()
    without.stop()
    let again = try Bench(in: bench.directory, at: Self.minute(2))
    Self.listen(again, fired)
    await again.advance(to: Self.minute(10))
    #expect(fired.all == ["a at 10 late"])
  }
}

extension TestModules {
  /// `other` alone, which then may call nobody.
  static let lone = Module(
    name: "other", title: other.title, version: "1", collections: other.collections,
    methods: [method("echo", .read { params, _, _ in params["say"] ?? .null })])
}
