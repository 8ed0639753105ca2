import StationKit
import StationPluginWire

/// One side of the talk with one plugin process, as a value: who owes whom an answer.
///
/// It knows no process, no clock and no store. What it cannot make sense of is a fault; none is guessed at.
package struct PluginConversation: Sendable {
  /// What a message from the plugin means.
  package enum Reaction: Sendable {
    case manifest(Result<JSONValue, RPCError>)
    case started(Result<JSONValue, RPCError>)
    case ready
    case answer(call: Int, Result<JSONValue, RPCError>)
    case event(Result<JSONValue, RPCError>)
    /// An answer to a call that nobody waits for any more.
    case late(call: Int)
    case read(call: Int, request: JSONValue, ReadRequest, operations: [Operation])
    case next(call: Int, request: JSONValue, series: String)
    case log(PluginProtocol.LogLevel, text: String)
    /// The request is of a call that was given up: the plugin may not have heard so yet.
    case givenUp(request: JSONValue)
    /// The request is refused; that it was made at all is an offence.
    case offence(request: JSONValue, RPCError, String)
    /// The process cannot be talked to any further.
    case broken(String)
  }

  private enum Owed {
    case manifest, start, event
    case call(token: String)
    case abandoned(token: String)
  }

  private let limits: PluginLimits
  private var owed: [Int: Owed] = [:]
  private var tokens: [String: Int] = [:]
  private var lastID = 0
  private var isStarted = false
  package private(set) var isReady = false
  /// Requests of the plugin's own that it waits for.
  package private(set) var openRequests = 0

  package init(limits: PluginLimits) { self.limits = limits }

  // MARK: - What the host says

  package mutating func manifestRequest(_ name: String, version: String) -> [UInt8] {
    request(
      .manifest, .manifest,
      ["protocol": .int(PluginProtocol.version), "name": .string(name), "daemon": .string(version)])
  }

  package mutating func startRequest(_ params: JSONObject) -> [UInt8] { request(.start, .start, params) }

  package mutating func eventRequest(_ params: JSONObject) -> [UInt8] { request(.event, .event, params) }

  /// - Parameter token: names the call in everything that the plugin asks for it; not to be guessed.
  package mutating func callRequest(token: String, _ params: JSONObject) -> (id: Int, bytes: [UInt8]) {
    let bytes = request(.call, .call(token: token), params.adding("token", .string(token)))
    tokens[token] = lastID
    return (lastID, bytes)
  }

  /// Nobody waits for the call any more; its answer is still owed. nil if it is not.
  package mutating func cancel(call id: Int) -> [UInt8]? {
    guard case .call(let token)? = owed[id] else { return nil }
    owed[id] = .abandoned(token: token)
    return Self.notification(.cancel, ["token": .string(token)])
  }

  package static func drain() -> [UInt8] { notification(.drain, [:]) }

  /// Answers a request of the plugin's own.
  package mutating func answer(_ request: JSONValue, _ result: Result<JSONValue, RPCError>) -> [UInt8] {
    openRequests = max(0, openRequests - 1)
    switch result {
    case .success(let value): return Self.line(["jsonrpc": "2.0", "id": request, "result": value])
    case .failure(let error): return Self.line(["jsonrpc": "2.0", "id": request, "error": error.json])
    }
  }

  private mutating func request(
    _ method: PluginProtocol.ToPlugin, _ owed: Owed, _ params: JSONObject
  ) -> [UInt8] {
    lastID += 1
    self.owed[lastID] = owed
    return Self.line([
      "jsonrpc": "2.0", "id": .int(lastID), "method": .string(method.rawValue), "params": .object(params),
    ])
  }

  private static func notification(_ method: PluginProtocol.ToPlugin, _ params: JSONObject) -> [UInt8] {
    line(["jsonrpc": "2.0", "method": .string(method.rawValue), "params": .object(params)])
  }

  private static func line(_ value: JSONValue) -> [UInt8] {
    var bytes = value.encoded()
    bytes.append(0x0A)
    return bytes
  }

  // MARK: - What the plugin says

  package mutating func receive(_ value: JSONValue) -> Reaction {
    guard case .object(let message) = value, message["jsonrpc"] == "2.0" else {
      return .broken("a message that is not of JSON-RPC 2.0")
    }
    guard let method = message["method"] else { return receive(answer: message) }
    guard let name = method.stringValue, let known = PluginProtocol.ToHost(rawValue: name) else {
      return unknown(message)
    }
    guard case .object(let params) = message["params"] ?? [:] else {
      return .broken("'\(name)' without params")
    }
    guard let id = message["id"] else { return receive(known, params) }
    switch id {
    case .number, .string: break
    default: return .broken("a request with an id that is neither a number nor a text")
    }
    openRequests += 1
    guard openRequests <= limits.requests else {
      return .broken("more than \(limits.requests) requests open at once")
    }
    return receive(known, params, request: id)
  }

  private mutating func unknown(_ message: JSONObject) -> Reaction {
    guard let id = message["id"] else { return .broken("an unknown notification") }
    openRequests += 1
    return .offence(request: id, RPCError(.methodNotFound), "an unknown request")
  }

  private mutating func receive(answer message: JSONObject) -> Reaction {
    guard let id = message["id"]?.intValue, let owed = owed.removeValue(forKey: id) else {
      return .broken("an answer to nothing that was asked, or a second one")
    }
    let result: Result<JSONValue, RPCError>
    switch (message["result"], message["error"]) {
    case (let value?, nil): result = .success(value)
    case (nil, let error?):
      guard let error = RPCError(wire: error) else { return .broken("an error without a kind that is known") }
      result = .failure(error.trimmed)
    default: return .broken("an answer with neither a result nor an error, or both")
    }
    switch owed {
    case .manifest: return .manifest(result)
    case .start:
      if case .success = result { isStarted = true }
      return .started(result)
    case .event: return .event(result)
    case .abandoned(let token):
      tokens[token] = nil
      return .late(call: id)
    case .call(let token):
      tokens[token] = nil
      return .answer(call: id, result)
    }
  }

  private mutating func receive(_ name: PluginProtocol.ToHost, _ params: JSONObject) -> Reaction {
    switch name {
    case .ready:
      guard isStarted, !isReady else {
        return .broken("'plugin.ready' before the answer to 'plugin.init', or twice")
      }
      isReady = true
      return .ready
    case .log:
      let level = params["level"]?.stringValue.flatMap(PluginProtocol.LogLevel.init(rawValue:))
      return .log(level ?? .info, text: params["message"]?.stringValue ?? "")
    default: return .broken("'\(name.rawValue)' without an id")
    }
  }

  private func receive(
    _ name: PluginProtocol.ToHost, _ params: JSONObject, request: JSONValue
  ) -> Reaction {
    if name == .ready || name == .log {
      return .offence(request: request, RPCError(.invalidRequest), "'\(name.rawValue)' as a request")
    }
    guard let token = params["token"]?.stringValue, let call = tokens[token] else {
      return .offence(
        request: request,
        RPCError(.denied, Text("This token is of no call under way", zh: "令牌不属于正在执行的调用")),
        "a token of no call under way")
    }
    if case .abandoned? = owed[call] { return .givenUp(request: request) }
    if let unknown = name.unknownMember(of: params) {
      let error = RPCError.invalid(
        Text("'\(name.rawValue)' takes no such param", zh: "“\(name.rawValue)”没有该参数"),
        pointer: JSONPointer(tokens: [unknown]).description)
      return .offence(request: request, error, "'\(name.rawValue)' with the param '\(unknown.prefix(100))'")
    }
    let invalid = RPCError(.invalidParams)
    if name == .next {
      guard let series = params["series"]?.stringValue, (1...100).contains(series.utf8.count) else {
        return .offence(request: request, invalid, "params of 'store.next' that do not fit")
      }
      return .next(call: call, request: request, series: series)
    }
    guard let read = ReadRequest(name, params), let operations = Self.operations(params["operations"], limits)
    else { return .offence(request: request, invalid, "params of '\(name.rawValue)' that do not fit") }
    return .read(call: call, request: request, read, operations: operations)
  }

  /// What a call relied on as an earlier one was told it; nil unless every one is an answer of a method that may be
  /// kept, and there are not too many.
  package static func kept(_ value: JSONValue?, of methods: Set<String>) -> [CallJournal.Told]? {
    guard let value else { return [] }
    guard let items = value.arrayValue, items.count <= PluginLimits.kept else { return nil }
    let kept = items.compactMap { item -> CallJournal.Told? in
      guard let method = item["method"]?.stringValue, methods.contains(method),
        let params = item["params"]?.objectValue, let result = item["result"]
      else { return nil }
      return CallJournal.Told(method: method, params: params, result: result)
    }
    return kept.count == items.count ? kept : nil
  }

  /// nil unless every one is an operation, and there are not too many.
  package static func operations(_ value: JSONValue?, _ limits: PluginLimits) -> [Operation]? {
    guard let value else { return [] }
    guard let items = value.arrayValue, items.count <= limits.operations else { return nil }
    let operations = items.compactMap { Operation($0) }
    return operations.count == items.count ? operations : nil
  }
}
