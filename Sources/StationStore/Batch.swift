import GRDB
import StationAudit
import StationCrypto
import StationKit

/// One group commit: every waiting call, their records, one COMMIT, one fsync.
///
/// A call that fails undoes its own writes only, and leaves its record. Most calls that fail do so before
/// they write, and a savepoint makes SQLite copy every page that the call changes; so a batch first runs
/// without savepoints, and where a call fails after it wrote, the batch is undone and run again with them.
/// A failure of the disk undoes the whole batch, and nothing of it is answered with success.
struct Batch {
  /// A call failed after it had written, in a batch without savepoints.
  struct NeedsSavepoints: Error {}

  let db: Database
  let hot: HotStatements
  let catalog: Catalog
  let state: WriterState
  let environment: Environment
  let report: @Sendable (String) -> Void
  var log: AuditLog
  let usesSavepoints: Bool

  mutating func run(_ job: WriteJob) throws -> Answer {
    switch job.work {
    case .call(let call): return try perform(call, job.cause)
    case .settle, .adopt: return .success([])
    case .upkeep(let body): return try upkeep(body)
    case .fired(let due, let outcome): return try fired(due, outcome)
    case .rehearse(let rehearsal): return try rehearse(rehearsal)
    case .begin:
      try log.append(
        cause: job.cause, at: environment.clock.now(), outcome: "begun", salts: state.random, hot)
      return .success([])
    case .record(let error, let read, let via, let answer):
      try log.append(
        cause: job.cause, at: environment.clock.now(), outcome: error?.kind.rawValue ?? "ok",
        rule: error?.rule, via: via, read: read, salts: state.random, hot)
      return answer
    }
  }

  private mutating func perform(_ call: StoreCall, _ cause: Cause) throws -> Answer {
    let now = environment.clock.now()
    if let kind = call.token.start() { return try refuse(RPCError(kind), cause, now) }
    if let idempotency = call.idempotency,
      let first = try IdempotencyTable.find(idempotency.key, at: now, hot)
    {
      guard !first.result.isForgotten else {
        return try refuse(RPCError(.expired, pointer: "/meta/idempotency_key"), cause, now)
      }
      guard first.digest == idempotency.digest else {
        return try refuse(
          RPCError(.idempotencyMismatch, pointer: "/meta/idempotency_key"), cause, now)
      }
      do {
        let result = try first.result.opened(idempotency.key, state.sealer(catalog.vault))
        try log.append(cause: cause, at: now, outcome: "replayed", salts: state.random, hot)
        return .success(result)
      } catch let error as SealError {
        return try refuse(publicError(error, cause.method), cause, now)
      }
    }
    guard let module = catalog.registry.modules[call.method.moduleName] else {
      return try refuse(RPCError(.unavailable), cause, now)
    }
    let transaction = SQLWriteTransaction(
      db: db, catalog: catalog, module: module, context: call.context(environment, now: now),
      tracksReads: call.method.declaration.disclosesPersonalData, state: state, hot: hot)
    return try attempt(cause, now, transaction) { batch in
      let result = try call.prepared?.replay(transaction) ?? transaction.run(call.method, call.params)
      if batch.environment.checksResults, let violation = call.method.result.validate(result) {
        throw ModuleFault("result of \(call.method.fullName): \(violation.pointer): \(violation.message)")
      }
      let bytes = (call.mask?.apply(to: result) ?? result).encoded()
      if let idempotency = call.idempotency {
        transaction.hasWritten = true
        let kept = try IdempotentResult(
          bytes, discloses: call.method.declaration.disclosesPersonalData,
          asksPersonal: transaction.hasPersonal, key: idempotency.key, batch.state.sealer(batch.catalog.vault)
        )
        try IdempotencyTable.insert(idempotency, result: kept, at: now, batch.hot)
      }
      try batch.log.append(
        cause: cause, at: now, outcome: "ok", via: transaction.via, read: transaction.disclosed,
        written: transaction.written, salts: batch.state.random, batch.hot)
      return .success(bytes)
    }
  }

