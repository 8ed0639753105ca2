import StationKit

extension Store {
  /// Proves that the writer goes on: `done` hears `true` when it has come round to a job of no work, no deadline is
  /// due, and all before it is on disk; `false` where the queue has no place for the job.
  package func proveProgress(_ done: @escaping @Sendable (Bool) -> Void) {
    write(
      WriteJob(cause: .unrecorded, work: .settle) { answer in
        switch answer {
        case .success: done(true)
        case .failure: done(false)
        }
      })
  }
}
