import CStationFiles
import Foundation
import StationRPC
import StationSystemd
import Synchronization

/// A record in the journal for every call: method, principal, outcome, duration; never what was said in it.
///
/// Calls hand over their report and go on; a thread of its own sends. Where the journal cannot keep up, reports are
/// dropped and counted: this is for looking, the audit log is for knowing.
package final class CallLog: Sendable {
  /// Which calls are recorded (`log_calls`).
  package enum Choice: String, Sendable, CaseIterable { case all, failures, none }

  /// Reports that may wait.
  static let capacity = 8_192
  /// Finds these records: `journalctl MESSAGE_ID=…`.
  package static let messageID = "6f2d4c7e0f5b4b0f9f6a3c1d8e5b7a90"

  private struct State {
    var choice = Choice.all
    var waiting: [CallReport] = []
    var dropped = 0
  }
  private let state = Mutex(State())
  private let wake = DispatchSemaphore(value: 0)
  private let send: @Sendable (JournalRecord) -> Void

  package init(send: @escaping @Sendable (JournalRecord) -> Void) {
    self.send = send
    let thread = Thread { [weak self, wake] in
      station_name_thread("call-log")
      while true {
        wake.wait()
        guard let self else { return }
        self.drain()
      }
    }
    thread.start()
  }

  deinit { wake.signal() }

  package var choice: Choice {
    get { state.withLock { $0.choice } }
    set { state.withLock { $0.choice = newValue } }
  }

  /// Takes a report; returns at once.
  package func note(_ report: CallReport) {
    let wakes = state.withLock { state in
      switch state.choice {
      case .none: return false
      case .failures where report.outcome == "ok": return false
      case .failures, .all: break
      }
      guard state.waiting.count < Self.capacity else {
        state.dropped += 1
        return false
      }
      state.waiting.append(report)
      return state.waiting.count == 1
    }
    if wakes { wake.signal() }
  }

  private func drain() {
    let (reports, dropped) = state.withLock { state in
      defer {
        state.waiting = []
        state.dropped = 0
      }
      return (state.waiting, state.dropped)
    }
    for report in reports { send(Self.record(report)) }
    guard dropped > 0 else { return }
    var record = JournalRecord("\(dropped) calls are not in the journal: it does not keep up", .warning)
    record.add("SYSLOG_IDENTIFIER", "stationd")
    record.add("DROPPED", String(dropped))
    send(record)
  }

  static func record(_ report: CallReport) -> JournalRecord {
    let failed = report.outcome != "ok"
    var record = JournalRecord(
      "\(report.method) \(report.outcome) for uid \(report.uid) in \(report.microseconds) us",
      failed ? .notice : .info)
    record.add("SYSLOG_IDENTIFIER", "stationd")
    record.add("MESSAGE_ID", messageID)
    record.add("METHOD", report.method)
    record.add("PRINCIPAL", "uid:\(report.uid)")
    if let unit = report.unit { record.add("PRINCIPAL_UNIT", unit) }
    record.add("OUTCOME", report.outcome)
    record.add("DURATION_US", String(report.microseconds))
    return record
  }
}
