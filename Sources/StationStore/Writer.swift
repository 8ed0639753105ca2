import CStationFiles
import Foundation
import GRDB
import GRDBSQLite
import StationAudit
import StationKit
import Synchronization

/// The one thread that writes: it drains the queue into batches, commits each once, then answers.
///
/// It also fires deadlines and makes every WAL checkpoint, because no other connection may write.
final class Writer: @unchecked Sendable {
  // Everything below `mailbox` is used by the writer's thread alone once it runs.
  private let mailbox = Mailbox<WriteJob>()
  let pool: DatabasePool
  let catalog: LiveCatalog
  let environment: Environment
  let hooks: StoreHooks
  private let health: HealthBoard
  private let syncer: Syncer
  /// nil where SQLite itself syncs.
  private let wal: WALHandle?
  private let queueLimit: Atomic<Int>
  private let checkpointPages: Int32
  let state: WriterState
  var log: AuditLog
  private var hot: HotStatements?
  private var settling: [WriteJob] = []
  /// No deadline is tried before this monotonic instant, after a batch that failed.
  private var deadlinesRestUntil: UInt64 = 0
  private var nextPrune: UInt64 = 0
  private var isBroken = false
  /// Due deadlines whose handlers are in another process, to be lent when the batch is committed.
  var lending: [(DueDeadline, kind: String, module: any RemoteModule)] = []
  private var wiper = Wiper()
  /// Places among the batch's answers of calls that erased something.
  private var erasing: [Int] = []
  private var erases = false
  private let finished = DispatchSemaphore(value: 0)

  private static let callsPerBatch = 128
  private static let deadlinesPerBatch = 64

  init(
    pool: DatabasePool, catalog: LiveCatalog, environment: Environment, hooks: StoreHooks,
    health: HealthBoard, syncer: Syncer, wal: WALHandle?, configuration: StoreConfiguration, log: AuditLog,
    eventSeq: Int
  ) {
    self.pool = pool
    self.catalog = catalog
    self.environment = environment
    self.hooks = hooks
    self.health = health
    self.syncer = syncer
    self.wal = wal
    queueLimit = Atomic(configuration.queueLimit)
    checkpointPages = configuration.checkpointPages
    self.log = log
    state = WriterState(eventSeq: eventSeq)
  }

