import Foundation
import GRDB
import StationKit
import StationStore
import Testing

@Suite struct PersonalRotationTests {
  private func bench(
    in directory: TemporaryDirectory? = nil, configure: (inout StoreConfiguration) -> Void = { _ in }
  ) throws -> Bench {
    try Bench(in: directory, modules: { PersonalModules.all($0) }, configure: configure)
  }

  private func fill(_ bench: Bench, _ range: Range<Int>) async {
    await bench.write { tx, _ in
      for n in range {
        _ = try tx.create(
          "person", id: "p\(n)", ["name": .string("n\(n)"), "unit": "u", "id_number": .string("\(n)")])
        _ = try tx.create("visit", id: "v\(n)", ["person": .string("p\(n)"), "said": .string("s\(n)")])
      }
      return .null
    }
  }

  private func isWhole(_ bench: Bench, _ count: Int) async throws -> Bool {
    let seen = await bench.read { tx, _ in
      for n in 0..<count {
        guard try tx.get("person", "p\(n)")?["name"] == .string("n\(n)"),
          try tx.get("visit", "v\(n)")?["said"] == .string("s\(n)"),
          try tx.query(Query("person", index: "by_id_number", equals: [.text("\(n)")])).records.count == 1
        else { return .bool(false) }
      }
      return .bool(true)
    }
    return try seen.answer.get() == true
  }

  private func rotate(_ bench: Bench, to path: String) async -> Result<JSONValue, RPCError> {
    let store = bench.store
    return await bench.write { tx, _ in
      try tx.beginRotation(to: path, store)
      return .null
    }
  }

  private func finish(_ bench: Bench) async throws {
    bench.store.continueRotation()
    let end = Date(timeIntervalSinceNow: 20)
    repeat {
      await bench.write { _, _ in .null }
    } while bench.store.rotation.status.former != nil && Date() < end
    #expect(bench.store.rotation.status.former == nil)
  }

  /// How many wrapped keys stand under each master key.
  private func masters(_ directory: TemporaryDirectory) throws -> [String: Int] {
    var counts: [String: Int] = [:]
    try directory.withDatabase { db in
      let ids = try String.fetchAll(
        db,
        sql: """
          SELECT lower(hex(substr(wrapped, 1, 8))) FROM "test.person"
          UNION ALL SELECT lower(hex(substr(wrapped, 1, 8))) FROM subject_key
          UNION ALL SELECT lower(hex(substr(value, 1, 8))) FROM keyring WHERE name = 'index'
          """)
      for id in ids { counts[id, default: 0] += 1 }
    }
    return counts
  }

  /// Some of the wrapped keys as they are stored now, without the ids of their master keys.
  private func wrappedKeys(_ directory: TemporaryDirectory) throws -> [Data] {
    let queue = try DatabaseQueue(path: directory.file("stationd.db"))
    defer { try? queue.close() }
    return try queue.read { db in
      try Data.fetchAll(
        db,
        sql: """
          SELECT substr(wrapped, 9) FROM "test.person" WHERE key % 100 = 0
          UNION ALL SELECT substr(wrapped, 9) FROM subject_key WHERE subject LIKE 'p%00'
          UNION ALL SELECT substr(value, 9) FROM keyring WHERE name = 'index'
          """)
    }
  }

  @Test func `all keys come under the new master key while calls go on, and the old one is not needed`()
    async throws
  {
    let bench = try bench()
    await fill(bench, 0..<600)
    let former = try wrappedKeys(bench.directory)
    #expect(former.count == 12)
    #expect(try bench.directory.files(holding: former) != [])
    let next = bench.directory.file("next.key")
    let master = try MasterKey.create(next)
    #expect(try await rotate(bench, to: next).get() == .null)
    bench.store.continueRotation()
    await fill(bench, 600..<620)
    try await finish(bench)
    #expect(bench.store.rotation.status.current == master.name)
    #expect(bench.store.rotation.status.failed == 0 && bench.store.rotation.status.rewrapped >= 1200)
    // Also out of the write-ahead log: whoever has the old master key opens nothing with it.
    #expect(try bench.directory.files(holding: former) == [])
    #expect(try await isWhole(bench, 620))
    bench.stop()
    #expect(try masters(bench.directory) == [master.name: 1241])
    // The configured file still holds the old key: the new one is found where it was.
    let again = try self.bench(in: bench.directory)
    #expect(try await isWhole(again, 620))
    again.stop()
    // The new one in its place, and the old one nowhere.
    try FileManager.default.removeItem(atPath: bench.directory.file("master.key"))
    try FileManager.default.moveItem(atPath: next, toPath: bench.directory.file("master.key"))
    let last = try self.bench(in: bench.directory)
    #expect(try await isWhole(last, 620))
    last.stop()
    #expect(try OfflineVerifier.verify(stateDirectory: bench.directory.path).records == 1240)
  }

