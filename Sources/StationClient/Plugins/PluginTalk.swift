import StationKit
import StationPluginHost
import StationPluginWire

/// One process of a plugin and the talk with it, as the daemon's side of it: the same words, the same judgement.
///
/// Reads of the plugin's are answered as where nothing is stored, while an answer is waited for.
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
  private var eventsTold = 0
  private var eventsAnswered = 0
  private var isReady = false
  private(set) var manifest: Result<JSONValue, RPCError>?
  private(set) var started: Result<JSONValue, RPCError>?
  /// What the daemon would end the process for.
  private(set) var broken: Text?
  /// What the daemon would refuse, and count.
  private(set) var offences: [String] = []
  /// What it declares; nil before its manifest.
  var check: OperationCheck?
  /// What was promised to each call, and the numbers that were given out.
  private var journals: [Int: CallJournal] = [:]
  private var numbers: [String: Int] = [:]

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

  /// Tells it an event that says nothing.
  func tell(_ event: String) {
    eventsTold += 1
    send(
      conversation.eventRequest([
        "seq": .int(eventsTold), "at": .string(Self.now.rfc3339(zone: .shanghai)), "kind": .string(event),
        "payload": [:],
      ]))
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
      broken = Text("does not read what is sent to it, or has ended", zh: "不读取收到的消息，或已结束")
      return
    }
  }

  // MARK: - Hearing

  func waitForManifest() -> Result<JSONValue, RPCError>? { wait(limits.startMs) { manifest } }

  func waitForStart() -> Result<JSONValue, RPCError>? { wait(limits.startMs) { started } }

  func waitUntilReady() -> Bool { wait(limits.startMs) { isReady ? true : nil } ?? false }

  /// nil where there is none in time, or the process cannot be talked to any further.
  func outcome(of call: Int) -> Outcome? { wait(limits.callMs) { outcomes[call] } }

  /// Whether every event told has been answered, in time.
  func hasHeard() -> Bool { wait(limits.callMs) { eventsAnswered == eventsTold ? true : nil } ?? false }

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
    let end = Monotonic.milliseconds() + Int64(limit)
    while true {
      if let value = found() { return value }
      guard broken == nil else { return nil }
      guard !isClosed else {
        if !isEnding { broken = Text("it closed descriptor 3, or exited", zh: "已关闭描述符 3 或已退出") }
        return nil
      }
      let left = end - Monotonic.milliseconds()
      guard left > 0 else { return nil }
      switch program.next(within: Int(left)) {
      case .message(let message): react(conversation.receive(message))
      case .closed: isClosed = true
      case .broken(let what): broken = PluginCheck.said(what)
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
    case .event: eventsAnswered += 1
    case .log: break
    case .givenUp(let request): send(conversation.answer(request, .failure(RPCError(.cancelled))))
    case .read(let call, let request, let read, let operations):
      if let offence = check?.offence(read) ?? offence(in: operations, of: call) {
        refuse(request, RPCError(.denied), offence)
      } else {
        send(conversation.answer(request, read.ofNothing))
      }
    case .next(let call, let request, let series):
      let number = numbers[series, default: 0] + 1
      numbers[series] = number
      journals[call, default: CallJournal()].note(number: number, of: series, generation: 0)
      send(conversation.answer(request, .success(.int(number))))
    case .offence(let request, let error, let what): refuse(request, error, what)
    case .broken(let what): broken = PluginCheck.said(what)
    }
  }

  private func refuse(_ request: JSONValue, _ error: RPCError, _ offence: String) {
    offences.append(offence)
    send(conversation.answer(request, .failure(error)))
  }

  /// Why the daemon would refuse what a call has decided on; nil if it would not.
  func offence(in operations: [StationPluginWire.Operation], of call: Int) -> String? {
    operations.lazy.compactMap { [check] in check?.offence($0) }.first
      ?? journals[call, default: CallJournal()].contradiction(in: operations)
  }
}

extension ReadRequest {
  /// What it gives where nothing is stored and no other module is there.
  fileprivate var ofNothing: Result<JSONValue, RPCError> {
    switch self {
    case .get: .success(.null)
    case .query: .success(["records": [], "places": []])
    case .count, .erase: .success(0)
    case .scan: .success([])
    case .call: .failure(RPCError(.unavailable, retryAfterMs: 1_000))
    }
  }
}