  /// Runs `body`. When it fails on its own account, its effects go and its record stays.
  mutating func attempt(
    _ cause: Cause, _ now: Instant, _ transaction: SQLWriteTransaction,
    _ body: (inout Batch) throws -> Answer
  ) throws -> Answer {
    // A place to come back to; without savepoints it is the batch's own, and taking one would only copy.
    let before = usesSavepoints ? (state: state.mark, log: log) : nil
    if usesSavepoints { try db.run("SAVEPOINT call") }
    do {
      let answer = try body(&self)
      try hot.requireTransaction()
      if usesSavepoints { try db.run("RELEASE call") }
      return answer
    } catch let error as SQLError where error.severity != .call {
      throw error
    } catch {
      try hot.requireTransaction()
      if let before {
        try db.run("ROLLBACK TO call")
        try db.run("RELEASE call")
        state.restore(before.state)
        log = before.log
      } else if transaction.hasWritten {
        throw NeedsSavepoints()
      }
      // Not an outcome yet: it is run again.
      if error is StaleReads { return .failure(RPCError(.conflict)) }
      return try refuse(publicError(error, cause.method), cause, now, via: transaction.via)
    }
  }

  mutating func refuse(
    _ error: RPCError, _ cause: Cause, _ now: Instant, via: [String] = []
  ) throws -> Answer {
    try log.append(
      cause: cause, at: now, outcome: error.kind.rawValue, rule: error.rule, via: via,
      salts: state.random, hot)
    return .failure(error)
  }

  private func publicError(_ error: any Error, _ method: String) -> RPCError {
    if let error = error as? RPCError { return error }
    report("\(method): \(error)")
    return RPCError(.internalError)
  }

  /// Fires one due deadline. When its handler fails it is tried again later.
  /// - Parameter outcome: what another process made of it, if it runs there.
  /// - Returns: the failure that put it off, if one did.
  @discardableResult
  mutating func fire(_ due: DueDeadline, outcome: Result<Prepared, RPCError>? = nil) throws -> Answer {
    let now = environment.clock.now()
    let told = (try? outcome?.get())?.now
    let context = environment.context(
      environment.systemPrincipal, method: "deadline:\(due.kind)", now: told ?? now, purpose: nil, reason: nil
    )
    let detail: JSONValue = [
      "due": .string(due.due.rfc3339(zone: environment.zone)), "late": .bool(context.isLate(due.due)),
    ]
    let cause = environment.ownCause(context.method, detail: detail.encoded())
    if due.kind.hasPrefix(RetentionRule.prefix) {
      try expire(due, cause, now)
      return .success([])
    }
    guard let (module, kind) = catalog.deadline(due.kind) else {
      report("deadline '\(due.kind)' of a module that is not there")
      let answer = try refuse(RPCError(.unavailable), cause, now)
      try DeadlineTable.postpone(due, now: now, on: db)
      return answer
    }
    let transaction = SQLWriteTransaction(
      db: db, catalog: catalog, module: module, context: context, tracksReads: false, state: state,
      hot: hot)
    let answer = try attempt(cause, now, transaction) { batch in
      transaction.hasWritten = true
      try DeadlineTable.remove(due.kind, due.subject, on: batch.db)
      if let outcome {
        _ = try outcome.get().replay(transaction)
      } else {
        try kind.fire(due.deadline(kind.name, context), context, transaction)
      }
      try batch.log.append(
        cause: cause, at: now, outcome: "ok", via: transaction.via, written: transaction.written,
        salts: batch.state.random, batch.hot)
      return .success([])
    }
    if case .failure = answer, (try? outcome?.get())?.isStale != true {
      try DeadlineTable.postpone(due, now: now, on: db)
    }
    return answer
  }
}
