import Dispatch
import StationKit
import StationPluginHost
import StationPluginWire
import StationStore
import Synchronization

/// The store as the host of plugins sees it.
final class StorePlugins: PluginStore {
  private let late: LatePlugins
  private let answerBytes: Int
  private let discovered: @Sendable (Registry) -> Void
  private let logLine: @Sendable (_ plugin: String, _ level: String, _ text: String) -> Void

  /// - Parameters:
  ///   - answerBytes: of one answer to a client.
  ///   - discovered: told of every registry that counts from now on.
  init(
    _ late: LatePlugins, answerBytes: Int, discovered: @escaping @Sendable (Registry) -> Void,
    log: @escaping @Sendable (_ plugin: String, _ level: String, _ text: String) -> Void
  ) {
    self.late = late
    self.answerBytes = answerBytes
    self.discovered = discovered
    logLine = log
  }

  private var store: Store? { late.store }

  var quietState: UInt64? { store?.quietState }

  func read(
    as module: String, _ context: CallContext,
    _ body: @escaping @Sendable (any ReadTransaction) throws -> JSONValue,
    done: @escaping @Sendable (Result<JSONValue, RPCError>) -> Void
  ) {
    guard let store else { return done(.failure(RPCError(.unavailable))) }
    store.read(as: module, context, body, done: done)
  }

  func rehearse(
    as module: String, _ context: CallContext, ids: [String],
    _ body: @escaping @Sendable (any Transaction) throws -> JSONValue,
    done: @escaping @Sendable (Result<(value: JSONValue, ids: [String]), RPCError>) -> Void
  ) {
    guard let store else { return done(.failure(RPCError(.unavailable))) }
    let rehearsal = Rehearsal(module: module, context: context) { transaction in
      transaction.useAgain(ids: ids)
      let value = try body(transaction)
      return ["value": value, "ids": .array(transaction.madeIDs.map(JSONValue.string))]
    }
    store.write(
      WriteJob(cause: .unrecorded, work: .rehearse(rehearsal)) { answer in
        done(
          answer.flatMap { bytes in
            guard let answer = try? JSONParser.parse(bytes), let value = answer["value"] else {
              return .failure(RPCError(.internalError))
            }
            return .success((value, answer["ids"]?.arrayValue?.compactMap(\.stringValue) ?? []))
          })
      })
  }

  func writes(_ method: String) -> Bool {
    store?.catalog.registry.methods[method]?.declaration.handler.writes ?? false
  }

  func isSteady(_ method: String) -> Bool {
    store?.catalog.registry.methods[method]?.declaration.isSteady ?? false
  }

  func mask(of method: String) -> ResultMask? { store?.catalog.registry.methods[method]?.mask }

  func useAgain(_ ids: [String], in transaction: any ReadTransaction) { transaction.useAgain(ids: ids) }

  func lastNumber(
    of series: String, module: String, done: @escaping @Sendable (Result<Int, RPCError>) -> Void
  ) {
    guard let store else { return done(.failure(RPCError(.unavailable))) }
    store.lastNumber(of: series, module: module, done: done)
  }

  func compiled(_ module: Module) throws -> CompiledModule {
    guard let registry = store?.catalog.registry else { throw ManifestError("the daemon is not up yet") }
    guard let compiled = try adopting(module, to: registry).modules[module.name] else {
      throw ManifestError("the module cannot be registered")
    }
    return compiled
  }

  func adopt(_ module: Module, done: @escaping @Sendable (Result<Void, RPCError>) -> Void) {
    guard let store else { return done(.failure(RPCError(.unavailable))) }
    // What counts may change between the check and here: the change is made from what counts then.
    store.adopt(
      { [self] in try adopting(module, to: $0) },
      done: { [self] result in
        if case .success(let registry) = result { discovered(registry) }
        done(result.map { _ in })
      })
  }

  /// A set of modules with this one.
  func adopting(_ module: Module, to registry: Registry) throws -> Registry {
    try Discovery.adopting(module, to: registry, answerBytes: answerBytes)
  }

  func events(after seq: Int, limit: Int, _ deliver: @escaping @Sendable ([PluginEvent]) -> Void) {
    guard let store else { return deliver([]) }
    store.fetchEvents(after: seq, limit: limit) { events in
      let told = events.map {
        PluginEvent(
          seq: $0.seq, at: $0.at, kind: $0.kind, payload: (try? JSONParser.parse($0.payload)) ?? .null)
      }
      // Off the reader's thread: whoever is told reads the store again, and a read inside a read is fatal.
      DispatchQueue.global().async { deliver(told) }
    }
  }

  func newestEvent() -> Int { (try? store?.newestEvent()) ?? 0 }

  func record(plugin: String, state: PluginState, details: JSONObject) {
    guard let store else { return }
    let detail = JSONValue.object(details).encoded()
    store.write(
      .record(store.environment.ownCause("plugin:\(plugin):\(state.rawValue)", detail: detail)))
  }

  func log(plugin: String, level: String, _ text: String) { logLine(plugin, level, text) }
}

/// What is made after the host of plugins, and what plugins reach of it.
final class LatePlugins: Sendable {
  private struct State {
    var store: Store?
    var calendar: WorkCalendar
  }
  private let state: Mutex<State>

  init(_ calendar: WorkCalendar) { state = Mutex(State(calendar: calendar)) }

  var store: Store? { state.withLock { $0.store } }
  var calendar: WorkCalendar { state.withLock { $0.calendar } }

  func opened(_ store: Store) { state.withLock { $0.store = store } }
  func replace(_ calendar: WorkCalendar) { state.withLock { $0.calendar = calendar } }
}
