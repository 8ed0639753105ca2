import Foundation
import StationKit
import StationStore

/// The thread that works the spool: once a second, and at once when a message is queued.
///
/// It starts after the store and stops before it.
package final class Spooler: @unchecked Sendable {
  // `condition` guards `isPoked` and `isOpen`; `round`, `last` and `failures` are the thread's alone once it runs.
  private let condition = NSCondition()
  private var isPoked = true
  private var isOpen = true
  private var round: SpoolRound
  private var last: String?
  private var failures = 0
  private let configuration: SpoolConfiguration
  private let report: @Sendable (String) -> Void
  private let lock: Int32
  private let finished = DispatchSemaphore(value: 0)

  /// Events of the module after which there is something to move.
  package static let events: Set<String> = ["stoploss.message_waiting", "stoploss.spool_retry"]

  /// Makes the folders, and takes the spool for this process alone.
  ///
  /// - Parameter report: lines for the daemon's log, without personal data.
  /// - Throws: `FileFault`: a folder cannot be made or used, or another daemon works this spool.
  package init(
    _ configuration: SpoolConfiguration, store: Store, environment: Environment, module: String = "stoploss",
    report: @escaping @Sendable (String) -> Void
  ) throws {
    self.configuration = configuration
    self.report = report
    let files = DiskSpoolFiles(configuration)
    try files.prepare()
    let path = configuration.directory + "/.lock"
    lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard lock >= 0 else { throw FileFault(path) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      let fault = FileFault("\(configuration.directory) is worked by another daemon")
      close(lock)
      throw fault
    }
    round = SpoolRound(
      files: files, ledger: StoreSpoolLedger(store, environment, module: module))
  }

  package func start() {
    let thread = Thread { [self] in
      run()
      finished.signal()
    }
    thread.name = "spooler"
    thread.start()
  }

  /// There is something to do: look now. From any thread.
  package func poke() {
    condition.lock()
    isPoked = true
    condition.signal()
    condition.unlock()
  }

  /// Finishes the round and ends the thread.
  package func stop() {
    condition.lock()
    isOpen = false
    condition.signal()
    condition.unlock()
    finished.wait()
    close(lock)
  }

  private func run() {
    while waits() {
      do {
        while try round.run(), isRunning {}
        last = nil
        failures = 0
      } catch {
        failures = min(6, failures + 1)
        // A full disk or a folder that went away lasts: once in the log is enough.
        let text = (error as? RPCError).map(\.message.en) ?? "\(error)"
        if text != last { report("spool: \(text)") }
        last = text
      }
    }
  }

  private var isRunning: Bool {
    condition.lock()
    defer { condition.unlock() }
    return isOpen
  }

  /// Until the next round is due; false when there is none.
  private func waits() -> Bool {
    condition.lock()
    defer { condition.unlock() }
    // After a failure: two intervals, four, up to 64.
    let due = Date(timeIntervalSinceNow: configuration.interval * Double(1 << failures))
    while isOpen, !isPoked, condition.wait(until: due) {}
    isPoked = false
    return isOpen
  }
}
