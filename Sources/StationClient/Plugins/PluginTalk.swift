import StationKit
import StationPluginHost
import StationPluginWire

/// One process of a plugin and the talk with it, as the daemon's side of it: the same words, the same judgement.
///
/// Reads of the plugin's are answered from an ``EmptyStore`` while an answer is waited for.
final class PluginTalk {
  /// What became of a call.
  enum Outcome: Sendable {
    case answered(JSONValue)
    case refused(RPCError)
  }

  let program: PluginProgram
  let limits: PluginLimits
  private var conversation: PluginConversation
  private var tokens = 0
  /// Answers of calls by their ids, also of those that nobody waits for.
  private var outcomes: [Int: Outcome] = [:]
  private var late: Set<Int> = []
  private var isReady = false
  private(set) var manifest: Result<JSONValue, RPCError>?
  private(set) var started: Result<JSONValue, RPCError>?
  /// What the daemon would end the process for.
  private(set) var broken: String?
  /// What the daemon would refuse, and count.
  private(set) var offences: [String] = []
  var store: EmptyStore?

  init(_ command: PluginProgram.Command, limits: PluginLimits) throws(ManifestError) {
    program = try PluginProgram(command, limits: limits)
    self.limits = limits
    conversation = PluginConversation(limits: limits)
  }

  // MARK: - Saying

  func askManifest(_ name: String) { send(conversation.manifestRequest(name, version: "check")) }

  func askStart(_ params: JSONObject) { send(conversation.startRequest(params)) }

  func call(_ name: String, kind: String, _ params: JSONObject, module: String) -> Int {
    let (id, bytes) = request(name, kind: kind, params, module: module)
    send(bytes)
    return id
  }

  /// The call's message without sending it.
  func request(_ name: String, kind: String, _ params: JSONObject, module: String) -> (
    id: Int, bytes: [UInt8]
  ) {
    tokens += 1
    let principal = Principal(uid: 1000, gid: 1000, roles: ["check"], unit: nil, scope: .all)
    let context = CallContext(
      principal: principal, method: "\(module).\(name)", now: Self.now, calendar: .weekendsOnly,
      zone: .shanghai)
    return conversation.callRequest(
      token: "check-\(tokens)",
      [
        "method": .string(name), "kind": .string(kind), "params": .object(params),
        "context": WireContext.json(context), "deadline_ms": .int(limits.callMs),
      ])
  }

  private static let now = Instant(rfc3339: "2026-03-02T09:00:00+08:00") ?? Instant(milliseconds: 0)

  func cancel(_ call: Int) {
    if let bytes = conversation.cancel(call: call) { send(bytes) }
  }

  func drain() { send(PluginConversation.drain()) }

  func send(_ message: JSONValue) { send(message.encoded() + [0x0A]) }

  func send(_ bytes: [UInt8]) {
    guard broken == nil else { return }
    guard program.send(bytes, within: limits.callMs) else {
      broken = "does not read what is sent to it, or has ended"
      return
    }
  }

  // MARK: - Hearing

  func waitForManifest() -> Result<JSONValue, RPCError>? { wait(limits.startMs) { manifest } }

  func waitForStart() -> Result<JSONValue, RPCError>? { wait(limits.startMs) { started } }

  func waitUntilReady() -> Bool { wait(limits.startMs) { isReady ? true : nil } ?? false }

  /// nil where there is none in time, or the process cannot be talked to any further.
  func outcome(of call: Int) -> Outcome? { wait(limits.callMs) { outcomes[call] } }

  /// Whether a cancelled call was answered within the time of grace.
  func isAnsweredLate(_ call: Int) -> Bool {
    wait(limits.graceMs) { late.contains(call) || outcomes[call] != nil ? true : nil } ?? false
  }

  /// Hears whatever comes until it has ended: its exit code, nil where it has not.
  func waitForExit(_ limit: Int) -> Int32? {
    isEnding = true
    _ = wait(limit) { isClosed ? true : nil }
    return program.exit(within: limit)
  }

  private var isClosed = false
  /// Whether it may close its descriptor now.
  private var isEnding = false

  private func wait<Value>(_ limit: Int, _ found: () -> Value?) -> Value? {
    let end = MonotonicTime.milliseconds() + Int64(limit)
    while true {
      if let value = found() { return value }
      guard broken == nil else { return nil }
      guard !isClosed else {
        if !isEnding { broken = "it closed descriptor 3, or exited" }
        return nil
      }
      let left = end - MonotonicTime.milliseconds()
      guard left > 0 else { return nil }
      switch program.next(within: Int(left)) {
      case .message(let message): react(conversation.receive(message))
      case .closed: isClosed = true
      case .broken(let what): broken = what
      case .silence: return nil
      }
    }
  }

  private func react(_ reaction: PluginConversation.Reaction) {
    switch reaction {
    case .manifest(let result): manifest = result
    case .started(let result): started = result
    case .ready: isReady = true
    case .answer(let call, .success(let value)): outcomes[call] = .answered(value)
    case .answer(let call, .failure(let error)): outcomes[call] = .refused(error)
    case .late(let call): late.insert(call)
    case .event, .log: break
    case .givenUp(let request): send(conversation.answer(request, .failure(RPCError(.cancelled))))
    case .read(_, let request, let read, let operations): answer(request, read, operations)
    case .next(_, let request, let series):
      answer(request) { .int(try $0.next(series: series)) }
    case .offence(let request, let error, let what):
      offences.append(what)
      send(conversation.answer(request, .failure(error)))
    case .broken(let what): broken = what
    }
  }

  private func answer(
    _ request: JSONValue, _ read: ReadRequest, _ operations: [StationPluginWire.Operation]
  ) {
    answer(request) { [limits] store in
      for operation in operations { try store.perform(operation) }
      return try read.run(on: store, rows: limits.scanRows)
    }
  }

  private func answer(_ request: JSONValue, _ body: (EmptyStore) throws -> JSONValue) {
    let result: Result<JSONValue, RPCError>
    do {
      guard let store else { throw RPCError(.denied) }
      result = .success(try body(store))
    } catch {
      let refusal = error as? RPCError ?? RPCError(.internalError)
      if refusal.kind == .denied { offences.append(refusal.message.en) }
      result = .failure(refusal)
    }
    send(conversation.answer(request, result))
  }
}
