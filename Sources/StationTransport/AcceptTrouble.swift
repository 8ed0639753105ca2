import NIOCore
import StationKit
import Synchronization

/// Whether connections wait that cannot be accepted; told once, however often accepting is tried again.
final class AcceptTrouble: Sendable {
  /// Longer than the pauses between two attempts, in nanoseconds.
  private static let lasting: UInt64 = 1_000_000_000
  /// What has been quiet so long is told of anew.
  private static let quiet: UInt64 = 60_000_000_000

  private let last = Mutex<UInt64?>(nil)
  private let report: @Sendable (String) -> Void

  init(report: @escaping @Sendable (String) -> Void) { self.report = report }

  var isPresent: Bool {
    let last = last.withLock { $0 }
    return last.map { Monotonic.now() < $0 + Self.lasting } ?? false
  }

  func note(_ error: any Error) {
    let now = Monotonic.now()
    let isNew = last.withLock { last in
      defer { last = now }
      return last.map { now > $0 + Self.quiet } ?? true
    }
    if isNew { report("clients wait that cannot be accepted: \(error)") }
  }
}
