import Foundation
import Glibc
import StationKit
import StationPlugin
import StationPluginHost
import StationPluginWire

/// A module at the other end of a socket pair, as if it ran in a process of its own: what its handlers read they
/// ask for, what they decide is done when they have ended, by the code that does it in the daemon.
final class PipedModule {
  let calendar: WorkCalendar
  private let descriptor: Int32
  private let writes: Set<String>
  private let kept: Set<String>
  private var framer = LineFramer(limits: PluginLimits())
  private var lastID = 0
  /// The series that a method asked a number of last.
  private var habits: [String: String] = [:]

  struct Work {
    let kind: String
    let params: JSONObject

    init(writes: Bool, params: JSONObject) {
      kind = writes ? "write" : "read"
      self.params = params
    }

    init(_ deadline: Deadline) {
      kind = "deadline"
      params = [
        "subject": .string(deadline.subject), "due": .string(deadline.due.rfc3339(zone: .shanghai)),
        "payload": .object(deadline.payload), "late": .bool(deadline.late),
      ]
    }
  }

  /// What must never happen.
  enum PipeError: Error {
    case closed
    case notAnAnswer(JSONValue)
    case contradiction(String)
    case writesInARead
  }

  /// - Parameters:
  ///   - writes: methods of other modules that it calls and that write.
  ///   - kept: those whose answers it may keep.
  init(_ module: Module, writes: Set<String>, kept: Set<String>, calendar: WorkCalendar) throws {
    var pair: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0 else { throw PipeError.closed }
    descriptor = pair[0]
    self.writes = writes
    self.kept = kept
    self.calendar = calendar
    let theirs = pair[1]
    let worker = PluginWorker(
      PluginLink(descriptor: theirs), module, listens: [], event: { _ in }, remake: { _ in module })
    let thread = Thread {
      worker.serve(threads: 1)
      close(theirs)
    }
    thread.stackSize = 4 << 20
    thread.start()
    let id = try ask(
      .start,
      [
        "config": [:], "zone_offset_minutes": .int(Zone.shanghai.offsetMinutes),
        "calendars": WireCalendar.json(calendar),
        "write_calls": .array(writes.sorted().map(JSONValue.string)),
        "kept_calls": .array(kept.sorted().map(JSONValue.string)),
      ])
    guard case .object(let answer) = try receive(), answer["id"] == .int(id), answer["result"] != nil else {
      throw PipeError.closed
    }
    _ = try receive()
  }

  deinit { close(descriptor) }

  /// A handler's run, and what it decided done in the transaction; once more where it relied on what is not so.
  func call(
    _ name: String, _ work: Work, _ context: CallContext, _ transaction: TestTransaction
  ) throws -> JSONValue {
    do {
      return try transaction.whole { try run(name, work, context, transaction) }
    } catch is StaleReads {
      return try run(name, work, context, transaction, again: true)
    }
  }

