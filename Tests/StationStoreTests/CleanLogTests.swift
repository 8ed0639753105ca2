import Foundation
import Glibc
import StationKit
import StationStore
import Testing

/// States of random lives, none of which anybody tampered with: not one may be taken for one that was.
///
/// Each state is made from its number alone, so a false alarm can be looked at again. `CLEAN_LOGS` states are made,
/// from number `CLEAN_LOGS_FROM` on (`make clean-logs` makes ten thousand).
@Suite(.serialized) struct CleanLogTests {
  private static func number(_ name: String, _ otherwise: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap(Int.init) ?? otherwise
  }

  @Test func `clean logs give no false alarm`() async throws {
    let first = Self.number("CLEAN_LOGS_FROM", 0)
    let states = first..<first + Self.number("CLEAN_LOGS", 120)
    let lanes = 4
    let tally = Log<Life.Tally>()
    await withTaskGroup(of: Void.self) { group in
      for lane in 0..<lanes {
        group.addTask {
          for number in states where number % lanes == lane {
            do {
              var life = try Life(number)
              tally.add(try await life.run())
            } catch {
              Issue.record("state \(number): \(error)")
            }
          }
        }
      }
    }
    var all = Life.Tally()
    for one in tally.all { all.add(one) }
    #expect(all.states == states.count)
    #expect(
      states.count < 100 || (all.kills > 0 && all.erasures > 0 && all.migrations > 0 && all.rotations > 0))
    print("clean logs:", all)
  }
}

/// The life of one state: some starts with some calls each, ended in an orderly way or not, verified after each.
private struct Life {
  struct Tally: CustomStringConvertible {
    var states = 0
    var verified = 0
    var records: UInt64 = 0
    var starts = 0
    var kills = 0
    var erasures = 0
    var migrations = 0
    var rotations = 0

    mutating func add(_ other: Tally) {
      states += other.states
      verified += other.verified
      records += other.records
      starts += other.starts
      kills += other.kills
      erasures += other.erasures
      migrations += other.migrations
      rotations += other.rotations
    }

    var description: String {
      "\(states) states, \(starts) starts, \(kills) kills, \(erasures) erasures, \(migrations) migrations,"
        + " \(rotations) rotations, \(records) records; verified \(verified) times"
    }
  }

  private var random: Random
  private var tally = Tally(states: 1)
  private var now = Bench.morning
  private var directory: TemporaryDirectory
  private let keys: TemporaryDirectory
  private var nextID = 0
  /// Records that may be there, by collection: id and version are tried, and a conflict is a record as well.
  private var ids: [String] = []

