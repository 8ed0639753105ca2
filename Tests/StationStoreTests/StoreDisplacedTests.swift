import Foundation
import StationStore
import Testing

/// Somebody removes or replaces the database under a store that has it open.
@Suite struct StoreDisplacedTests {
  /// What is done to files of the state, and undone.
  enum Case: String, Sendable, CaseIterable {
    case databaseMoved, logMoved, allMoved, databaseReplaced

    private var names: [String] {
      switch self {
      case .databaseMoved, .databaseReplaced: ["stationd.db"]
      case .logMoved: ["stationd.db-wal"]
      case .allMoved: ["stationd.db", "stationd.db-wal"]
      }
    }

    func happen(to directory: TemporaryDirectory) throws {
      for name in names {
        let (path, aside) = (directory.file(name), directory.file("aside-\(name)"))
        try FileManager.default.moveItem(atPath: path, toPath: aside)
        if self == .databaseReplaced { try FileManager.default.copyItem(atPath: aside, toPath: path) }
      }
    }

    func undo(_ directory: TemporaryDirectory) throws {
      for name in names {
        #expect(rename(directory.file("aside-\(name)"), directory.file(name)) == 0)
      }
    }
  }

  private static func bench() async throws -> Bench {
    let bench = try Bench()
    try await bench.write { tx, _ in .string(try tx.create("item", id: "first", ["name": "n"]).id) }.check()
    return bench
  }

  @Test(arguments: Case.allCases)
  func `writes are refused, a backup has all, and it goes on when the files are back`(this: Case) async throws
  {
    let bench = try await Self.bench()
    let place = try TemporaryDirectory()
    try this.happen(to: bench.directory)
    // Without a call: it is noticed all the same.
    await bench.until { bench.store.health.now.displaced != nil }
    #expect(bench.reports.all.filter { $0.contains("run 'stationctl backup' before you stop") }.count == 1)
    #expect(await bench.write { _, _ in 1 }.kind == .unavailable)
    let made = try bench.store.backUp(to: place.path, keep: nil, version: "test")
    #expect(made.manifest.head.size == 1)
    try this.undo(bench.directory)
    await bench.until { bench.store.health.now.displaced == nil }
    #expect(await bench.write { _, _ in 1 }.value == 1)
    #expect(try bench.reopened().logSize == 2)
  }

  @Test(arguments: [true, false])
  func `a disclosure has no record to wait for, an act of the daemon's has`(discloses: Bool) async throws {
    let bench = try await Self.bench()
    try Case.allMoved.happen(to: bench.directory)
    await bench.until { bench.store.health.now.displaced != nil }
    let read = await bench.read(method: discloses ? "test.disclose" : "test.look") { tx, _ in
      .string(try tx.get("item", "first")?.id ?? "")
    }.disclosed
    #expect(read.isEmpty != discloses)
    let answer = await withCheckedContinuation { waiter in
      bench.store.write(
        WriteJob(
          cause: Bench.cause, work: .record(outcome: nil, read: read, via: [], answer: .success([]))
        ) { waiter.resume(returning: $0) })
    }
    #expect((try? answer.get()) == (discloses ? nil : []))
  }

  @Test func `no deadline fires`() async throws {
    let bench = try await Self.bench()
    try await bench.write { tx, context in
      try tx.schedule("bell", subject: "first", due: context.now.adding(hours: 1), payload: [:])
      return 1
    }.check()
    try Case.allMoved.happen(to: bench.directory)
    await bench.until { bench.store.health.now.displaced != nil }
    await bench.advance(to: Bench.morning.adding(hours: 2))
    #expect(try bench.logSize == 2)
  }

  @Test func `what stands in the database's place is not sealed as if it were it`() async throws {
    let bench = try await Self.bench()
    try Case.databaseReplaced.happen(to: bench.directory)
    bench.stop()
    #expect(!FileManager.default.fileExists(atPath: bench.directory.file("anchor/seal")))
  }
}

extension Bench {
  /// Waits for what a thread of the store does by the clock; the caller's expectations say whether it came.
  func until(_ condition: () -> Bool) async {
    for _ in 0..<2_000 where !condition() { try? await Task.sleep(for: .milliseconds(5)) }
  }
}