  private func run(
    _ name: String, _ work: Work, _ context: CallContext, _ transaction: TestTransaction, again: Bool = false
  ) throws -> JSONValue {
    var journal = CallJournal()
    var numbers: [String: Int] = [:]
    var params: JSONObject = [
      "token": "token", "method": .string(name), "kind": .string(work.kind), "params": .object(work.params),
      "context": WireContext.json(context), "deadline_ms": 1_000,
    ]
    if again { params["again"] = true }
    if work.kind == "write", let series = habits[name] {
      let value = try transaction.undone { try transaction.next(series: series) }
      numbers[series] = value
      journal.note(foretold: value, of: series, generation: 0)
      params["numbers"] = .object([series: .int(value)])
    }
    let id = try ask(.call, params)
    while true {
      guard case .object(let message) = try receive() else { throw PipeError.closed }
      guard let method = message["method"]?.stringValue.flatMap(PluginProtocol.ToHost.init(rawValue:)) else {
        guard message["id"] == .int(id) else { throw PipeError.notAnAnswer(.object(message)) }
        if let error = message["error"] {
          try journal.verifyFirstReads(on: transaction, rows: .max, seen: { $1 })
          throw RPCError(wire: error) ?? RPCError(.internalError)
        }
        guard let answer = message["result"], let result = answer["result"],
          let operations = PluginConversation.operations(answer["operations"], PluginLimits()),
          let kept = PluginConversation.kept(answer["kept"], of: kept)
        else { throw PipeError.notAnAnswer(.object(message)) }
        journal.note(kept: kept)
        if let contradiction = journal.contradiction(in: operations, isAnswer: true) {
          throw PipeError.contradiction(contradiction)
        }
        if work.kind == "read", !operations.isEmpty || !kept.isEmpty { throw PipeError.writesInARead }
        try journal.replay(operations, on: transaction, rows: .max, seen: { $1 })
        return result
      }
      guard let request = message["id"], let params = message["params"]?.objectValue else { continue }
      if method == .next {
        let series = params["series"]?.stringValue ?? ""
        let value =
          try numbers[series].map { $0 + 1 } ?? transaction.undone { try transaction.next(series: series) }
        numbers[series] = value
        habits[name] = series
        journal.note(number: value, of: series, generation: 0)
        try reply(request, .success(.int(value)))
      } else {
        try reply(request, answer(method, params, transaction, &journal))
      }
    }
  }

  private func answer(
    _ method: PluginProtocol.ToHost, _ params: JSONObject, _ transaction: TestTransaction,
    _ journal: inout CallJournal
  ) throws -> Result<JSONValue, RPCError> {
    guard let read = ReadRequest(method, params),
      let operations = PluginConversation.operations(params["operations"], PluginLimits())
    else { return .failure(RPCError(.invalidParams)) }
    let isWrite =
      switch read {
      case .call(let method, _): writes.contains(method)
      case .erase: true
      default: false
      }
    let result: Result<JSONValue, RPCError>
    do {
      result = .success(
        try transaction.undone {
          // As the host does: what is told of no operations is read as it stands.
          if isWrite || operations.contains(where: \.isSeenByReads) {
            try journal.replay(operations, on: transaction, rows: .max, seen: { $1 })
          }
          return try read.answer(on: transaction, rows: .max, seen: { $1 })
        })
    } catch {
      result = .failure(error as? RPCError ?? RPCError(.internalError, Text("\(error)", zh: "\(error)")))
    }
    switch (read, isWrite, result) {
    case (.call(let method, let params), true, .success(let value)):
      journal.note(rehearsed: method, params, value)
    case (_, true, .success): break
    case (_, _, .failure) where !operations.isEmpty: return result
    default: journal.note(read, at: operations.count, result)
    }
    journal.note(decided: operations)
    return result
  }

  // MARK: - Messages

  private func ask(_ method: PluginProtocol.ToPlugin, _ params: JSONObject) throws -> Int {
    lastID += 1
    try send([
      "jsonrpc": "2.0", "id": .int(lastID), "method": .string(method.rawValue), "params": .object(params),
    ])
    return lastID
  }

  private func reply(_ request: JSONValue, _ result: Result<JSONValue, RPCError>) throws {
    switch result {
    case .success(let value): try send(["jsonrpc": "2.0", "id": request, "result": value])
    case .failure(let error): try send(["jsonrpc": "2.0", "id": request, "error": error.json])
    }
  }

  private func send(_ message: JSONValue) throws {
    var bytes = message.encoded()[...]
    bytes.append(0x0A)
    while !bytes.isEmpty {
      let sent = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { throw PipeError.closed }
      bytes = bytes.dropFirst(sent)
    }
  }

  private func receive() throws -> JSONValue {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      if let value = try framer.next() { return value }
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { throw PipeError.closed }
      buffer[..<count].withUnsafeBytes { framer.append($0) }
    }
  }
}