  func start() throws {
    state.setNextDue(try pool.read { try DeadlineTable.nextDue(on: $0) })
    wal?.leavesSyncs(true)
    syncer.start()
    let thread = Thread { [self] in
      station_name_thread("writer")
      run()
      finished.signal()
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// From any thread. `false` when the queue is full or the writer has stopped.
  func post(_ job: WriteJob, limit: Int? = nil) -> Bool {
    mailbox.post(job, job.cause.line, limit: limit ?? queueLimit.load(ordering: .relaxed))
  }

  func setQueueLimit(_ limit: Int) { queueLimit.store(limit, ordering: .relaxed) }

  func clockChanged() { mailbox.poke() }

  var waiting: Int { mailbox.count }

  /// The log's head; once the thread has ended.
  var head: TreeHead { log.tree.head }

  /// Finishes what is queued, then ends the thread.
  func stop() {
    mailbox.close()
    finished.wait()
    syncer.stop()
    wal?.leavesSyncs(false)
    // The connection closes only when its statements are gone.
    hot = nil
  }

  private func run() {
    while let jobs = mailbox.take(upTo: Self.callsPerBatch, waiting: patience()) {
      if isBroken || syncer.isBroken {
        isBroken = true
        answer(jobs.map { ($0, .failure(RPCError(.unavailable))) })
        continue
      }
      let calls = inPlace(jobs.filter { $0.work.isForBatch })
      settling += jobs.filter { if case .settle = $0.work { true } else { false } }
      for job in jobs { if case .adopt(let change) = job.work { adopt(change, job) } }
      runBatch(calls)
      if !settling.isEmpty, !deadlineIsDue && state.lent.isEmpty || isBroken {
        // Whatever they waited for is on disk.
        syncer.drain()
        let answer: Answer = isBroken || syncer.isBroken ? .failure(RPCError(.unavailable)) : .success([])
        self.answer(settling.map { ($0, answer) })
        settling = []
      }
    }
  }

  /// What may go on though the database's files are not in their place; the rest is refused, and no deadline fires.
  private func inPlace(_ jobs: [WriteJob]) -> [WriteJob] {
    guard health.isDisplaced else { return jobs }
    deadlinesRestUntil = Monotonic.now() + 1_000_000_000
    let refusal = RPCError(.unavailable, retryAfterMs: 1000)
    answer(jobs.filter(\.needsPlace).map { ($0, .failure(refusal)) })
    return jobs.filter { !$0.needsPlace }
  }

  /// Seconds the thread may sleep; nil when only a job can make work.
  private func patience() -> Double? {
    guard let wipe = wiper.retryAt, !isBroken else { return patienceForDeadlines() }
    let rest = Double(max(0, Int64(wipe) - Int64(Monotonic.now()))) / 1e9
    return patienceForDeadlines().map { min($0, rest) } ?? rest
  }

  private func patienceForDeadlines() -> Double? {
    guard !isBroken, let due = state.nextDue else { return nil }
    let clock = environment.clock
    let rest = Double(max(0, Int64(deadlinesRestUntil) - Int64(Monotonic.now()))) / 1e9
    let wait = Double(due - clock.now().milliseconds) / 1000
    if wait <= 0 { return rest }
    if clock.isHeld { return nil }
    // The clock may be set while the thread sleeps: look again every second.
    return max(rest, min(wait, 1))
  }

  private var deadlineIsDue: Bool {
    guard let due = state.nextDue, Monotonic.now() >= deadlinesRestUntil else { return false }
    return due <= environment.clock.now().milliseconds
  }

  private func runBatch(_ jobs: [WriteJob]) {
    if let retry = wiper.retryAt, Monotonic.now() >= retry { wipe() }
    let firesDeadlines = deadlineIsDue
    guard !jobs.isEmpty || firesDeadlines else { return }
    let mark = state.mark
    let begun = Monotonic.now()
    var answers: [(WriteJob, Answer)] = []
    answers.reserveCapacity(jobs.count)
    do {
      let extended: AuditLog
      do {
        extended = try commit(jobs, &answers, firesDeadlines, usesSavepoints: false)
      } catch is Batch.NeedsSavepoints {
        state.restore(mark)
        answers.removeAll(keepingCapacity: true)
        extended = try commit(jobs, &answers, firesDeadlines, usesSavepoints: true)
      }
      log = extended
    } catch {
      state.restore(mark)
      lending = []
      syncer.abandon()
      fail(error, jobs)
      return
    }
    health.figures.batch(calls: jobs.count, nanoseconds: Monotonic.now() - begun)
    if erases {
      wipe()
      if wiper.retryAt != nil { for place in erasing { answers[place].1 = .failure(Wiper.pending) } }
    }
    syncer.finish(
      Syncer.Commit(
        answers: answers, events: state.takeEvents(), head: log.tree.head, calls: jobs.count),
      othersWait: mailbox.count > 0)
    lend()
    maintain()
  }

  /// Runs the batch in one transaction; returns the log with its records.
  private func commit(
    _ jobs: [WriteJob], _ answers: inout [(WriteJob, Answer)], _ firesDeadlines: Bool,
    usesSavepoints: Bool
  ) throws -> AuditLog {
    try pool.writeWithoutTransaction { db in
      try inTransaction(db) {
        var batch = Batch(
          db: db, hot: statements(db), catalog: catalog.now, state: state, environment: environment,
          report: hooks.report,
          log: log, usesSavepoints: usesSavepoints)
        (erases, erasing) = (false, [])
        _ = state.takeErased()
        for job in jobs {
          let answer = try batch.run(job)
          if state.takeErased(), case .success = answer { erasing.append(answers.count) }
          answers.append((job, answer))
        }
        if firesDeadlines { try fireDeadlines(&batch) }
        erases = state.takeErased() || !erasing.isEmpty
        if erases { try Wiper.note(on: db) }
        try state.storeSeries(on: db)
        return batch.log
      }
    }
  }

  /// The one connection's statements, compiled when first needed.
  private func statements(_ db: Database) -> HotStatements {
    if let hot { return hot }
    let made = HotStatements(db)
    hot = made
    return made
  }

  private func inTransaction<T>(_ db: Database, _ body: () throws -> T) throws -> T {
    try db.run("BEGIN IMMEDIATE")
    do {
      let value = try body()
      syncer.begin()
      try db.run("COMMIT")
      return value
    } catch {
      // SQLite has undone the transaction itself after some failures.
      if db.isInsideTransaction { try? db.run("ROLLBACK") }
      throw error
    }
  }

  private func fireDeadlines(_ batch: inout Batch) throws {
    let now = environment.clock.now()
    let limit = Self.deadlinesPerBatch + state.lent.count
    let due = try DeadlineTable.due(at: now, limit: limit, on: batch.db).filter {
      !state.lent.contains($0.lent)
    }
    for deadline in due {
      if let (_, kind) = batch.catalog.deadline(deadline.kind), let module = kind.remote {
        lending.append((deadline, kind.name, module))
      } else {
        try batch.fire(deadline)
      }
    }
    health.figures.fired(due.count)
    let lent = state.lent.union(lending.map(\.0.lent))
    state.setNextDue(try DeadlineTable.nextDue(except: lent, on: batch.db))
  }

  /// The batch was undone: every caller hears so.
  private func fail(_ error: any Error, _ jobs: [WriteJob]) {
    let sql = error as? SQLError
    let kind: ErrorKind = sql?.severity == .full ? .storageFull : .unavailable
    deadlinesRestUntil = Monotonic.now() + 1_000_000_000
    health.batchFailed(kind)
    hooks.report("a batch of \(jobs.count) failed and was undone: \(error)")
    let refusal = RPCError(kind, retryAfterMs: 1000)
    answer(jobs.map { ($0, .failure(refusal)) })
    if sql?.severity == .fatal || sql == nil {
      // What is on disk is no longer known. SQLite would accept the next commit: we do not.
      isBroken = true
      health.broke("\(error)")
      hooks.broken("\(error)")
    } else {
      // Deadlines set by the undone batch are not there: ask the database.
      for case .fired(let deadline, _) in jobs.map(\.work) { state.lent.remove(deadline.lent) }
      let lent = state.lent
      state.setNextDue((try? pool.read { try DeadlineTable.nextDue(except: lent, on: $0) }) ?? state.nextDue)
    }
  }

  func answer(_ answers: [(WriteJob, Answer)]) {
    guard !answers.isEmpty else { return }
    hooks.answering { for (job, answer) in answers { job.done(answer) } }
  }

  /// Between batches, when everyone has been answered.
  private func maintain() {
    if health.walPages.load(ordering: .relaxed) >= checkpointPages { checkpoint() }
    let now = Monotonic.now()
    guard now >= nextPrune else { return }
    nextPrune = now + 60_000_000_000
    let today = environment.clock.now()
    do {
      try pool.writeWithoutTransaction { db in try IdempotencyTable.prune(at: today, on: db) }
    } catch {
      hooks.report("pruning idempotency keys: \(error)")
    }
  }

  /// Removes what was erased from the write-ahead log: before whoever erased it is answered.
  private func wipe() {
    moveLog { db in
      try wiper.run(db, health: health)
      if wiper.retryAt == nil { health.walPages.store(0, ordering: .relaxed) }
    }
  }

  private func checkpoint() {
    moveLog { db in
      var inLog: Int32 = 0
      var moved: Int32 = 0
      let code = sqlite3_wal_checkpoint_v2(
        db.sqliteConnection, nil, SQLITE_CHECKPOINT_PASSIVE, &inLog, &moved)
      guard code == SQLITE_OK || code == SQLITE_BUSY else {
        throw SQLError(code, of: db.sqliteConnection)
      }
      // All moved: the next commit starts the WAL anew.
      if inLog == moved { health.walPages.store(0, ordering: .relaxed) }
    }
  }

  /// Moves the WAL into the database, which must not be written before the WAL is on disk: SQLite sees to that by
  /// itself here.
  private func moveLog(_ body: (Database) throws -> Void) {
    syncer.drain()
    guard !syncer.isBroken else { return }
    wal?.leavesSyncs(false)
    defer { wal?.leavesSyncs(true) }
    let begun = Monotonic.now()
    do {
      try pool.writeWithoutTransaction(body)
      health.figures.checkpointed(nanoseconds: Monotonic.now() - begun)
    } catch {
      failCheckpoint(error)
    }
  }

  private func failCheckpoint(_ error: any Error) {
    hooks.report("WAL checkpoint: \(error)")
    guard (error as? SQLError)?.severity == .fatal else { return }
    isBroken = true
    syncer.giveUp()
    health.broke("\(error)")
    hooks.broken("\(error)")
  }
}

/// What the store tells the daemon.
package struct StoreHooks: Sendable {
  /// A line for the daemon's log; never personal data.
  package let report: @Sendable (String) -> Void
  /// Events that are on disk now, in order. On the writer's thread.
  package let events: @Sendable ([StoredEvent]) -> Void
  /// What is on disk is no longer known: the daemon must stop and recover at its next start.
  package let broken: @Sendable (String) -> Void
  /// Runs the closure, which answers all calls of a batch: here or on another thread, but in order.
  package let answering: @Sendable (@escaping @Sendable () -> Void) -> Void

  package init(
    report: @escaping @Sendable (String) -> Void,
    events: @escaping @Sendable ([StoredEvent]) -> Void,
    broken: @escaping @Sendable (String) -> Void,
    answering: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void = { $0() }
  ) {
    self.report = report
    self.events = events
    self.broken = broken
    self.answering = answering
  }
}
