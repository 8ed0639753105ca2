import StationKit
import StationPluginWire

extension PluginRunner {
  /// Everything that a session's process says, in order.
  func received(_ number: Int, _ message: JSONValue) {
    with { state, after in
      // Changed in its place, here and below: a copy would copy all calls under way.
      guard state.sessions[number]?.phase != .ending,
        let reaction = state.sessions[number]?.conversation.receive(message)
      else { return }
      react(number, reaction, &state, &after)
    }
  }

  private func react(
    _ number: Int, _ reaction: PluginConversation.Reaction, _ state: inout State, _ after: inout [After]
  ) {
    switch reaction {
    case .manifest(let result): heard(manifest: result, number, &state, &after)
    case .started(.success): state.sessions[number]?.phase = .waitingForReady
    case .started(.failure(let error)):
      refuse(number, "refused its configuration: \(error.message.en)", &state, &after)
    case .ready: becameReady(number, &state, &after)
    case .answer(let id, let result): answered(number, id, result, &state, &after)
    case .late(let id):
      state.sessions[number]?.owed[id] = nil
      state.sessions[number]?.answeredAt = Monotonic.milliseconds()
      dispatchWaiting(&state)
    case .event(let result): eventAnswered(number, result, &state, &after)
    case .read(let id, let request, let read, let operations):
      asked(number, id, request, read, operations, &state, &after)
    case .next(let id, let request, let series): asked(number, id, request, number: series, &state, &after)
    case .log(let level, let text): noted(level.rawValue, text, &state, &after)
    case .givenUp(let request): reply(number, request, .failure(RPCError(.cancelled)), &state)
    case .offence(let request, let error, let what):
      reply(number, request, .failure(error), &state)
      offence(number, what, &state, &after)
    case .broken(let what): fault(number, what, &state, &after)
    }
  }

  func reply(_ number: Int, _ request: JSONValue, _ result: Result<JSONValue, RPCError>, _ state: inout State)
  {
    guard let bytes = state.sessions[number]?.conversation.answer(request, result) else { return }
    state.sessions[number]?.process.send(bytes)
  }

  // MARK: - Numbers

  private func asked(
    _ number: Int, _ id: Int, _ request: JSONValue, number series: String, _ state: inout State,
    _ after: inout [After]
  ) {
    guard let record = state.sessions[number]?.calls[id] else {
      return reply(number, request, .failure(RPCError(.denied)), &state)
    }
    if record.isRead {
      reply(number, request, .failure(RPCError(.denied)), &state)
      return offence(number, "a number asked for in a read", &state, &after)
    }
    let step = state.desk.ask(series, call: record.number)
    if case .granted(let grant) = step { return give(grant, number, id, request, &state) }
    state.sessions[number]?.calls[id]?.waitingNumbers.append((series, request))
    guard step == .load else { return }
    after.append { [self] in
      store.lastNumber(of: series, module: name) { [self] result in
        with { state, after in
          serve(state.desk.loaded(series, last: (try? result.get()) ?? 0), &state, &after)
        }
      }
    }
  }

  private func give(
    _ grant: SeriesDesk.Grant, _ number: Int, _ id: Int, _ request: JSONValue, _ state: inout State
  ) {
    state.sessions[number]?.calls[id]?.journal.note(
      number: grant.value, of: grant.series, generation: grant.generation)
    reply(number, request, .success(.int(grant.value)), &state)
  }

  /// Hands out numbers that calls were waiting for.
  func serve(_ grants: [SeriesDesk.Grant], _ state: inout State, _ after: inout [After]) {
    for grant in grants {
      for (number, session) in state.sessions {
        guard let (id, record) = session.calls.first(where: { $0.value.number == grant.call }),
          let place = record.waitingNumbers.firstIndex(where: { $0.series == grant.series })
        else { continue }
        let request = record.waitingNumbers[place].request
        state.sessions[number]?.calls[id]?.waitingNumbers.remove(at: place)
        give(grant, number, id, request, &state)
      }
    }
  }

  // MARK: - What it prints

  func printed(_ isError: Bool, _ text: String) {
    with { state, after in noted(isError ? "stderr" : "stdout", text, &state, &after) }
  }

  func noted(_ level: String, _ text: String, _ state: inout State, _ after: inout [After]) {
    var cutter = LineCutter(limit: state.settings.limits.logLineBytes)
    let lines = cutter.add(Array(text.utf8)[...]) + (cutter.rest().map { [$0] } ?? [])
    for line in lines.prefix(20) {
      let added = state.log.add(
        PluginLog.Line(at: clock.now(), level: level, text: line), now: Monotonic.milliseconds())
      for line in added {
        after.append { [self] in store.log(plugin: name, level: line.level, line.text) }
      }
    }
  }
}