  init(_ number: Int) throws {
    random = Random(state: UInt64(number) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
    keys = try TemporaryDirectory()
    if number % 20 == 7 {
      directory = try PersonalMigrationTests.former()
      tally.migrations = 1
    } else {
      directory = try TemporaryDirectory()
    }
  }

  mutating func run() async throws -> Tally {
    let rotates = random.below(10) == 0
    for round in 0...random.below(4) {
      let bench = try Bench(in: directory, at: now, modules: { Self.modules($0) })
      tally.starts += 1
      let isQuiet = random.below(3) > 0
      for _ in 0..<random.below(12) { try await act(bench, mayErase: isQuiet) }
      if rotates, round == 0, isQuiet { try await rotate(bench) }
      switch random.below(4) {
      case 0 where isQuiet: directory = try await killedInside(bench)
      case 1 where !isQuiet: directory = try await killedOutside(bench)
      default: bench.stop()
      }
      now = bench.clock.now()
      try verify()
    }
    return tally
  }

  private static func modules(_ scripts: Scripts) -> [Module] {
    let collections = [
      PersonalModules.person, PersonalModules.visit, PersonalModules.note, TestModules.item,
      TestModules.setting,
    ]
    return [TestModules.test(scripts, collections: collections), TestModules.other]
  }

  private mutating func verify() throws {
    let report = try OfflineVerifier.verify(stateDirectory: directory.path)
    tally.verified += 1
    tally.records += report.head.size
  }

  // MARK: - Calls

  private mutating func act(_ bench: Bench, mayErase: Bool) async throws {
    let id = ids.isEmpty ? "none" : ids[random.below(ids.count)]
    let version = 1 + random.below(3)
    switch random.below(9) {
    case 0:
      await bench.advance(to: bench.clock.now().adding(hours: random.below(60)))
    case 1 where mayErase:
      let erased = await bench.write { tx, _ in .int(try tx.erase(subject: id)) }
      if case .success = erased { tally.erasures += 1 }
    case 2:
      let scripts = (0..<1 + random.below(6)).map { _ in one(bench) }
      _ = await bench.together(scripts)
    case 3:
      _ = await bench.write(key: "k\(random.below(4))", payload: "p", one(bench))
    case 4:
      _ = await bench.write { tx, _ in
        try tx.delete("item", id, version: version)
        return .null
      }
    default:
      _ = await bench.write(cause: random.below(3) == 0 ? Self.because : Bench.cause, one(bench))
    }
  }

  private static let because = Cause(
    principal: Cause.principal(Bench.person), method: "test.run", request: nil, purpose: "audit",
    detail: Array(#"{"reason":"why"}"#.utf8))

  /// One call that writes; it may be refused.
  private mutating func one(_ bench: Bench) -> WriteScript {
    nextID += 1
    let new = "\(nextID)"
    let old = ids.isEmpty ? "none" : ids[random.below(ids.count)]
    let (n, due) = (random.below(100), bench.clock.now().adding(hours: random.below(40)))
    if n < 60 { ids.append(new) }
    return { tx, _ in
      switch n {
      case 0..<20: return .string(try tx.create("item", id: new, ["name": .string(new), "rank": .int(n)]).id)
      case 20..<40:
        _ = try tx.create(
          "person", id: new,
          ["name": "canary", "unit": "u", "id_number": .string(new), "facts": ["n": .int(n)]])
        return .string(try tx.create("visit", id: "v\(new)", ["person": .string(new), "said": "words"]).id)
      case 40..<50: return .string(try tx.create("setting", id: new, ["n": .int(n)]).id)
      case 50..<60: return .string(try tx.create("note", id: new, ["of": .string(old)]).id)
      case 60..<75: return .int(try tx.put("item", old, version: 1, ["name": .string("\(old) \(n)")]).version)
      case 75..<80:
        return .int(try tx.put("person", old, version: 1, ["name": "other", "unit": "v"]).version)
      case 80..<88:
        try tx.schedule("bell", subject: old, due: due, payload: [:])
        return .int(try tx.next(series: "s"))
      case 88..<94:
        try tx.emit("rung", ["n": .int(n)])
        return .null
      default: throw RPCError(.conflict)
      }
    }
  }

  private mutating func rotate(_ bench: Bench) async throws {
    // Outside the state: a copy of the state finds it where it was.
    let path = keys.file("next.key")
    try MasterKey.create(path)
    let store = bench.store
    let begun = await bench.write { tx, _ in
      try tx.beginRotation(to: path, store)
      return .null
    }
    guard case .success = begun else { throw CocoaError(.fileReadUnknown) }
    store.continueRotation()
    tally.rotations += 1
    // Sometimes the end comes before it is done.
    guard random.below(2) == 0 else { return }
    for _ in 0..<1_000 where store.rotation.status.former != nil { await bench.write { _, _ in .null } }
  }

  // MARK: - Ends that nobody asked for

  /// What is on the disk when the process is killed in the middle of a batch. Nothing is moved out of the write-ahead
  /// log meanwhile: the writer does that, and it is the writer that makes the copy.
  private mutating func killedInside(_ bench: Bench) async throws -> TemporaryDirectory {
    let (source, target) = (directory, try TemporaryDirectory())
    let scripts = [one(bench), one(bench), one(bench)]
    let failure = Log<String>()
    let copy: WriteScript = { _, _ in
      // A batch may be run again; the first instant is as good.
      guard !FileManager.default.fileExists(atPath: target.file("audit.key")) else { return .null }
      do { try Self.copy(source, to: target) } catch { failure.add("\(error)") }
      return .null
    }
    _ = await bench.together([scripts[0], copy, scripts[1], scripts[2]])
    bench.stop()
    tally.kills += 1
    guard failure.all.isEmpty else { throw CocoaError(.fileWriteUnknown) }
    return target
  }

  /// What is on the disk at an instant while calls are written. Without erasures in this start nothing is moved out
  /// of the write-ahead log, so files that are copied one after the other fit together.
  private mutating func killedOutside(_ bench: Bench) async throws -> TemporaryDirectory {
    let target = try TemporaryDirectory()
    let posted = (0..<1 + random.below(30)).map { _ in one(bench) }
    let (done, all) = (DispatchSemaphore(value: 0), posted.count)
    for script in posted { bench.post(script) { _ in done.signal() } }
    try Self.copy(directory, to: target)
    await bench.settle()
    for _ in 0..<all { _ = done.wait(timeout: .now() + 20) }
    bench.stop()
    tally.kills += 1
    return target
  }

  private static func copy(file name: String, _ source: TemporaryDirectory, _ target: TemporaryDirectory)
    throws
  {
    guard name != "anchor" else {
      try FileManager.default.createDirectory(atPath: target.file(name), withIntermediateDirectories: false)
      for file in Anchor.fileNames { try copy(file: "anchor/\(file)", source, target) }
      return
    }
    guard let content = try FileIO.read(source.file(name)) else { return }
    try FileIO.create(target.file(name), content, mode: 0o600)
  }

  /// The anchor first: it follows the database, and is never ahead of it.
  private static func copy(_ source: TemporaryDirectory, to target: TemporaryDirectory) throws {
    for name in ["anchor", "audit.key", "master.key", "stationd.db", "stationd.db-wal"]
    where FileManager.default.fileExists(atPath: source.file(name)) {
      // A file that is cut meanwhile would hold Foundation's copy for ever.
      try Self.copy(file: name, source, target)
    }
  }
}

/// xorshift64*: the same numbers each time.
private struct Random {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return Int((state &* 0x2545_F491_4F6C_DD1D) >> 33) % bound
  }
}
