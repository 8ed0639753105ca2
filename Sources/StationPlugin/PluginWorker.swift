import Foundation
import StationKit
import StationPluginWire

/// Serves the daemon's requests: one thread reads, others run handlers.
package final class PluginWorker: Sendable {
  private let link: PluginLink
  private let listens: [String]
  private let event: @Sendable (PluginNotice) throws -> Void
  private let remake: @Sendable (JSONValue) throws -> Module

  private struct State {
    var module: Module
    var methods: [String: Method] = [:]
    var calendar = WorkCalendar.weekendsOnly
    var zone = Zone.shanghai
    var cancelled: Set<String> = []
    var writes: Set<String> = []
    var kept = KeptAnswers()
  }
  private let state: Guarded<State>
  private let line = WorkLine()

  package init(
    _ link: PluginLink, _ module: Module, listens: [String],
    event: @escaping @Sendable (PluginNotice) throws -> Void,
    remake: @escaping @Sendable (JSONValue) throws -> Module
  ) {
    self.link = link
    self.listens = listens
    self.event = event
    self.remake = remake
    state = Guarded(State(module: module))
  }

  /// Returns when the daemon says that it is enough, and everything under way is answered.
  package func serve(threads: Int) {
    for number in 0..<threads {
      let thread = Thread { [line] in
        while let work = line.take() {
          work()
          line.done()
        }
      }
      thread.name = "handler-\(number)"
      thread.stackSize = 4 << 20
      thread.start()
    }
    while let message = link.next() {
      guard let method = message["method"]?.stringValue.flatMap(PluginProtocol.ToPlugin.init(rawValue:))
      else {
        continue
      }
      let params = message["params"]?.objectValue ?? [:]
      let id = message["id"] ?? .null
      switch method {
      case .manifest:
        let module = state.withLock { $0.module }
        answer(id, .success(PluginManifest.json(module, listens: listens)))
      case .start: start(id, params)
      case .call: line.add { [self] in answer(id, run(params)) }
      case .event: line.add { [self] in answer(id, hear(params)) }
      case .cancel:
        if let token = params["token"]?.stringValue { state.withLock { _ = $0.cancelled.insert(token) } }
      case .drain:
        // Reads of handlers still come in on this thread.
        let finisher = Thread { [line] in
          line.drain()
          exit(0)
        }
        finisher.start()
      }
    }
    link.close()
    line.close()
  }

  private func answer(_ id: JSONValue, _ result: Result<JSONValue, RPCError>) {
    let message: JSONValue
    switch result {
    case .success(let value): message = ["jsonrpc": "2.0", "id": id, "result": value]
    case .failure(let error): message = ["jsonrpc": "2.0", "id": id, "error": error.json]
    }
    guard !link.send(message) else { return }
    link.send(["jsonrpc": "2.0", "id": id, "error": RPCError(.answerTooLarge).json])
  }

  private func start(_ id: JSONValue, _ params: JSONObject) {
    do {
      let module = try remake(params["config"] ?? [:])
      let calendar = params["calendars"].flatMap { WireCalendar.calendar($0) } ?? .weekendsOnly
      let zone = params["zone_offset_minutes"]?.intValue.flatMap { Zone(offsetMinutes: $0) } ?? .shanghai
      state.withLock { state in
        state.module = module
        state.methods = Dictionary(
          module.methods.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        state.calendar = calendar
        state.zone = zone
        state.writes = Set(params["write_calls"]?.arrayValue?.compactMap(\.stringValue) ?? [])
        state.kept = KeptAnswers(
          methods: Set(params["kept_calls"]?.arrayValue?.compactMap(\.stringValue) ?? []))
      }
      if let limit = params["limits"]?["frame_bytes"]?.intValue { link.take(frameBytes: limit) }
      answer(id, .success([:]))
      link.send(["jsonrpc": "2.0", "method": .string(PluginProtocol.ToHost.ready.rawValue), "params": [:]])
    } catch {
      answer(id, .failure(error as? RPCError ?? RPCError(.wrongState, Text("\(error)", zh: "\(error)"))))
    }
  }

  private func run(_ params: JSONObject) -> Result<JSONValue, RPCError> {
    guard let token = params["token"]?.stringValue else { return .failure(RPCError(.invalidRequest)) }
    defer { state.withLock { _ = $0.cancelled.remove(token) } }
    // A read is not looked at again when it is answered, and what made a call come again may be what is kept.
    let mayRely = params["kind"] != "read" && params["again"] != true
    let (answer, relied) = attempt(params, token, reliesOnKept: mayRely)
    // Nobody looks at a refusal again either.
    if case .failure = answer, relied { return attempt(params, token, reliesOnKept: false).answer }
    return answer
  }

  /// One run of the handler.
  ///
  /// - Returns: also whether it has relied on what earlier calls were told.
  private func attempt(
    _ params: JSONObject, _ token: String, reliesOnKept: Bool
  ) -> (answer: Result<JSONValue, RPCError>, relied: Bool) {
    let (calendar, zone, module, writes, kept) = state.withLock {
      ($0.calendar, $0.zone, $0.module, $0.writes, $0.kept)
    }
    guard let name = params["method"]?.stringValue,
      let context = params["context"].flatMap({ WireContext.context($0, calendar: calendar, zone: zone) }),
      let given = params["params"]?.objectValue
    else { return (.failure(RPCError(.invalidRequest)), false) }
    let transaction = PipeTransaction(
      link, token: token, module: module, context: context, writes: writes,
      foretold: (params["numbers"]?.objectValue ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value.intValue },
      kept: kept, reliesOnKept: reliesOnKept,
      isCancelled: { [self] in state.withLock { $0.cancelled.contains(token) } })
    func relied() -> Bool { !transaction.relied.isEmpty }
    do {
      let result: JSONValue
      if params["kind"] == "deadline" {
        try fire(name, given, context, transaction)
        result = [:]
      } else {
        result = try call(name, Params(given), context, transaction)
      }
      var answer: JSONObject = ["result": result, "operations": .array(transaction.operations.map(\.json))]
      if relied() { answer["kept"] = .array(transaction.relied) }
      return (.success(.object(answer)), relied())
    } catch let error as RPCError {
      return (.failure(error), relied())
    } catch {
      FileHandle.standardError.write(Data("\(context.method): \(error)\n".utf8))
      return (.failure(RPCError(.internalError)), relied())
    }
  }

  private func call(
    _ name: String, _ params: Params, _ context: CallContext, _ transaction: PipeTransaction
  ) throws -> JSONValue {
    guard let method = state.withLock({ $0.methods[name] }) else { throw RPCError(.methodNotFound) }
    switch method.handler.body {
    case .read(let body): return try body(params, context, transaction)
    case .write(let body): return try body(params, context, transaction)
    default: throw RPCError(.methodNotFound)
    }
  }

  private func fire(
    _ name: String, _ given: JSONObject, _ context: CallContext, _ transaction: PipeTransaction
  ) throws {
    guard let kind = state.withLock({ $0.module.deadlines.first { $0.name == name } }),
      let subject = given["subject"]?.stringValue,
      let due = given["due"]?.stringValue.flatMap({ Instant(rfc3339: $0) })
    else { throw RPCError(.invalidRequest) }
    let deadline = Deadline(
      kind: name, subject: subject, due: due, payload: given["payload"]?.objectValue ?? [:],
      late: given["late"]?.boolValue ?? false)
    try kind.fire(deadline, context, transaction)
  }

  private func hear(_ params: JSONObject) -> Result<JSONValue, RPCError> {
    guard let seq = params["seq"]?.intValue, let kind = params["kind"]?.stringValue,
      let at = params["at"]?.stringValue.flatMap({ Instant(rfc3339: $0) })
    else { return .failure(RPCError(.invalidRequest)) }
    do {
      try event(PluginNotice(seq: seq, at: at, kind: kind, payload: params["payload"]?.objectValue ?? [:]))
      return .success([:])
    } catch {
      return .failure(error as? RPCError ?? RPCError(.internalError))
    }
  }
}

/// Work that waits for a thread.
final class WorkLine: @unchecked Sendable {
  // Touched only with `condition` locked.
  private let condition = NSCondition()
  private var waiting: [@Sendable () -> Void] = []
  private var underWay = 0
  private var isClosed = false
  private var isDraining = false

  func add(_ work: @escaping @Sendable () -> Void) {
    condition.lock()
    waiting.append(work)
    condition.signal()
    condition.unlock()
  }

  /// nil when there will be none any more.
  func take() -> (@Sendable () -> Void)? {
    condition.lock()
    defer { condition.unlock() }
    while waiting.isEmpty {
      guard !isClosed else { return nil }
      condition.wait()
    }
    underWay += 1
    return waiting.removeFirst()
  }

  func done() {
    condition.lock()
    underWay -= 1
    // To wake all threads after each call would cost more than the call.
    if isDraining, underWay == 0, waiting.isEmpty { condition.broadcast() }
    condition.unlock()
  }

  func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }

  /// Waits until nothing waits and nothing is under way.
  func drain() {
    condition.lock()
    isDraining = true
    while underWay > 0 || !waiting.isEmpty { condition.wait() }
    condition.unlock()
  }
}
