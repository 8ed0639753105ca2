import Foundation
import StationCrypto
import StationKit
import StationStore
import Synchronization

/// What a test does inside a call.
typealias WriteScript = @Sendable (any Transaction, CallContext) throws -> JSONValue
typealias ReadScript = @Sendable (any ReadTransaction, CallContext) throws -> JSONValue

/// A real store in a directory of its own, with two small modules whose methods run what a test gives them.
final class Bench: Sendable {
  static let morning = Instant(rfc3339: "2026-03-02T01:00:00Z") ?? .earliest
  static let person = Principal(uid: 1000, gid: 1000, roles: ["tester"], unit: "st-01", scope: .all)
  static let cause = Cause(
    principal: Cause.principal(person), method: "test.run", request: nil, purpose: nil, detail: nil)

  let directory: TemporaryDirectory
  let clock: Clock
  let store: Store
  let scripts: Scripts
  let reports: Log<String>
  let events: Log<StoredEvent>
  let broken: Log<String>
  private let isStopped = Atomic<Bool>(false)

  init(
    in directory: TemporaryDirectory? = nil, at now: Instant = Bench.morning,
    modules: (Scripts) -> [Module] = { TestModules.all($0) },
    configure: (inout StoreConfiguration) -> Void = { _ in }
  ) throws {
    let directory = try directory ?? TemporaryDirectory()
    self.directory = directory
    clock = Clock(at: now)
    let scripts = Scripts()
    let (reports, events, broken) = (Log<String>(), Log<StoredEvent>(), Log<String>())
    (self.scripts, self.reports, self.events, self.broken) = (scripts, reports, events, broken)
    var configuration = StoreConfiguration(directory: directory.path, origin: "test.example/audit")
    configure(&configuration)
    store = try Store(
      configuration, registry: try Registry(modules(scripts)),
      environment: Environment(
        clock: clock, calendar: try WorkCalendar(years: []), zone: .shanghai, uid: 0, gid: 0,
        checksResults: true),
      hooks: StoreHooks(
        report: { reports.add($0) }, events: { events.add(contentsOf: $0) }, broken: { broken.add($0) }))
    try store.start()
  }

  deinit { stop() }

  func stop() {
    if !isStopped.exchange(true, ordering: .acquiringAndReleasing) { store.stop() }
  }

  /// The same state after a stop, with a new store on it.
  func reopened(
    at now: Instant? = nil, modules: (Scripts) -> [Module] = { TestModules.all($0) }
  ) throws -> Bench {
    stop()
    return try Bench(in: directory, at: now ?? clock.now(), modules: modules)
  }

  /// A closed state with five records, and the copy of it that was made when it had three.
  static func grown() async throws -> (old: TemporaryDirectory, now: Bench) {
    let bench = try Bench()
    for _ in 0..<3 { await bench.write { _, _ in 1 } }
    bench.stop()
    let old = try bench.directory.copy()
    let again = try bench.reopened()
    for _ in 0..<2 { await again.write { _, _ in 1 } }
    again.stop()
    return (old, again)
  }

  /// What opening a state says; nil when it opens.
  static func refusal(_ directory: TemporaryDirectory) -> String? {
    do {
      try Bench(in: directory).stop()
      return nil
    } catch {
      return "\(error)"
    }
  }

  // MARK: - Calls

  /// Runs a script as the write method `test.run` and waits until it is on disk.
  @discardableResult
  func write(
    key: String? = nil, payload: String = "", cause: Cause = Bench.cause, token: CallToken = CallToken(),
    _ script: @escaping WriteScript
  ) async -> Result<JSONValue, RPCError> {
    await withCheckedContinuation { waiter in
      post(key: key, payload: payload, cause: cause, token: token, script) { waiter.resume(returning: $0) }
    }
  }

  func post(
    key: String? = nil, payload: String = "", cause: Cause = Bench.cause, token: CallToken = CallToken(),
    _ script: @escaping WriteScript, done: @escaping @Sendable (Result<JSONValue, RPCError>) -> Void
  ) {
    let number = scripts.add(script)
    guard let method = store.catalog.registry.methods["test.run"] else {
      return done(.failure(RPCError(.methodNotFound)))
    }
    let digest = SHA256.hash(Array(payload.utf8))
    let keyed = (try? store.catalog.vault.digest(digest)) ?? digest
    let idempotency = key.map { Idempotency(key: Array($0.utf8), digest: keyed) }
    let call = StoreCall(
      method: method, params: Params(["script": .int(number)]), principal: Bench.person, purpose: nil,
      reason: nil, idempotency: idempotency, token: token)
    store.write(WriteJob(cause: cause, work: .call(call)) { done($0.map(Self.parsed)) })
  }

