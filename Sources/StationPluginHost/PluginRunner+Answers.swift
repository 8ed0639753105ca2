import StationKit
import StationPluginWire

extension PluginRunner {
  /// The plugin's answer to a call.
  func answered(
    _ number: Int, _ id: Int, _ result: Result<JSONValue, RPCError>, _ state: inout State,
    _ after: inout [After]
  ) {
    guard let record = state.sessions[number]?.calls.removeValue(forKey: id),
      let loaded = state.sessions[number]?.loaded
    else { return }
    state.sessions[number]?.answeredAt = Monotonic.milliseconds()
    learnHabit(record, &state)
    defer { dispatchWaiting(&state) }
    let limits = state.settings.limits
    let outcome: Result<Prepared, RPCError>
    switch result {
    case .failure(let error): outcome = .success(refusal(record, error, loaded.sights, limits))
    case .success(let value):
      do throws(CheckedAnswer.Fault) {
        let answer = try CheckedAnswer(value, to: record, loaded, limits)
        outcome = .success(prepared(answer, loaded.sights, limits))
      } catch {
        offence(number, "\(record.call.context.method): \(error.what)", &state, &after)
        release(record, posted: false, &state, &after)
        outcome = .failure(RPCError(.internalError))
      }
    }
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

  private func prepared(_ answer: CheckedAnswer, _ sights: PluginSights, _ limits: PluginLimits) -> Prepared {
    let (record, operations) = (answer.record, answer.operations)
    let journal = record.journal
    let takesAll = journal.takesAll(operations)
    return Prepared(
      result: answer.result, isSettled: isSettled(record), now: record.call.context.now,
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

  /// Whether what a call read was of one state of the store: then none of it is read again.
  private func isSettled(_ record: CallRecord) -> Bool {
    guard record.isRead else { return false }
    let state = store.quietState
    return !record.hasRead || state != nil && state == record.quietState || record.journal.reads.count == 1
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
      result: nil, now: record.call.context.now,
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
