import Synchronization

/// What the store's threads count, for the metrics. Kept beside ``HealthBoard``, which says whether it is well.
package final class StoreFigures: Sendable {
  package struct Reading: Sendable {
    /// Calls in each batch that was committed.
    package var batchCalls = Histogram.batches
    /// From the first statement of a batch to the end of its COMMIT, the sync excluded; nanoseconds.
    package var batchTime = Histogram.durations
    /// Syncs of the write-ahead log; nanoseconds.
    package var syncTime = Histogram.durations
    /// Moving the write-ahead log into the database; nanoseconds.
    package var checkpointTime = Histogram.durations
    package var deadlinesFired = 0
    /// Calls turned away because too many waited.
    package var turnedAway = 0
    /// Records of the log that are on disk.
    package var logSize: UInt64 = 0
  }

  private let reading = Mutex(Reading())

  package var now: Reading { reading.withLock { $0 } }

  func batch(calls: Int, nanoseconds: UInt64) {
    reading.withLock {
      $0.batchCalls.note(UInt64(calls))
      $0.batchTime.note(nanoseconds)
    }
  }

  func synced(nanoseconds: UInt64) { reading.withLock { $0.syncTime.note(nanoseconds) } }
  func checkpointed(nanoseconds: UInt64) { reading.withLock { $0.checkpointTime.note(nanoseconds) } }
  func fired(_ deadlines: Int) { reading.withLock { $0.deadlinesFired += deadlines } }
  func turnedAway() { reading.withLock { $0.turnedAway += 1 } }
  func logHas(_ size: UInt64) { reading.withLock { $0.logSize = size } }
}
