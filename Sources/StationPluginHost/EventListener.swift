import StationKit
import StationPluginWire

/// A plugin's place in the stream of events: one is told at a time, and counts as told when it is acknowledged.
struct EventListener: Sendable {
  var kinds: Set<String> = []
  /// Number of the last event that was told, or was not for it.
  var position: Int?
  var isBusy = false
  var newest = 0
  /// Tries of the event at hand.
  var tries = 0
  var notBefore: Int64 = 0

  /// After so many failures an event is left out.
  static let tries = 10

  init(position: Int?) { self.position = position }

  func isDue(now: Int64) -> Bool {
    !kinds.isEmpty && !isBusy && now >= notBefore && newest > (position ?? .max)
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
      return state.current != nil && state.listener.isDue(now: MonotonicTime.milliseconds())
    }
    if isDue { listen() }
  }

  /// Reads on in the stream, if the plugin listens and is not at an event already.
  func listen() {
    let newest = store.newestEvent()
    let from = with { state, _ -> Int? in
      guard state.current != nil, !state.listener.kinds.isEmpty else { return nil }
      // It hears of what happens from its first start on.
      let position = state.listener.position ?? newest
      state.listener.position = position
      state.listener.newest = max(state.listener.newest, newest)
      guard state.listener.isDue(now: MonotonicTime.milliseconds()) else { return nil }
      state.listener.isBusy = true
      return position
    }
    guard let from else { return }
    store.events(after: from, limit: 200) { [self] events in tell(events) }
  }

  private func tell(_ events: [PluginEvent]) {
    with { state, after in
      let kinds = state.listener.kinds
      guard let number = state.current, var session = state.sessions[number], session.phase == .serving,
        let event = events.first(where: { kinds.contains($0.kind) })
      else {
        state.listener.isBusy = false
        guard state.current != nil, let last = events.last else { return }
        move(to: last.seq, &state, &after)
        return
      }
      state.listener.position = event.seq - 1
      session.process.send(
        session.conversation.eventRequest([
          "seq": .int(event.seq), "at": .string(event.at.rfc3339(zone: surroundings.zone)),
          "kind": .string(event.kind), "payload": event.payload,
        ]))
      state.sessions[number] = session
    }
  }

  func eventAnswered(_ result: Result<JSONValue, RPCError>, _ state: inout State, _ after: inout [After]) {
    state.listener.isBusy = false
    guard let position = state.listener.position else { return }
    if case .failure(let error) = result {
      state.listener.failed(now: MonotonicTime.milliseconds())
      guard state.listener.tries >= EventListener.tries else { return }
      noted(
        "error",
        "event \(position + 1) is left out after \(state.listener.tries) tries: \(error.kind.rawValue)",
        &state, &after)
    }
    move(to: position + 1, &state, &after)
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
