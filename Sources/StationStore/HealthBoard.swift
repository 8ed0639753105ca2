import StationKit
import Synchronization

/// How the store is doing, written by its threads and read by anyone.
package final class HealthBoard: Sendable {
  package struct Reading: Sendable {
    /// Why writes are refused at present, if they are.
    package var trouble: ErrorKind?
    /// Set once when the store had to stop for good.
    package var brokenBy: String?
    package var anchorTrouble: String?
    /// Which of the database's files is not in its place any more.
    package var displaced: String?
    /// Whether the anchor's files were removed or replaced while the daemon ran.
    package var anchorWasRemade = false
    /// Whether the database was changed while no daemon ran, and there is a record of that.
    package var sealIsTold = false
    package var batches = 0
    package var calls = 0
    package var failedBatches = 0
    /// How often something sealed did not authenticate since the start.
    package var unreadable = 0
    /// Whether erased content may still be in the write-ahead log, because a reader holds it.
    package var wipeIsPending = false
    /// When the newest backup since the start was taken.
    package var lastBackup: Instant?
  }

  private let reading = Mutex(Reading())
  /// What the store's threads count.
  package let figures = StoreFigures()
  /// Pages in the WAL after the last commit.
  let walPages = Atomic<Int32>(0)

  /// Pages in the WAL after the last commit.
  package var logPages: Int { Int(walPages.load(ordering: .relaxed)) }

  package var now: Reading { reading.withLock { $0 } }

  func batchCommitted(calls: Int) {
    reading.withLock {
      $0.trouble = nil
      $0.batches += 1
      $0.calls += calls
    }
  }

  func batchFailed(_ kind: ErrorKind) {
    reading.withLock {
      $0.trouble = kind
      $0.failedBatches += 1
    }
  }

  func broke(_ reason: String) { reading.withLock { $0.brokenBy = reason } }

  /// Whether a file of the database is not in its place.
  var isDisplaced: Bool { reading.withLock { $0.displaced != nil } }

  /// - Returns: whether it is news that a file is not in its place.
  func displaced(_ path: String?) -> Bool {
    reading.withLock { reading in
      defer { reading.displaced = path }
      return path != nil && reading.displaced == nil
    }
  }

  func unreadable() { reading.withLock { $0.unreadable += 1 } }

  func wipe(isPending: Bool) { reading.withLock { $0.wipeIsPending = isPending } }

  func anchorRemade() { reading.withLock { $0.anchorWasRemade = true } }

  func toldOfSeal() { reading.withLock { $0.sealIsTold = true } }

  func backedUp(at instant: Instant) { reading.withLock { $0.lastBackup = instant } }

  func anchor(_ trouble: String?) { reading.withLock { $0.anchorTrouble = trouble } }
}
