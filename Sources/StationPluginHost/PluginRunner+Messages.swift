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
      state.sessions[number]?.answeredAt = MonotonicTime.milliseconds()
      dispatchWaiting(&state)
    case .event(let result): eventAnswered(result, &state, &after)
    case .read(let id, let request, let read, let operations):
      asked(number, id, request, read, operations, &state, &after)
    case .next(let id, let request, let series): asked(number, id, request, number: series, &state, &after)
    case .log(let level, let text): noted(level, text, &state, &after)
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

  // MARK: - Reads

  private func asked(
    _ number: Int, _ id: Int, _ request: JSONValue, _ read: ReadRequest, _ operations: [Operation],
    _ state: inout State, _ after: inout [After]
  ) {
    guard let check = state.sessions[number]?.check, var record = state.sessions[number]?.calls[id] else {
      return reply(number, request, .failure(RPCError(.denied)), &state)
    }
    let offends =
      check.offence(read) ?? operations.lazy.compactMap(check.offence).first
      ?? record.journal.contradiction(in: operations)
    if let offends {
      reply(number, request, .failure(RPCError(.denied, Text(offends, zh: "未声明或未授权"))), &state)
      return offence(number, offends, &state, &after)
    }
    guard record.journal.reads.count < state.settings.limits.reads else {
      return reply(number, request, .failure(RPCError(.answerTooLarge)), &state)
    }
    if !record.hasRead {
      record.hasRead = true
      record.quietState = store.quietState
    }
    state.sessions[number]?.calls[id] = record
    let asking = record
    if state.sessions[number]?.readsUnderWay ?? 0 < state.settings.limits.readsAtOnce {
      state.sessions[number]?.readsUnderWay += 1
      after.append { [self] in perform(number, id, request, read, operations, asking) }
    } else {
      state.sessions[number]?.reads.append { [self] in perform(number, id, request, read, operations, asking)
      }
    }
  }

  /// One read on a snapshot; or, after operations that it could see and for another module's write method, as a
  /// rehearsal.
  private func perform(
    _ number: Int, _ id: Int, _ request: JSONValue, _ read: ReadRequest, _ operations: [Operation],
    _ record: CallRecord
  ) {
    let sights = with { state, _ in state.sessions[number]?.sights ?? PluginSights() }
    let rows = with { state, _ in state.settings.limits.scanRows }
    let seen: @Sendable (String, JSONValue) -> JSONValue = { sights.see($0, $1) }
    let journal = record.journal
    let context = record.call.context
    let writes = writes(read)
    if case .read = record.call.work, !operations.isEmpty || writes {
      return gave(number, id, request, read, 0, .failure(RPCError(.denied)))
    }
    guard writes || operations.contains(where: \.isSeenByReads) else {
      return store.read(
        as: name, context, { try read.answer(on: $0, rows: rows, seen: seen) },
        done: { [self] in gave(number, id, request, read, operations.count, $0) })
    }
    store.rehearse(
      as: name, context, ids: journal.ids,
      { [self] transaction in
        do {
          try journal.replay(operations, on: transaction, rows: rows, seen: seen)
        } catch let stale as StaleReads {
          learn(from: stale, journal)
          throw stale
        }
        return try read.answer(on: transaction, rows: rows, seen: seen)
      },
      done: { [self] result in
        let ids = try? result.get().ids
        gave(
          number, id, request, read, operations.count, result.map(\.value), isRehearsed: true,
          ids: writes ? ids : nil)
      })
  }

  private func writes(_ read: ReadRequest) -> Bool {
    switch read {
    case .call(let method, _): store.writes(method)
    case .erase: true
    default: false
    }
  }

  /// - Parameters:
  ///   - isRehearsed: whether the operations so far were done for it, and undone.
  ///   - ids: those that the call of another module's write method has made, with all before.
  private func gave(
    _ number: Int, _ id: Int, _ request: JSONValue, _ read: ReadRequest, _ position: Int,
    _ result: Result<JSONValue, RPCError>, isRehearsed: Bool = false, ids: [String]? = nil
  ) {
    with { state, after in
      if let next = state.sessions[number]?.readEnded() { after.append(next) }
      if var record = state.sessions[number]?.calls[id] {
        switch (read, ids, result) {
        case (.call(let method, let params), let ids?, .success(let value)):
          record.journal.ids = ids
          record.journal.note(rehearsed: method, params, value)
        case (.erase, let ids?, .success): record.journal.ids = ids
        case (_, _, .failure(let error)) where isRehearsed && error.kind == .conflict && position > 0:
          record.journal.isDoomed = true
        // What it was about to do is refused: it will do something else.
        case (_, _, .failure) where isRehearsed && position > 0: break
        default: record.journal.note(read, at: position, result)
        }
        state.sessions[number]?.calls[id] = record
      }
      reply(number, request, result, &state)
    }
  }

  // MARK: - Numbers

  private func asked(
    _ number: Int, _ id: Int, _ request: JSONValue, number series: String, _ state: inout State,
    _ after: inout [After]
  ) {
    guard let record = state.sessions[number]?.calls[id] else {
      return reply(number, request, .failure(RPCError(.denied)), &state)
    }
    if case .read = record.call.work {
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
        PluginLog.Line(at: clock.now(), level: level, text: line), now: MonotonicTime.milliseconds())
      for line in added {
        after.append { [self] in store.log(plugin: name, level: line.level, line.text) }
      }
    }
  }
}