  @Test func `a rotation that was cut short goes on at the next start, under both keys until it is done`()
    async throws
  {
    let bench = try bench()
    await fill(bench, 0..<600)
    let next = bench.directory.file("next.key")
    let master = try MasterKey.create(next)
    _ = try await rotate(bench, to: next).get()
    // No step was done, and the process ends.
    bench.stop()
    #expect(try masters(bench.directory).count == 2)
    let crashed = try bench.directory.copy()
    let moved = crashed.file("next.key")
    try PersonalStoreTests.change(
      crashed, "UPDATE keyring SET value = CAST('\(moved)' AS BLOB) WHERE name = 'path'")
    // Without the new key it does not start; without the old one neither.
    for name in ["next.key", "master.key"] {
      let copy = try crashed.copy()
      try PersonalStoreTests.change(
        copy, "UPDATE keyring SET value = CAST('\(copy.file("next.key"))' AS BLOB) WHERE name = 'path'")
      try FileManager.default.removeItem(atPath: copy.file(name))
      let error = #expect(throws: StoreError.self) { try self.bench(in: copy) }
      #expect(error?.description.contains("put that") == true, "\(name): \(error?.description ?? "")")
    }
    let again = try self.bench(in: crashed)
    try await finish(again)
    #expect(try await isWhole(again, 600))
    again.stop()
    #expect(try masters(crashed) == [master.name: 1201])
  }

  @Test func `a kill between two steps leaves keys under both, and the rotation goes on at the next start`()
    async throws
  {
    let bench = try bench()
    await fill(bench, 0..<600)
    let next = bench.directory.file("next.key")
    let master = try MasterKey.create(next)
    _ = try await rotate(bench, to: next).get()
    let (directory, rotation, copies) = (bench.directory, bench.store.rotation, Log<TemporaryDirectory>())
    // In every batch, because each posts the next: once two steps were made, the first is on the disk. The writer is
    // held meanwhile, so the files fit together.
    @Sendable func look(_ tx: any Transaction, _ context: CallContext) throws -> JSONValue {
      if rotation.status.rewrapped < 2 * 256 {
        bench.post(look) { _ in }
      } else if copies.all.isEmpty {
        copies.add(try directory.copy())
      }
      return .null
    }
    bench.post(look) { _ in }
    try await finish(bench)
    let killed = try #require(copies.all.first)
    let found = try masters(killed)
    #expect(found.count == 2 && found.values.reduce(0, +) == 1201)
    #expect((257..<1201).contains(found[master.name] ?? 0))
    let again = try self.bench(in: killed)
    try await finish(again)
    #expect(try await isWhole(again, 600))
    again.stop()
    #expect(try masters(killed) == [master.name: 1201])
  }

  @Test func `the new key may be the configured one already while the rotation is under way`() async throws {
    let bench = try bench()
    await fill(bench, 0..<3)
    let next = bench.directory.file("next.key")
    try MasterKey.create(next)
    _ = try await rotate(bench, to: next).get()
    bench.stop()
    let (old, new) = (bench.directory.file("old.key"), bench.directory.file("master.key"))
    try FileManager.default.moveItem(atPath: new, toPath: old)
    try FileManager.default.moveItem(atPath: next, toPath: new)
    #expect(throws: StoreError.self) { try self.bench(in: bench.directory) }
    let again = try self.bench(in: bench.directory) { $0.masterKey.nextPath = old }
    try await finish(again)
    #expect(try await isWhole(again, 3))
  }

  @Test func `a rotation to what is no key, to the present key, or during another is refused`() async throws {
    let bench = try bench()
    await fill(bench, 0..<2)
    let next = bench.directory.file("next.key")
    #expect(await rotate(bench, to: next).kind == .invalidParams)
    #expect(await rotate(bench, to: bench.directory.file("master.key")).kind == .alreadyExists)
    try MasterKey.create(next)
    chmod(next, 0o640)
    #expect(await rotate(bench, to: next).kind == .invalidParams)
    chmod(next, 0o600)
    // One that is undone did not happen.
    let store = bench.store
    let undone = await bench.write { tx, _ in
      try tx.beginRotation(to: next, store)
      throw RPCError(.refusedByRule)
    }
    #expect(undone.kind == .refusedByRule)
    store.continueRotation()
    await fill(bench, 2..<4)
    #expect(store.rotation.status.former == nil)
    _ = try await rotate(bench, to: next).get()
    let other = bench.directory.file("other.key")
    try MasterKey.create(other)
    #expect(await rotate(bench, to: other).kind == .wrongState)
    try await finish(bench)
    #expect(try await isWhole(bench, 4))
  }

  @Test func `a key that does not authenticate keeps the former master key from being given up`() async throws
  {
    let bench = try bench()
    await fill(bench, 0..<3)
    bench.stop()
    try PersonalStoreTests.change(
      bench.directory,
      "UPDATE \"test.person\" SET wrapped = (SELECT wrapped FROM \"test.person\" WHERE id = 'p0') WHERE id = 'p1'"
    )
    let again = try bench.reopened(modules: { PersonalModules.all($0) })
    let next = bench.directory.file("next.key")
    try MasterKey.create(next)
    _ = try await rotate(again, to: next).get()
    again.store.continueRotation()
    for _ in 0..<10 { await again.write { _, _ in .null } }
    #expect(again.store.rotation.status.former != nil)
    #expect(again.reports.all.contains { $0.contains("former master key stays") })
  }

  @Test func `a reader that holds the write-ahead log back does not hold up the end of a rotation`()
    async throws
  {
    let bench = try bench()
    await fill(bench, 0..<3)
    let former = try wrappedKeys(bench.directory)
    let gate = DispatchSemaphore(value: 0)
    let held = await bench.holdSnapshot(of: "person", "p1", until: gate)
    let next = bench.directory.file("next.key")
    try MasterKey.create(next)
    _ = try await rotate(bench, to: next).get()
    try await finish(bench)
    #expect(bench.store.health.now.wipeIsPending)
    #expect(try bench.directory.files(holding: former) != [])
    gate.signal()
    // Its snapshot has the key as the former master key wrapped it.
    #expect(await held.value.value == true)
    #expect(bench.reports.all == [])
  }
}
