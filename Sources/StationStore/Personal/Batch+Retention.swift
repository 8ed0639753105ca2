import StationKit

extension Batch {
  /// Removes a record whose keeping has ended.
  mutating func expire(_ due: DueDeadline, _ cause: Cause, _ now: Instant) throws {
    let name = due.kind.dropFirst(RetentionRule.prefix.count)
    guard let plan = catalog.retention(due.kind),
      let module = catalog.registry.modules[String(name.prefix { $0 != "." })]
    else {
      report("'\(due.kind)' is due, but the collection is not there or is kept for ever")
      _ = try refuse(RPCError(.unavailable), cause, now)
      return try DeadlineTable.postpone(due, now: now, on: db)
    }
    let transaction = SQLWriteTransaction(
      db: db, catalog: catalog, module: module,
      context: environment.context(
        environment.systemPrincipal, method: cause.method, now: now, purpose: nil, reason: nil),
      tracksReads: false, state: state, hot: hot)
    let answer = try attempt(cause, now, transaction) { batch in
      transaction.hasWritten = true
      try transaction.expire(plan, due)
      try batch.log.append(
        cause: cause, at: now, outcome: "ok", written: transaction.written, salts: batch.state.random,
        batch.hot)
      return .success([])
    }
    if case .failure = answer { try DeadlineTable.postpone(due, now: now, on: db) }
  }
}

extension SQLWriteTransaction {
  /// Removes the record, without a look at its content, and the deadline with it.
  fileprivate func expire(_ plan: CollectionPlan, _ due: DueDeadline) throws {
    let statement = try SQL("SELECT version FROM \(plan.table) WHERE id = ?", on: db).bind(1, due.subject)
    let version = try statement.step() ? statement.int(0) : nil
    statement.done()
    if let version {
      try remove(plan, due.subject, version: version)
    } else {
      try DeadlineTable.remove(due.kind, due.subject, on: db)
    }
  }
}
