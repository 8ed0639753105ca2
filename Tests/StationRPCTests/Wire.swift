import Foundation
import StationKit
import StationRPC
import StationStore
import Synchronization

/// A client without a socket: what was sent to it, in order.
final class FakeConnection: Connection {
  private struct State {
    var sent: [String] = []
    var finished = false
    var writable = true
    var waiting: [(count: Int, waiter: CheckedContinuation<Void, Never>)] = []
    var waitingForEnd: [CheckedContinuation<Void, Never>] = []
  }
  private let state = Mutex(State())

  func send(_ message: [UInt8]) {
    let ready = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      state.sent.append(String(decoding: message, as: UTF8.self))
      let count = state.sent.count
      defer { state.waiting.removeAll { $0.count <= count } }
      return state.waiting.filter { $0.count <= count }.map(\.waiter)
    }
    for waiter in ready { waiter.resume() }
  }

  func finish() {
    let ready = state.withLock { state in
      state.finished = true
      defer { state.waitingForEnd = [] }
      return state.waitingForEnd
    }
    for waiter in ready { waiter.resume() }
  }

  /// Returns when the session wants the connection closed.
  func finished() async {
    await withCheckedContinuation { waiter in
      let isOver = state.withLock { state in
        if !state.finished { state.waitingForEnd.append(waiter) }
        return state.finished
      }
      if isOver { waiter.resume() }
    }
  }

  var isWritable: Bool { state.withLock { $0.writable } }
  var isFinished: Bool { state.withLock { $0.finished } }
  var sent: [String] { state.withLock { $0.sent } }
  func set(writable: Bool) { state.withLock { $0.writable = writable } }

  /// The messages, once there are at least so many.
  func messages(_ count: Int) async throws -> [JSONValue] {
    await withCheckedContinuation { waiter in
      let isThere = state.withLock { state in
        if state.sent.count >= count { return true }
        state.waiting.append((count, waiter))
        return false
      }
      if isThere { waiter.resume() }
    }
    return try sent.map { try JSONParser.parse($0) }
  }
}

/// A dispatcher on a real store, with one module for every kind of outcome.
final class Wire: Sendable {
  let directory: String
  let store: Store
  let dispatcher: Dispatcher
  let hub: EventHub
  let gate = Gate()
  private let isStopped = Atomic<Bool>(false)

  /// Lets a write wait on the writer's thread until the test says so.
  final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let entered = Mutex<(entered: Bool, waiter: CheckedContinuation<Void, Never>?)>((false, nil))

    func wait() {
      entered.withLock {
        $0.entered = true
        $0.waiter?.resume()
        $0.waiter = nil
      }
      semaphore.wait()
    }

    /// Returns when something waits.
    func reached() async {
      await withCheckedContinuation { waiter in
        entered.withLock {
          if $0.entered { waiter.resume() } else { $0.waiter = waiter }
        }
      }
    }

    func open() { semaphore.signal() }
  }

  init(
    more modules: [Module] = [], roles: [(uid: UInt32, role: AccessPolicy.Role)] = [],
    checksResults: Bool = true, _ change: (inout Limits) -> Void = { _ in }, observe: CallObserver? = nil
  ) throws {
    var limits = Limits()
    change(&limits)
    directory = NSTemporaryDirectory() + "stationd-test-\(UUID().uuidString)"
    let hubs = Holder()
    store = try Store(
      StoreConfiguration(directory: directory, origin: "test.example/audit"),
      registry: try Registry([WireModule.module(gate), WireModule.events] + modules),
      environment: Environment(
        clock: Clock(at: Instant(rfc3339: "2026-03-02T01:00:00Z") ?? .earliest),
        calendar: try WorkCalendar(years: []), zone: .shanghai, uid: 0, gid: 0,
        checksResults: checksResults),
      hooks: StoreHooks(
        report: { _ in }, events: { if let last = $0.last { hubs.hub?.published(upTo: last.seq) } },
        broken: { _ in }))
    let store = store
    hub = EventHub(newest: 0, zone: .shanghai) { seq, deliver in
      store.fetchEvents(after: seq, limit: EventHub.pageSize, deliver)
    }
    hubs.set(hub)
    let patterns = ["t.*", "events.*"].compactMap(MethodPattern.init)
    dispatcher = Dispatcher(
      store: store,
      policy: AccessPolicy(
        roles: [
          .init(name: "all", methods: patterns, scope: .all),
          .init(name: "own", methods: patterns, scope: .own),
        ] + roles.map(\.role),
        bindings: [
          .init(uids: [1], gids: [], roles: ["all"], unit: nil, supports: [], mayActFor: true),
          .init(uids: [2], gids: [], roles: ["own"], unit: "st-01", supports: [], mayActFor: false),
        ]
          + roles.map {
            .init(
              uids: [$0.uid], gids: [], roles: [$0.role.name], unit: nil, supports: [], mayActFor: false)
          }), limits: limits, report: { _ in }, observe: observe)
    try store.start()
  }

  deinit { stop() }

  func stop() {
    guard !isStopped.exchange(true, ordering: .acquiringAndReleasing) else { return }
    store.stop()
    try? FileManager.default.removeItem(atPath: directory)
  }

  func client(
    uid: UInt32 = 1, socketClass: SocketClass? = nil
  ) -> (session: any Session, connection: FakeConnection) {
    let connection = FakeConnection()
    let peer = Peer(uid: uid, gid: 50, groups: [], pid: 7, socketClass: socketClass)
    return (Sessions(dispatcher: dispatcher, hub: hub).session(for: peer, connection: connection), connection)
  }

  /// The log's records, decoded.
  var records: [JSONValue] {
    get throws {
      try store.readLog { log in try log.entries(0..<log.size()).map { try JSONParser.parse($0.leaf) } }
    }
  }
}

extension Session {
  func receive(_ text: String) throws { receive(try JSONParser.parse(text), bytes: text.utf8.count) }

  func call(_ method: String, _ params: String = "{}", id: String? = "1") throws {
    let id = id.map { #","id":\#($0)"# } ?? ""
    try receive(#"{"jsonrpc":"2.0","method":"\#(method)","params":\#(params)\#(id)}"#)
  }
}

/// What an observer heard.
final class Reports: Sendable {
  private let stored = Mutex<[CallReport]>([])
  var all: [CallReport] { stored.withLock { $0 } }
  func add(_ report: CallReport) { stored.withLock { $0.append(report) } }
}

private final class Holder: Sendable {
  private let stored = Mutex<EventHub?>(nil)
  var hub: EventHub? { stored.withLock { $0 } }
  func set(_ hub: EventHub) { stored.withLock { $0 = hub } }
}
