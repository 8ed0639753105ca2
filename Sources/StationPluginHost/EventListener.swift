import StationKit
import StationPluginWire

/// A plugin's place in the stream of events: one is told at a time, and counts as told when it is acknowledged.
struct EventListener: Sendable {
  var kinds: Set<String> = []
  /// Number of the last event that was told, or was not for it.
  var position: Int?
  /// Whose turn it is; nil while nothing is read or told.
  var turn: Turn?
  var newest = 0
  /// Tries of the event at hand.
  var tries = 0
  var notBefore: Int64 = 0

  /// After so many failures an event is left out.
  static let tries = 10

  /// The session that the next event is read for, or has one. It ends with that session, whichever is current then.
  struct Turn: Sendable {
    let session: Int
    /// When the event was told; nil while it is read.
    var toldAt: Int64?
  }

  init(position: Int?) { self.position = position }

  func isDue(now: Int64) -> Bool {
    !kinds.isEmpty && turn == nil && now >= notBefore && newest > (position ?? .max)
  }

  mutating func failed(now: Int64) {
    tries += 1
    notBefore = now + min(1000 << Int64(min(tries - 1, 6)), 60_000)
  }
}

extension PluginRunner {
  /// Events are on disk up to `seq`.
  package func published(upTo seq: Int) {
    let isDue = with { state, _ in
      state.listener.newest = max(state.listener.newest, seq)
      return state.current != nil && state.listener.isDue(now: Monotonic.milliseconds())
    }
    if isDue { listen() }
  }

  /// Reads on in the stream, if the plugin listens and is not at an event already.
  func listen() {
    let newest = store.newestEvent()
    let reading = with { state, _ -> (from: Int, session: Int)? in
      guard let number = state.current, !state.listener.kinds.isEmpty else { return nil }
      // It hears of what happens from its first start on.
      let position = state.listener.position ?? newest
      state.listener.position = position
      state.listener.newest = max(state.listener.newest, newest)
      guard state.listener.isDue(now: Monotonic.milliseconds()) else { return nil }
      state.listener.turn = EventListener.Turn(session: number)
      return (position, number)
    }
    guard let reading else { return }
    store.events(after: reading.from, limit: 200) { [self] events in tell(events, reading.session) }
  }

  private func tell(_ events: [PluginEvent], _ number: Int) {
    with { state, after in
      guard state.listener.turn?.session == number else { return }
      guard state.current == number, var session = state.sessions[number], session.phase == .serving else {
        // Another process has come: it is told from the same place.
        state.listener.turn = nil
        return
      }
      let kinds = state.listener.kinds
      guard let event = events.first(where: { kinds.contains($0.kind) }) else {
        state.listener.turn = nil
        if let last = events.last { move(to: last.seq, &state, &after) }
        return
      }
      state.listener.turn?.toldAt = Monotonic.milliseconds()
      state.listener.position = event.seq - 1
      session.process.send(
        session.conversation.eventRequest([
          "seq": .int(event.seq), "at": .string(event.at.rfc3339(zone: surroundings.zone)),
          "kind": .string(event.kind), "payload": event.payload,
        ]))
      state.sessions[number] = session
    }
  }

  func eventAnswered(
    _ number: Int, _ result: Result<JSONValue, RPCError>, _ state: inout State, _ after: inout [After]
  ) {
    guard let turn = state.listener.turn, turn.session == number, turn.toldAt != nil else { return }
    state.listener.turn = nil
    switch result {
    case .failure(let error): eventFailed(error.kind.rawValue, &state, &after)
    case .success:
      guard let position = state.listener.position else { return }
      move(to: position + 1, &state, &after)
    }
  }

  /// The session is gone, and will not answer the event that it may have.
  func eventLost(_ number: Int, _ reason: String, _ state: inout State, _ after: inout [After]) {
    guard let turn = state.listener.turn, turn.session == number else { return }
    state.listener.turn = nil
    if turn.toldAt != nil { eventFailed(reason, &state, &after) }
  }

  private func eventFailed(_ reason: String, _ state: inout State, _ after: inout [After]) {
    guard let position = state.listener.position else { return }
    state.listener.failed(now: Monotonic.milliseconds())
    guard state.listener.tries >= EventListener.tries else { return }
    noted(
      "error", "event \(position + 1) is left out after \(state.listener.tries) tries: \(reason)", &state,
      &after)
    move(to: position + 1, &state, &after)
  }

  /// Why the session does not deal with its event; nil if it does, or has time.
  func overdueEvent(_ number: Int, _ now: Int64, _ state: State, _ limits: PluginLimits) -> String? {
    guard let turn = state.listener.turn, turn.session == number, let toldAt = turn.toldAt,
      now - toldAt > limits.eventMs
    else { return nil }
    return "hangs: no answer to event \((state.listener.position ?? 0) + 1) within \(limits.eventMs) ms"
  }

  private func move(to position: Int, _ state: inout State, _ after: inout [After]) {
    state.listener.position = position
    state.listener.tries = 0
    state.listener.notBefore = 0
    after.append { [self] in
      files.remember { $0.position = position }
      listen()
    }
  }
}
