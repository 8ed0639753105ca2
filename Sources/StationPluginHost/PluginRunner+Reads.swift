import StationKit
import StationPluginWire
import Synchronization

extension PluginRunner {
  /// A request of the plugin's own that reads: on a snapshot; or, after operations that it could see and for another
  /// module's write method, as a rehearsal.
  struct Asked: Sendable {
    let session: Int
    let call: Int
    let request: JSONValue
    let read: ReadRequest
    let operations: [Operation]
    /// The call as it was then.
    let record: CallRecord
    /// Whether the operations so far are done for it, and undone.
    let isRehearsed: Bool
    /// What the plugin may see of other modules' results.
    let sights: PluginSights
    /// Of one scan at most.
    let rows: Int

    func answer(on transaction: any ReadTransaction) throws -> JSONValue {
      try read.answer(on: transaction, rows: rows, seen: sights.see)
    }
  }

  func asked(
    _ number: Int, _ id: Int, _ request: JSONValue, _ read: ReadRequest, _ operations: [Operation],
    _ state: inout State, _ after: inout [After]
  ) {
    guard let loaded = state.sessions[number]?.loaded, var record = state.sessions[number]?.calls[id] else {
      return reply(number, request, .failure(RPCError(.denied)), &state)
    }
    let offends =
      loaded.check.offence(read) ?? operations.lazy.compactMap(loaded.check.offence).first
      ?? record.journal.contradiction(in: operations)
    if let offends {
      reply(number, request, .failure(RPCError(.denied, Text(offends, zh: "未声明或未授权"))), &state)
      return offence(number, offends, &state, &after)
    }
    let writes = writes(read)
    if record.isRead, !operations.isEmpty || writes {
      return reply(number, request, .failure(RPCError(.denied)), &state)
    }
    guard record.journal.reads.count < state.settings.limits.reads else {
      return reply(number, request, .failure(RPCError(.answerTooLarge)), &state)
    }
    if !record.hasRead {
      record.hasRead = true
      record.quietState = store.quietState
    }
    state.sessions[number]?.calls[id] = record
    let asked = Asked(
      session: number, call: id, request: request, read: read, operations: operations, record: record,
      isRehearsed: writes || operations.contains(where: \.isSeenByReads), sights: loaded.sights,
      rows: state.settings.limits.scanRows)
    if asked.isRehearsed {
      state.rehearsals.add(asked)
      rehearseNext(&state, &after)
    } else if state.sessions[number]?.readsUnderWay ?? 0 < state.settings.limits.readsAtOnce {
      state.sessions[number]?.readsUnderWay += 1
      after.append { [self] in perform(asked) }
    } else {
      state.sessions[number]?.reads.append { [self] in perform(asked) }
    }
  }

  private func perform(_ asked: Asked) {
    store.read(
      as: name, asked.record.call.context, { try asked.answer(on: $0) },
      done: { [self] result in
        with { state, after in
          if let next = state.sessions[asked.session]?.readEnded() { after.append(next) }
          gave(asked, result, ids: nil, &state)
        }
      })
  }

  /// The next rehearsal, if it is time for one.
  func rehearseNext(_ state: inout State, _ after: inout [After]) {
    while let asked = state.rehearsals.next(now: Monotonic.preciseMilliseconds()) {
      // Its call may have been given up meanwhile, or its process be gone.
      if state.sessions[asked.session]?.calls[asked.call] != nil {
        return after.append { [self] in rehearse(asked) }
      }
      state.rehearsals.ended(took: 0, now: Monotonic.preciseMilliseconds())
      reply(asked.session, asked.request, .failure(RPCError(.cancelled)), &state)
    }
  }

  private func rehearse(_ asked: Asked) {
    let journal = asked.record.journal
    let took = Mutex(0.0)
    store.rehearse(
      as: name, asked.record.call.context, ids: journal.ids,
      { [self] transaction in
        let began = Monotonic.preciseMilliseconds()
        defer { took.withLock { $0 = Monotonic.preciseMilliseconds() - began } }
        do {
          try journal.replay(
            asked.operations, on: transaction, rows: asked.rows, seen: asked.sights.see)
        } catch let stale as StaleReads {
          learn(from: stale, journal)
          throw stale
        }
        return try asked.answer(on: transaction)
      },
      done: { [self] result in
        with { state, after in
          state.rehearsals.ended(took: took.withLock { $0 }, now: Monotonic.preciseMilliseconds())
          gave(asked, result.map(\.value), ids: writes(asked.read) ? try? result.get().ids : nil, &state)
          rehearseNext(&state, &after)
        }
      })
  }

  private func writes(_ read: ReadRequest) -> Bool {
    switch read {
    case .call(let method, _): store.writes(method)
    case .erase: true
    default: false
    }
  }

  /// - Parameter ids: those that the call of another module's write method has made, with all before.
  private func gave(
    _ asked: Asked, _ result: Result<JSONValue, RPCError>, ids: [String]?, _ state: inout State
  ) {
    var result = result
    if var record = state.sessions[asked.session]?.calls[asked.call] {
      result = bounded(asked, result, record, state.settings.limits)
      note(asked, result, ids, &record.journal)
      state.sessions[asked.session]?.calls[asked.call] = record
    }
    reply(asked.session, asked.request, result, &state)
  }

  /// What is to be read again when the call is done is bounded.
  private func bounded(
    _ asked: Asked, _ result: Result<JSONValue, RPCError>, _ record: CallRecord, _ limits: PluginLimits
  ) -> Result<JSONValue, RPCError> {
    guard case .success(let value) = result else { return result }
    let limit = record.isRead ? limits.scanRows : limits.verifiedRows
    guard record.journal.rows + asked.read.rows(in: value) > limit else { return result }
    return .failure(
      RPCError(
        .answerTooLarge,
        Text("One call may read \(limit) rows in all", zh: "一次调用最多读取 \(limit) 行"),
        details: ["limit_rows": .int(limit)]))
  }

  private func note(
    _ asked: Asked, _ result: Result<JSONValue, RPCError>, _ ids: [String]?, _ journal: inout CallJournal
  ) {
    let position = asked.operations.count
    switch (asked.read, ids, result) {
    case (_, _, .failure(let error)) where error.kind == .answerTooLarge: return
    case (.call(let method, let params), let ids?, .success(let value)):
      journal.ids = ids
      journal.note(rehearsed: method, params, value)
    case (.erase, let ids?, .success): journal.ids = ids
    case (_, _, .failure(let error)) where asked.isRehearsed && error.kind == .conflict && position > 0:
      journal.isDoomed = true
      return
    // What it was about to do is refused: it will do something else.
    case (_, _, .failure) where asked.isRehearsed && position > 0: return
    default: journal.note(asked.read, at: position, result)
    }
    journal.note(decided: asked.operations)
  }
}
