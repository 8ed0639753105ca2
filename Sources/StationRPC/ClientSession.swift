import StationKit
import StationStore
import Synchronization

/// One connection's calls: how many are under way, what a disconnect must release, who is subscribed.
package final class ClientSession: Session {
  private let peer: Peer
  private let resolved: Mutex<Dispatcher.ResolvedIdentity>
  private let dispatcher: Dispatcher
  private let connection: any Connection
  private let hub: EventHub

  /// Calls under way, by number, that can be cancelled; a batch is one unit of `units`.
  private struct State {
    var units = 0
    var nextNumber = 0
    var tokens: [Int: (id: [UInt8], token: CallToken)] = [:]
    var inputEnded = false
    /// Whether the daemon stops, which a client that follows events is told.
    var isStopping = false
    var closed = false
    var subscriptions: [String: EventSubscription] = [:]
    var nextSubscription = 1
  }
  private let state = Mutex(State())

  init(peer: Peer, dispatcher: Dispatcher, connection: any Connection, hub: EventHub) {
    self.peer = peer
    resolved = Mutex(dispatcher.resolve(peer))
    self.dispatcher = dispatcher
    self.connection = connection
    self.hub = hub
  }

  /// Who the client is by the rules that hold now: they may change while a connection is open.
  var identity: Identity {
    resolved.withLock { resolved in
      if resolved.generation != dispatcher.generation { resolved = dispatcher.resolve(peer) }
      return resolved.identity
    }
  }

  // MARK: - From the transport

  package func receive(_ message: JSONValue, bytes: Int) {
    switch RPCRequest.message(message) {
    case .response: break
    case .invalid(let id): sendError(RPCError(.invalidRequest), id: id)
    case .request(let request):
      let answer: @Sendable (Answer) -> Void = { [self] answer in
        end(sending: request.id.map { RPCResponse.encode(id: $0, answer) })
      }
      if begin() {
        run(request, answer)
      } else {
        // A notification hears of nothing, but the log does.
        dispatcher.refuse(request, tooMany, identity, answer)
      }
    case .batch(let messages): receive(batch: messages)
    }
  }

  private func receive(batch messages: [RPCRequest.Message]) {
    let limit = dispatcher.limits.batchLength
    var refusal = begin() ? nil : tooMany
    if messages.count > limit {
      refusal = RPCError(.batchTooLong, details: ["limit": .int(limit), "length": .int(messages.count)])
    }
    if let refusal {
      return dispatcher.refuse(nil, refusal, identity) { [self] answer in
        end(sending: RPCResponse.encode(id: RPCRequest.nullID, answer))
      }
    }
    let collector = BatchCollector(
      count: messages.count, byteLimit: dispatcher.limits.answerBytes
    ) { [self] bytes in
      end(sending: bytes)
    }
    for (position, message) in messages.enumerated() {
      switch message {
      case .response: collector.add(nil, at: position)
      case .invalid(let id):
        collector.add(
          RPCResponse.encode(id: id ?? RPCRequest.nullID, .failure(RPCError(.invalidRequest))),
          at: position)
      case .batch:
        collector.add(
          RPCResponse.encode(id: RPCRequest.nullID, .failure(RPCError(.invalidRequest))), at: position)
      case .request(let request):
        let refusal = refusalOfAnswer(to: request)
        run(request) { answer in
          collector.add(
            request.id.map { RPCResponse.encode(id: $0, answer) }, at: position, refusal: refusal)
        }
      }
    }
  }

  /// How a batch that is too long does without this call's result; nil where the call may change something, which its
  /// caller must hear of.
  private func refusalOfAnswer(to request: RPCRequest) -> BatchCollector.Refusal? {
    guard let id = request.id, dispatcher.onlyReads(request.method) else { return nil }
    return BatchCollector.Refusal(id: id) { [self] error, answer in
      // A disclosure has its record before it is known that it does not fit; a call has one.
      guard !dispatcher.discloses(request.method) else {
        return answer(RPCResponse.encode(id: id, .failure(error)))
      }
      dispatcher.refuse(request, error, identity) { answer(RPCResponse.encode(id: id, $0)) }
    }
  }

  package func receive(malformed error: WireError) {
    let answer: RPCError =
      switch error {
      case .syntax(let reason, let offset):
        RPCError(.parseError, details: ["reason": .string(reason), "offset": .int(offset)])
      case .tooDeep: RPCError(.tooDeep, details: ["limit": .int(dispatcher.limits.depth)])
      case .frameTooLarge:
        RPCError(.frameTooLarge, details: ["limit_bytes": .int(dispatcher.limits.frameBytes)])
      case .badHeader(let reason):
        RPCError(.parseError, Text("Parse error", zh: "报文头无效"), details: ["reason": .string(reason)])
      }
    sendError(answer, id: nil)
  }

  package func inputEnded() {
    let idle = state.withLock {
      $0.inputEnded = true
      return $0.units == 0
    }
    if idle { leave() }
  }

  package func stopping() {
    state.withLock { $0.isStopping = true }
    inputEnded()
  }

  /// Tells a client who waits for events that it should connect again; nobody else asked to be told anything.
  private func leave() {
    if state.withLock({ $0.isStopping && !$0.subscriptions.isEmpty }) {
      connection.send(
        RPCResponse.notification("system.stopping", params: Array(#"{"reconnect_after_ms":1000}"#.utf8)))
    }
    connection.finish()
  }

  package func writable() {
    for subscription in state.withLock({ Array($0.subscriptions.values) }) { subscription.pump() }
  }

  package func closed() {
    let (tokens, subscriptions) = state.withLock { state in
      state.closed = true
      defer {
        state.tokens = [:]
        state.subscriptions = [:]
      }
      return (state.tokens.values.map(\.token), Array(state.subscriptions.values))
    }
    for token in tokens { token.cancel() }
    for subscription in subscriptions { hub.remove(subscription) }
  }

  // MARK: - Calls

  private func run(_ request: RPCRequest, _ done: @escaping @Sendable (Answer) -> Void) {
    let number = state.withLock { state -> Int? in
      state.nextNumber += 1
      return state.closed && request.id != nil ? nil : state.nextNumber
    }
    // Nobody is there to be answered.
    guard let number else { return done(.failure(RPCError(.cancelled))) }
    dispatcher.run(
      request, session: self,
      token: { deadlineMs in
        let token = CallToken(
          deadline: deadlineMs.map { Monotonic.now() + UInt64($0) * 1_000_000 })
        // Nobody waits for a notification's answer: it is done, whether its sender is still there or not.
        if let id = request.id { state.withLock { $0.tokens[number] = (id, token) } }
        return token
      },
      answer: { [self] answer in
        state.withLock { _ = $0.tokens.removeValue(forKey: number) }
        done(answer)
      })
  }

  /// Takes a place, which ``end(sending:)`` gives back; false where it is one more than there are: then the call is to
  /// be refused.
  private func begin() -> Bool {
    state.withLock { state in
      state.units += 1
      return state.units <= dispatcher.limits.inFlightPerConnection
    }
  }

  /// Gives the place back before the answer can leave: a client may call again as soon as it sees it.
  private func end(sending answer: [UInt8]?) {
    let isLast = state.withLock { state in
      state.units -= 1
      return state.units == 0 && state.inputEnded
    }
    if let answer { connection.send(answer) }
    if isLast { leave() }
  }

  private var tooMany: RPCError {
    RPCError(
      .tooManyInFlight, retryAfterMs: 10,
      details: ["limit": .int(dispatcher.limits.inFlightPerConnection)])
  }

  private func sendError(_ error: RPCError, id: [UInt8]?) {
    connection.send(RPCResponse.encode(id: id ?? RPCRequest.nullID, .failure(error)))
  }

  // MARK: - Methods bound to the connection

  /// Runs a method that acts on this connection itself.
  func run(
    _ name: String, _ params: Params, _ principal: Principal,
    _ done: @escaping @Sendable (Result<JSONValue, RPCError>) -> Void
  ) {
    switch name {
    case "check":
      let problem = dispatcher.check(
        params["method"]?.stringValue ?? "", params["params"], identity)
      done(.success(problem.map { ["ok": false, "error": $0.json] } ?? ["ok": true]))
    case "cancel": done(.success(["cancelled": .bool(cancel(params["id"]?.encoded()))]))
    case "subscribe": subscribe(params, principal, done)
    case "unsubscribe":
      let id = params["subscription"]?.stringValue ?? ""
      guard let gone = state.withLock({ $0.subscriptions.removeValue(forKey: id) }) else {
        return done(.failure(.notFound("subscription", id, pointer: "/subscription")))
      }
      hub.remove(gone)
      done(.success(["subscription": .string(id)]))
    default: done(.failure(RPCError(.methodNotFound)))
    }
  }

  /// Whether a call of that id will not start.
  private func cancel(_ id: [UInt8]?) -> Bool {
    guard let id else { return false }
    return state.withLock { state in
      var found = false
      for (_, entry) in state.tokens where entry.id == id {
        if entry.token.cancel() { found = true }
      }
      return found
    }
  }

  /// The events that the client may see by the rules that hold now; nil when none.
  private var eventScope: Scope? { identity.scope(for: "events.subscribe") }

  private func subscribe(
    _ params: Params, _ principal: Principal,
    _ done: @escaping @Sendable (Result<JSONValue, RPCError>) -> Void
  ) {
    let limit = dispatcher.limits.subscriptionsPerConnection
    let newest = hub.newest
    let since = params["since"]?.intValue ?? newest
    guard since <= newest else {
      // Of another history: what comes next would be taken for what was heard already.
      return done(
        .failure(
          RPCError(
            .invalidParams,
            Text("The newest event is \(newest): begin anew", zh: "最新事件序号为 \(newest)，请重新开始"),
            pointer: "/since", details: ["newest": .int(newest)])))
    }
    let kinds = params["kinds"]?.arrayValue?.compactMap(\.stringValue)
    if let place = kinds?.firstIndex(where: { !dispatcher.registry.mayTell($0) }) {
      return done(
        .failure(
          RPCError(
            .invalidParams, Text("No module tells such events", zh: "没有模块发出此类事件"),
            pointer: "/kinds/\(place)")))
    }
    let subscription = state.withLock { state -> EventSubscription? in
      guard !state.closed, state.subscriptions.count < limit else { return nil }
      let id = "sub-\(state.nextSubscription)"
      state.nextSubscription += 1
      let subscription = EventSubscription(
        id: id, since: since, kinds: kinds.map { Set($0) }, scope: { [weak self] in self?.eventScope },
        denied: { [weak self] in self?.inputEnded() }, connection: connection, hub: hub)
      state.subscriptions[id] = subscription
      return subscription
    }
    guard let subscription else {
      return done(.failure(RPCError(.tooManySubscriptions, details: ["limit": .int(limit)])))
    }
    done(.success(["subscription": .string(subscription.id), "since": .int(since)]))
    hub.add(subscription)
  }
}
