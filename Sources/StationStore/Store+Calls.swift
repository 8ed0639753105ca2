import GRDB
import StationAudit
import StationCrypto
import StationKit

/// What a read gave: the answer, and what it disclosed.
package struct ReadOutcome: Sendable {
  package let answer: Answer
  package let disclosed: [Touched]
  package let via: [String]
}

extension Store {
  /// Runs a read method on a snapshot, on a reader thread.
  /// - Parameter done: called on that thread; with `queue_full` or `unavailable` where it could not run.
  package func call(
    _ call: StoreCall, line: QueueLine = .daemon, report: @escaping @Sendable (String) -> Void,
    done: @escaping @Sendable (ReadOutcome) -> Void
  ) {
    let method = call.method
    // What was read may be of a commit that is not on disk yet.
    let done: @Sendable (ReadOutcome) -> Void = { [self] outcome in whenDurable { done(outcome) } }
    let fail: @Sendable (RPCError) -> Void = {
      done(ReadOutcome(answer: .failure($0), disclosed: [], via: []))
    }
    let posted = read(
      in: line,
      { [catalog, environment] db, keys in
        if let kind = call.token.start() { return fail(RPCError(kind)) }
        guard let module = catalog.registry.modules[method.moduleName] else {
          return fail(RPCError(.unavailable))
        }
        let transaction = SQLReadTransaction(
          db: db, catalog: catalog, module: module,
          context: call.context(environment, now: environment.clock.now()),
          tracksReads: method.declaration.disclosesPersonalData, keys: keys)
        do {
          let result = try call.prepared?.replay(transaction) ?? transaction.run(method, call.params)
          if environment.checksResults, let violation = method.result.validate(result) {
            throw ModuleFault("result: \(violation.pointer): \(violation.message)")
          }
          if let error = transaction.unreadable { report("\(method.fullName): \(error)") }
          done(
            ReadOutcome(
              answer: .success((call.mask?.apply(to: result) ?? result).encoded()),
              disclosed: transaction.disclosed, via: transaction.via))
        } catch let error as RPCError {
          done(ReadOutcome(answer: .failure(error), disclosed: [], via: transaction.via))
        } catch is StaleReads {
          fail(RPCError(.conflict))
        } catch {
          report("\(method.fullName): \(error)")
          done(ReadOutcome(answer: .failure(RPCError(.internalError)), disclosed: [], via: []))
        }
      },
      failed: { error in
        report("\(method.fullName): \(error)")
        fail(RPCError(.unavailable, retryAfterMs: 1000))
      })
    if !posted { fail(RPCError(.queueFull, retryAfterMs: 100)) }
  }

  /// Reads the log on a consistent snapshot.
  package func readLog<T>(_ body: (LogReader) throws -> T) throws -> T {
    try readNow { try body(LogReader($0)) }
  }

  /// Events after `seq`, oldest first.
  package func events(after seq: Int, limit: Int) throws -> [StoredEvent] {
    try readNow { try EventTable.after(seq, limit: limit, on: $0) }
  }

  package func newestEvent() throws -> Int { try readNow { try EventTable.newest(on: $0) } }

  /// A signed checkpoint of a tree of this log.
  package func sign(_ head: TreeHead) throws -> String {
    try Checkpoint(origin: signer.verifierKey.name, size: head.size, root: head.root)
      .signed(by: signer).encoded
  }
}

extension ReadTransaction {
  /// The audit log as this transaction sees it; for the daemon's own modules.
  package var log: LogReader? { (self as? SQLReadTransaction).map { LogReader($0.db) } }

  /// Notes that a call disclosed a record of the log: its leaf's hash commits to what is kept beside it, too.
  package func disclose(_ entry: AuditEntry) {
    guard let transaction = self as? SQLReadTransaction, transaction.tracksReads else { return }
    transaction.disclosed.append(
      Touched(
        collection: "audit", id: String(entry.seq), version: 1, commitment: MerkleTree.leafHash(entry.leaf)))
  }
}

extension Store {
  /// Reads a page of events on a reader thread. `deliver` gets nothing where that failed: the subscription
  /// stays where it is, and reads on at the next event.
  package func fetchEvents(
    after seq: Int, limit: Int, _ deliver: @escaping @Sendable ([StoredEvent]) -> Void
  ) {
    let fail: @Sendable (any Error) -> Void = { [report] error in
      report("reading events after \(seq): \(error)")
      deliver([])
    }
    let posted = read(
      { [self] db, _ in
        do {
          let events = try EventTable.after(seq, limit: limit, on: db)
          whenDurable { deliver(events) }
        } catch {
          fail(error)
        }
      }, failed: fail)
    if !posted { fail(RPCError(.queueFull)) }
  }

  /// Whether a collection, by its full name, has no record.
  package func isEmpty(collection: String) throws -> Bool {
    guard let plan = catalog.allPlans.first(where: { $0.compiled.fullName == collection }) else {
      return true
    }
    return try readNow { db in
      let statement = try SQL("SELECT 1 FROM \(plan.table) LIMIT 1", on: db)
      defer { statement.done() }
      return try !statement.step()
    }
  }
}
