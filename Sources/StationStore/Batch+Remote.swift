import GRDB
import StationKit

extension Batch {
  /// A deadline whose handler ran in another process. It may have been set anew or cancelled meanwhile: then
  /// what the handler decided is not wanted any more.
  mutating func fired(_ deadline: DueDeadline, _ remote: RemoteDeadline) throws -> Answer {
    var answer: Answer = .success([])
    if try DeadlineTable.due(deadline, on: db) == deadline.due {
      answer = try fire(deadline, outcome: remote.outcome)
      if remote.runsAgain { return answer }
      if remote.isStale { answer = try fire(deadline, outcome: .failure(RPCError(.conflict))) }
    }
    state.lent.remove(deadline.lent)
    state.setNextDue(try DeadlineTable.nextDue(except: state.lent, on: db))
    return answer
  }

  /// Runs something and undoes it. It leaves no record: nothing has happened, and what it tells is told again,
  /// with a record, by the call that it belongs to.
  mutating func rehearse(_ rehearsal: Rehearsal) throws -> Answer {
    guard usesSavepoints else { throw NeedsSavepoints() }
    guard let module = catalog.registry.modules[rehearsal.module] else {
      return .failure(RPCError(.unavailable))
    }
    let transaction = SQLWriteTransaction(
      db: db, catalog: catalog, module: module, context: rehearsal.context, tracksReads: false, state: state,
      hot: hot)
    let before = (state: state.mark, log: log)
    try db.run("SAVEPOINT call")
    let answer: Answer
    do {
      let value = try rehearsal.body(transaction)
      answer = .success(value.encoded())
    } catch let error as SQLError where error.severity != .call {
      throw error
    } catch {
      answer = .failure(error as? RPCError ?? RPCError(error is StaleReads ? .conflict : .internalError))
      if !(error is RPCError), !(error is StaleReads) { report("\(rehearsal.context.method): \(error)") }
    }
    try hot.requireTransaction()
    try db.run("ROLLBACK TO call")
    try db.run("RELEASE call")
    state.restore(before.state)
    _ = state.takeErased()
    log = before.log
    return answer
  }
}

extension ReadTransaction {
  /// Ids that a rehearsal made for its new records, in order; and, set before, those to be used again.
  package var madeIDs: [String] { (self as? SQLWriteTransaction)?.madeIDs ?? [] }

  package func useAgain(ids: [String]) { (self as? SQLWriteTransaction)?.givenIDs += ids }
}
