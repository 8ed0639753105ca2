import CStationSQLite
import Foundation
import GRDBSQLite
import StationAudit
import StationKit
import Synchronization

/// Makes commits durable behind the writer's back, and only then lets anyone hear of them.
///
/// The writer commits and goes on to its next batch; this thread waits for the disk (`fdatasync` of the WAL),
/// once for all commits that stand in line, and then hands out their answers, their events and their tree head.
/// Readers see a commit as soon as it is made; what they answer waits here too, until everything that they can
/// have seen is on disk. When the disk fails, whatever waits is refused, and the store is broken.
final class Syncer: @unchecked Sendable {
  /// What waits for one commit to be on disk.
  struct Commit {
    let answers: [(WriteJob, Answer)]
    let events: [StoredEvent]
    let head: TreeHead
    let calls: Int
  }

  private let hooks: StoreHooks
  private let health: HealthBoard
  private let anchor: AnchorKeeper
  /// nil where SQLite itself syncs (or, in the test of that, does not).
  private let wal: WALHandle?
  /// Commits begun, and how many of these are on disk or have been given up. Every commit is counted before
  /// a reader can see it.
  private let begun = Atomic<UInt64>(0)
  private let settled = Atomic<UInt64>(0)
  private let failed = Atomic<Bool>(false)
  // What follows is touched only with `condition` locked.
  private let condition = NSCondition()
  private var line: [Commit] = []
  private var isSyncing = false
  private var isOpen = true
  private var readers: [(after: UInt64, answer: @Sendable () -> Void)] = []
  private let finished = DispatchSemaphore(value: 0)

  /// Commits that may stand in line before the writer waits.
  private static let limit = 8

  init(hooks: StoreHooks, health: HealthBoard, anchor: AnchorKeeper, wal: WALHandle?) {
    self.wal = wal
    self.hooks = hooks
    self.health = health
    self.anchor = anchor
  }

  func start() {
    let thread = Thread { [self] in
      run()
      finished.signal()
    }
    thread.name = "syncer"
    thread.start()
  }

  /// Whether the disk failed: nothing is known to be on it any more.
  var isBroken: Bool { failed.load(ordering: .acquiring) }

  // MARK: - The writer's side

  /// Before a commit can be seen.
  func begin() { begun.add(1, ordering: .sequentiallyConsistent) }

  /// The commit was undone: nothing of it is there to be synced.
  func abandon() {
    drain()
    settled.store(begun.load(ordering: .acquiring), ordering: .sequentiallyConsistent)
    releaseReaders()
  }

  /// The commit is made. Returns at once where others wait for the writer; otherwise syncs here, because handing
  /// over to another thread would take longer.
  func finish(_ commit: Commit, othersWait: Bool) {
    condition.lock()
    while line.count >= Self.limit { condition.wait() }
    guard !othersWait, line.isEmpty, !isSyncing else {
      line.append(commit)
      condition.broadcast()
      condition.unlock()
      return
    }
    isSyncing = true
    condition.unlock()
    settle([commit])
  }

  /// The disk failed elsewhere: whatever is handed in from here on is refused.
  func giveUp() { failed.store(true, ordering: .releasing) }

  /// Waits until nothing stands in line: before a checkpoint moves frames into the database, and at the end.
  func drain() {
    condition.lock()
    while isSyncing || !line.isEmpty { condition.wait() }
    condition.unlock()
  }

  /// Syncs what is left, then ends the thread.
  func stop() {
    drain()
    condition.lock()
    isOpen = false
    condition.broadcast()
    condition.unlock()
    finished.wait()
  }

  // MARK: - The readers' side

  /// Runs `answer` once every commit that a reader can have seen until now is on disk: mostly at once.
  func whenDurable(_ answer: @escaping @Sendable () -> Void) {
    let seen = begun.load(ordering: .sequentiallyConsistent)
    if settled.load(ordering: .sequentiallyConsistent) >= seen { return answer() }
    condition.lock()
    guard settled.load(ordering: .sequentiallyConsistent) < seen else {
      condition.unlock()
      return answer()
    }
    readers.append((seen, answer))
    condition.unlock()
  }

  /// The number of commits, while all of them are on disk; nil while one is under way.
  var quiet: UInt64? {
    let done = settled.load(ordering: .sequentiallyConsistent)
    return begun.load(ordering: .sequentiallyConsistent) == done ? done : nil
  }

  // MARK: - Its thread

  private func run() {
    while true {
      condition.lock()
      while isSyncing || (line.isEmpty && isOpen) { condition.wait() }
      guard !line.isEmpty else { return condition.unlock() }
      let commits = line
      line = []
      isSyncing = true
      // The writer may wait for room.
      condition.broadcast()
      condition.unlock()
      settle(commits)
    }
  }

  /// Makes the commits durable and lets their callers hear. `isSyncing` is set, and is unset at the end.
  private func settle(_ commits: [Commit]) {
    let begun = Monotonic.now()
    let code = isBroken ? nil : wal?.sync()
    if let code, code != 0 {
      failed.store(true, ordering: .releasing)
      let reason = "syncing the write-ahead log failed (SQLite code \(code))"
      health.broke(reason)
      hooks.broken(reason)
    }
    if code == SQLITE_OK { health.figures.synced(nanoseconds: Monotonic.now() - begun) }
    if isBroken {
      let answers = commits.flatMap(\.answers)
      hooks.answering { for (job, _) in answers { job.done(.failure(RPCError(.unavailable))) } }
    } else {
      publish(commits)
    }
    settled.add(UInt64(commits.count), ordering: .sequentiallyConsistent)
    releaseReaders()
    condition.lock()
    isSyncing = false
    condition.broadcast()
    condition.unlock()
  }

  private func publish(_ commits: [Commit]) {
    for commit in commits { health.batchCommitted(calls: commit.calls) }
    if let last = commits.last {
      anchor.publish(last.head)
      health.figures.logHas(last.head.size)
    }
    // Told of before the answers leave: who was answered and then subscribes must not hear of them as new.
    let events = commits.count == 1 ? commits[0].events : commits.flatMap(\.events)
    if !events.isEmpty { hooks.events(events) }
    let answers = commits.count == 1 ? commits[0].answers : commits.flatMap(\.answers)
    guard !answers.isEmpty else { return }
    hooks.answering { for (job, answer) in answers { job.done(answer) } }
  }

  private func releaseReaders() {
    condition.lock()
    let done = settled.load(ordering: .sequentiallyConsistent)
    let ready = readers.filter { $0.after <= done }
    if !ready.isEmpty { readers.removeAll { $0.after <= done } }
    condition.unlock()
    guard !ready.isEmpty else { return }
    hooks.answering { for reader in ready { reader.answer() } }
  }
}

/// The writer connection's WAL in the store's own file layer. It lives as long as the connection.
struct WALHandle: @unchecked Sendable {
  // The C side says which calls may come from which thread.
  private let file: UnsafeMutableRawPointer

  /// nil where the connection's WAL is not in the store's own file layer.
  init?(connection: UnsafeMutableRawPointer) {
    guard let file = station_vfs_wal(connection) else { return nil }
    self.file = file
  }

  /// Whether SQLite's own syncs of the WAL are left to ``sync()``. On the writer's thread.
  func leavesSyncs(_ on: Bool) { station_wal_defer(file, on ? 1 : 0) }

  /// Waits until what was written is on disk; an SQLite result code. On any thread, one at a time.
  func sync() -> Int32 { station_wal_sync(file) }
}
