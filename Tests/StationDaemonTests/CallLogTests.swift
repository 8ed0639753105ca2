import StationDaemon
import StationRPC
import StationSystemd
import Synchronization
import Testing

@Suite struct CallLogTests {
  private final class Journal: Sendable {
    private struct State {
      var records: [String] = []
      var waiting: (count: Int, waiter: CheckedContinuation<Void, Never>)?
    }
    private let state = Mutex(State())

    func take(_ record: JournalRecord) {
      let ready = state.withLock { state -> CheckedContinuation<Void, Never>? in
        state.records.append(String(decoding: record.bytes, as: UTF8.self))
        guard let waiting = state.waiting, state.records.count >= waiting.count else { return nil }
        state.waiting = nil
        return waiting.waiter
      }
      ready?.resume()
    }

    func records(_ count: Int) async -> [String] {
      await withCheckedContinuation { waiter in
        let isThere = state.withLock { state in
          if state.records.count >= count { return true }
          state.waiting = (count, waiter)
          return false
        }
        if isThere { waiter.resume() }
      }
      return state.withLock { $0.records }
    }
  }

  private static func report(_ outcome: String = "ok") -> CallReport {
    CallReport(method: "support.open", uid: 1000, unit: "st-01", outcome: outcome, microseconds: 1_234)
  }

  @Test func `a record has the call's fields`() async {
    let journal = Journal()
    let log = CallLog { journal.take($0) }
    log.note(Self.report())
    let lines = await journal.records(1)[0].split(separator: "\n")
    for line in [
      "METHOD=support.open", "PRINCIPAL=uid:1000", "PRINCIPAL_UNIT=st-01", "OUTCOME=ok", "DURATION_US=1234",
      "PRIORITY=6", "MESSAGE_ID=\(CallLog.messageID)",
    ] {
      #expect(lines.contains { $0 == line }, "\(line)")
    }
  }

  @Test func `what failed is a notice, and all that is recorded where only failures are wanted`() async {
    let journal = Journal()
    let log = CallLog { journal.take($0) }
    log.choice = .none
    log.note(Self.report("denied"))
    log.choice = .failures
    log.note(Self.report())
    log.note(Self.report("conflict"))
    let records = await journal.records(1)
    #expect(
      records.count == 1 && records[0].contains("OUTCOME=conflict\n") && records[0].contains("PRIORITY=5\n"))
  }
}
