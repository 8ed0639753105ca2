import StationKit
import StationPluginWire

extension PluginRunner {
  /// The plugin's answer to a call.
  func answered(
    _ number: Int, _ id: Int, _ result: Result<JSONValue, RPCError>, _ state: inout State,
    _ after: inout [After]
  ) {
    guard let record = state.sessions[number]?.calls.removeValue(forKey: id),
      let check = state.sessions[number]?.check, let sights = state.sessions[number]?.sights,
      let keptCalls = state.sessions[number]?.keptCalls
    else { return }
    state.sessions[number]?.answeredAt = MonotonicTime.milliseconds()
    learnHabit(record, &state)
    defer { dispatchWaiting(&state) }
    let outcome: Result<Prepared, RPCError>
    do throws(RPCError) {
      outcome = .success(
        try prepared(record, try result.get(), check, sights, keptCalls, state.settings.limits))
    } catch let error {
      if case .success = result {
        offence(number, "\(record.call.context.method): \(error.message.en)", &state, &after)
        outcome = .failure(RPCError(.internalError))
      } else {
        outcome = .success(refusal(record, error, sights, state.settings.limits))
      }
    }
    if case .failure = outcome { release(record, posted: false, &state, &after) }
    let done: After = { record.done(outcome) }
    if state.desk.mayPost(record.number) {
      after.append(done)
    } else {
      state.held.append((record.number, done))
    }
  }

  /// The call has been posted to the writer, or has ended without: what waited for that goes on.
  ///
  /// - Parameter posted: whether it takes all numbers that it was given.
  func release(_ record: CallRecord, posted: Bool, _ state: inout State, _ after: inout [After]) {
    if !posted, record.isForetold { state.habits[record.call.name] = nil }
    state.reruns.remove(record.number)
    let grants = state.desk.release(call: record.number, posted: posted)
    if !grants.isEmpty { serve(grants, &state, &after) }
    while let place = state.held.firstIndex(where: { state.desk.mayPost($0.call) }) {
      after.append(state.held.remove(at: place).done)
    }
  }

  /// - Throws: what is wrong with the answer; its text goes to the log only.
  private func prepared(
    _ record: CallRecord, _ answer: JSONValue, _ check: OperationCheck, _ sights: PluginSights,
    _ keptCalls: Set<String>, _ limits: PluginLimits
  ) throws(RPCError) -> Prepared {
    func wrong(_ what: String) -> RPCError { RPCError(.internalError, Text(what, zh: what)) }
    guard case .object(let object) = answer, let result = object["result"] else {
      throw wrong("an answer without a result")
    }
    guard let operations = PluginConversation.operations(object["operations"], limits) else {
      throw wrong("operations that are none, or too many")
    }
    if case .read = record.call.work, !operations.isEmpty {
      throw wrong("operations in the answer to a read")
    }
    for operation in operations {
      if let offence = check.offence(operation) { throw wrong(offence) }
    }
    guard let kept = PluginConversation.kept(object["kept"], of: keptCalls) else {
      throw wrong("'kept' that are no answers to steady methods, or too many")
    }
    if case .read = record.call.work, !kept.isEmpty { throw wrong("'kept' in the answer to a read") }
    var record = record
    record.journal.note(kept: kept)
    if !record.journal.isDoomed,
      let contradiction = record.journal.contradiction(in: operations, isAnswer: true)
    {
      throw wrong(contradiction)
    }
    let journal = record.journal
    if case .read = record.call.work {
      let state = store.quietState
      let isSettled =
        !record.hasRead || state != nil && state == record.quietState || journal.reads.count == 1
      return prepared(result, isSettled: isSettled, record, operations, sights, limits)
    }
    return prepared(result, isSettled: false, record, operations, sights, limits)
  }

  private func prepared(
    _ result: JSONValue, isSettled: Bool, _ record: CallRecord, _ operations: [Operation],
    _ sights: PluginSights, _ limits: PluginLimits
  ) -> Prepared {
    let journal = record.journal
    let takesAll = journal.takesAll(operations)
    return Prepared(
      result: result, isSettled: isSettled,
      posted: { [self] in
        with { state, after in release(record, posted: takesAll, &state, &after) }
      },
      body: { [self] transaction in
        guard !journal.isDoomed else { throw StaleReads() }
        store.useAgain(journal.ids, in: transaction)
        do {
          try journal.replay(
            operations, on: transaction, rows: limits.scanRows, seen: sights.see)
        } catch let stale as StaleReads {
          learn(from: stale, journal)
          throw stale
        }
      })
  }

  /// A number that was foretold is not the one that the store gives: those to come are foretold from that.
  func learn(from stale: StaleReads, _ journal: CallJournal) {
    guard let number = stale.number,
      let grant = journal.numbers.first(where: { $0.series == number.series })
    else { return }
    with { state, _ in
      state.desk.correct(number.series, next: number.value, generation: grant.generation)
    }
  }

  /// A refusal counts once what led to it still holds.
  private func refusal(
    _ record: CallRecord, _ error: RPCError, _ sights: PluginSights, _ limits: PluginLimits
  ) -> Prepared {
    let journal = record.journal
    return Prepared(
      result: nil,
      posted: { [self] in
        with { state, after in release(record, posted: false, &state, &after) }
      },
      body: { transaction in
        guard !journal.isDoomed else { throw StaleReads() }
        try journal.verifyFirstReads(
          on: transaction, rows: limits.scanRows, seen: sights.see)
        throw error
      })
  }
}
