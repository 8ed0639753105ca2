import StationJSON

/// A connection to the daemon, for one thread: each call waits for its answer.
package final class Client {
  private let socket: LineSocket
  private var lastID = 0
  /// Notifications that came while an answer was waited for.
  private var notifications: [Notification] = []
  private var nextNotification = 0
  /// How long one call may take; nil is for ever.
  package var timeout: Duration?

  /// Calls sent ahead of their answers at most, below the daemon's own limit for one connection.
  package static let window = 32

  /// A message of the daemon that asks for no answer.
  package struct Notification: Sendable, Equatable {
    package let method: String
    package let params: JSONValue
  }

  /// One call of several.
  package struct Call: Sendable {
    package let method: String
    /// An object, or an array for positional params.
    package let params: JSONValue

    package init(_ method: String, _ params: JSONValue = .object([:])) {
      self.method = method
      self.params = params
    }
  }

  /// Takes over a connected descriptor.
  package init(descriptor: Int32, timeout: Duration? = nil) {
    socket = LineSocket(descriptor: descriptor)
    self.timeout = timeout
  }

  private init(socket: LineSocket, timeout: Duration?) {
    self.socket = socket
    self.timeout = timeout
  }

  /// Connects to the socket at that path.
  package static func connect(_ path: String, timeout: Duration? = nil) throws(ClientError) -> Client {
    Client(socket: try LineSocket.connect(to: path), timeout: timeout)
  }

  /// Calls a method and waits for its result. Throws `.rpc` for an error that the daemon answers.
  package func call(_ method: String, _ params: JSONValue = .object([:])) throws(ClientError) -> JSONValue {
    let limit = TimeLimit(in: timeout)
    let id = try send(Call(method, params), limit: limit)
    while true {
      let (answered, outcome) = try answer(limit: limit)
      // An answer to an earlier call that was given up: nobody waits for it.
      guard answered == id else { continue }
      return try outcome.get()
    }
  }

  /// Makes several calls, sent ahead of their answers; the outcomes are in the order of the calls.
  /// Each call may take as long as the time-out says, counted from the answer before.
  package func callMany(_ calls: [Call]) throws(ClientError) -> [Result<JSONValue, ClientError>] {
    var outcomes = [Result<JSONValue, ClientError>?](repeating: nil, count: calls.count)
    let first = lastID + 1
    var sent = 0
    var done = 0
    while done < calls.count {
      let limit = TimeLimit(in: timeout)
      while sent < calls.count, sent - done < Client.window {
        _ = try send(calls[sent], limit: limit)
        sent += 1
      }
      let (id, outcome) = try answer(limit: limit)
      guard outcomes.indices.contains(id - first), outcomes[id - first] == nil else { continue }
      outcomes[id - first] = outcome
      done += 1
    }
    return outcomes.compactMap { $0 }
  }

  /// The next notification of a subscription. Waits until the limit, then throws `.timedOut`.
  package func notification(
    limit: TimeLimit = .never, interrupt: Interrupt? = nil
  ) throws(ClientError) -> Notification {
    while true {
      if nextNotification < notifications.count {
        defer { nextNotification += 1 }
        return notifications[nextNotification]
      }
      notifications.removeAll(keepingCapacity: true)
      nextNotification = 0
      let message = try message(limit: limit, interrupt: interrupt)
      if let notification = Client.notification(in: message) { return notification }
    }
  }

  /// Sends a call ahead of its answer, which `answer` gives; its id.
  package func send(_ call: Call, limit: TimeLimit) throws(ClientError) -> Int {
    lastID += 1
    do {
      try socket.send(Client.bytes(of: call, id: lastID) + [UInt8(ascii: "\n")], limit: limit)
    } catch {
      // Why the daemon closed (too many connections, say) may still be there to read.
      if error == .closed { _ = try answer(limit: limit) }
      throw error
    }
    return lastID
  }

  /// What goes over the wire for a call, framing excluded.
  package static func bytes(of call: Call, id: Int) -> [UInt8] {
    let request: JSONObject = [
      "jsonrpc": "2.0", "id": .int(id), "method": .string(call.method), "params": call.params,
    ]
    var bytes: [UInt8] = []
    request.encode(into: &bytes)
    return bytes
  }

  /// The next answer, with the id of its call. Notifications on the way are kept.
  package func answer(limit: TimeLimit) throws(ClientError) -> (Int, Result<JSONValue, ClientError>) {
    while true {
      let message = try message(limit: limit, interrupt: nil)
      if let notification = Client.notification(in: message) {
        notifications.append(notification)
        continue
      }
      let id = message["id"]?.intValue
      if let error = message["error"] {
        guard let error = ServerError(error) else { throw .protocolError("an error without code or message") }
        // An error without an id is about the connection: no call of it will be answered.
        guard let id else { throw .rpc(error) }
        return (id, .failure(.rpc(error)))
      }
      guard let id, let result = message["result"] else {
        throw .protocolError("neither a result nor an error nor a notification")
      }
      return (id, .success(result))
    }
  }

  private func message(limit: TimeLimit, interrupt: Interrupt?) throws(ClientError) -> JSONValue {
    while true {
      guard let line = try socket.line(limit: limit, interrupt: interrupt) else { throw .closed }
      if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { continue }
      do {
        return try JSONParser.parse(line)
      } catch {
        throw .protocolError(error.description)
      }
    }
  }

  private static func notification(in message: JSONValue) -> Notification? {
    guard let method = message["method"]?.stringValue, message["id"] == nil else { return nil }
    return Notification(method: method, params: message["params"] ?? .null)
  }
}
