import StationJSON
import StationRPC
import Synchronization

/// Makes sessions that do what a test says, and lets the test wait for what happens in them.
final class TestSessions: SessionFactory, Sendable {
  typealias Receive = @Sendable (JSONValue, any Connection) -> Void

  enum Event: Sendable, Equatable {
    case opened(Peer)
    case message(String)
    case malformed(WireError)
    case inputEnded
    case writable
    case closed
  }

  private struct State {
    var events: [Event] = []
    var connections: [any Connection] = []
    var waiters: [(condition: @Sendable ([Event]) -> Bool, continuation: CheckedContinuation<Void, Never>)] =
      []
  }

  private let state = Mutex(State())
  private let receive: Receive
  let finishesAtEnd: Bool

  /// Unless told otherwise the sessions send every message back.
  init(finishesAtEnd: Bool = true, receive: @escaping Receive = { $1.send($0.encoded()) }) {
    self.receive = receive
    self.finishesAtEnd = finishesAtEnd
  }

  var events: [Event] { state.withLock { $0.events } }
  var connections: [any Connection] { state.withLock { $0.connections } }

  /// Waits until the events so far satisfy a condition.
  func until(_ condition: @escaping @Sendable ([Event]) -> Bool) async {
    await withCheckedContinuation { continuation in
      let isTrue = state.withLock { state in
        if condition(state.events) { return true }
        state.waiters.append((condition, continuation))
        return false
      }
      if isTrue { continuation.resume() }
    }
  }

  /// Waits until that many sessions are closed.
  func closed(_ count: Int = 1) async {
    await until { events in events.count { $0 == .closed } >= count }
  }

  func session(for peer: Peer, connection: any Connection) -> any Session {
    state.withLock { $0.connections.append(connection) }
    note(.opened(peer))
    return TestSession(owner: self, connection: connection)
  }

  fileprivate func note(_ event: Event) {
    let ready = state.withLock { state in
      state.events.append(event)
      let ready = state.waiters.filter { $0.condition(state.events) }
      if !ready.isEmpty { state.waiters.removeAll { $0.condition(state.events) } }
      return ready.map(\.continuation)
    }
    for continuation in ready { continuation.resume() }
  }

  fileprivate func handle(_ message: JSONValue, _ connection: any Connection) { receive(message, connection) }
}

private final class TestSession: Session {
  private let owner: TestSessions
  private let connection: any Connection

  init(owner: TestSessions, connection: any Connection) {
    self.owner = owner
    self.connection = connection
  }

  func receive(_ message: JSONValue, bytes: Int) {
    owner.note(.message(bytes < 100 ? message.encodedString : "\(bytes) bytes"))
    owner.handle(message, connection)
  }

  func receive(malformed error: WireError) {
    owner.note(.malformed(error))
    connection.send(Array("\"error\"".utf8))
  }

  func inputEnded() {
    owner.note(.inputEnded)
    if owner.finishesAtEnd { connection.finish() }
  }

  func writable() { owner.note(.writable) }

  func closed() { owner.note(.closed) }
}
