import Synchronization

/// How far the backup under way is; one at a time.
package final class BackupDesk: Sendable {
  /// What is being done.
  package enum Step: String, Sendable, CaseIterable { case none, copying, verifying }

  package struct Progress: Sendable, Equatable {
    package var step = Step.none
    /// Pages while copying, records while verifying.
    package var done: UInt64 = 0
    package var all: UInt64 = 0
  }

  private let state = Mutex(Progress())

  package var progress: Progress { state.withLock { $0 } }

  /// False while another is being made.
  func begin() -> Bool {
    state.withLock { progress in
      guard progress.step == .none else { return false }
      progress.step = .copying
      return true
    }
  }

  func note(_ step: Step, _ done: UInt64, of all: UInt64) {
    state.withLock { $0 = Progress(step: step, done: done, all: all) }
  }

  func end() { state.withLock { $0 = Progress() } }
}
