import StationRPC
import StationStore
import Synchronization

/// What became of the calls, by method: how many with which outcome, and how long they took. Nobody is named.
package final class CallFigures: Sendable {
  struct OfMethod: Sendable {
    var outcomes: [String: Int] = [:]
    /// From the call's arrival to its answer, in nanoseconds.
    var time = Histogram.durations
  }

  private let methods = Mutex<[String: OfMethod]>([:])

  package init() {}

  /// Takes a report; returns at once.
  package func note(_ report: CallReport) {
    methods.withLock {
      $0[report.method, default: OfMethod()].outcomes[report.outcome, default: 0] += 1
      $0[report.method]?.time.note(report.microseconds * 1_000)
    }
  }

  var now: [(method: String, figures: OfMethod)] {
    methods.withLock { $0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