  /// Runs scripts in one group commit, whatever the machine does meanwhile.
  func together(_ scripts: [WriteScript]) async -> [Result<JSONValue, RPCError>] {
    let gate = DispatchSemaphore(value: 0)
    await withCheckedContinuation { (entered: CheckedContinuation<Void, Never>) in
      let once = Mutex<CheckedContinuation<Void, Never>?>(entered)
      // Runs again, without waiting, if its batch must be.
      post({ _, _ in
        if let entered = once.withLock({ $0.take() }) {
          entered.resume()
          gate.wait()
        }
        return .null
      }) { _ in }
    }
    let answers = Mutex<[Result<JSONValue, RPCError>?]>(Array(repeating: nil, count: scripts.count))
    return await withCheckedContinuation { waiter in
      for (position, script) in scripts.enumerated() {
        post(script) { answer in
          let all = answers.withLock { answers in
            answers[position] = answer
            return answers.compactMap { $0 }
          }
          if all.count == scripts.count { waiter.resume(returning: all) }
        }
      }
      gate.signal()
    }
  }

  /// Begins a read that has looked at a record, and keeps its snapshot until `gate` is signalled: then it looks again.
  func holdSnapshot(
    of collection: String, _ id: String, until gate: DispatchSemaphore
  ) async -> Task<Result<JSONValue, RPCError>, Never> {
    let entered = DispatchSemaphore(value: 0)
    let held = Task {
      await read { tx, _ in
        _ = try tx.get(collection, id)
        entered.signal()
        gate.wait()
        return .bool(try tx.get(collection, id) != nil)
      }.answer
    }
    await Task.detached { entered.waitInThread() }.value
    return held
  }

  /// Runs a script as the read method `test.look`.
  @discardableResult
  func read(
    method: String = "test.look", token: CallToken = CallToken(), _ script: @escaping ReadScript
  ) async -> (answer: Result<JSONValue, RPCError>, disclosed: [Touched]) {
    let number = scripts.add { tx, context in try script(tx, context) }
    guard let method = store.catalog.registry.methods[method] else {
      return (.failure(RPCError(.methodNotFound)), [])
    }
    return await withCheckedContinuation { waiter in
      let call = StoreCall(
        method: method, params: Params(["script": .int(number)]), principal: Bench.person, purpose: "audit",
        reason: "test", token: token)
      store.call(call, report: { [reports] in reports.add($0) }) {
        waiter.resume(returning: ($0.answer.map(Self.parsed), $0.disclosed))
      }
    }
  }

  /// Waits until no deadline is due any more.
  func settle() async {
    await withCheckedContinuation { (waiter: CheckedContinuation<Void, Never>) in
      store.write(WriteJob(cause: Bench.cause, work: .settle) { _ in waiter.resume() })
    }
  }

  func advance(to now: Instant) async {
    clock.hold(at: now)
    store.clockChanged()
    await settle()
  }

  // MARK: - The log

  var logSize: UInt64 { get throws { try store.readLog { try $0.size() } } }

  func leaf(_ seq: UInt64) throws -> JSONValue {
    let bytes = try store.readLog { try $0.entry(seq)?.leaf } ?? []
    return try JSONParser.parse(bytes)
  }

  /// What is kept beside a leaf; null where nothing is.
  func detail(_ seq: UInt64) throws -> JSONValue {
    try store.readLog { try $0.entry(seq)?.detail }.map { try JSONParser.parse($0) } ?? .null
  }

  func newestLeaf() throws -> JSONValue { try leaf(logSize - 1) }

  private static func parsed(_ bytes: [UInt8]) -> JSONValue { (try? JSONParser.parse(bytes)) ?? .null }
}

extension Result where Success == JSONValue, Failure == RPCError {
  var kind: ErrorKind? { if case .failure(let error) = self { error.kind } else { nil } }
  var value: JSONValue? { try? get() }
}
