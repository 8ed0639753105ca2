import Foundation
import StationAudit
import StationKit

/// The thread that signs the newest tree head and writes the anchor, after the commit.
///
/// It takes only the newest head, so that a slow disk delays no one: the file follows a commit within
/// some milliseconds, and at most ten times a second the thread also waits until it is on the disk. Then, and once a
/// second, it looks whether the database's files are in their place.
final class AnchorKeeper: @unchecked Sendable {
  // All stored properties but `anchor` are touched only with `condition` locked; `anchor` only by the thread.
  private let condition = NSCondition()
  private var newest: TreeHead?
  private var isOpen = true
  private var anchor: Anchor
  private let files: DatabaseFiles
  private let health: HealthBoard
  private let report: @Sendable (String) -> Void
  private let finished = DispatchSemaphore(value: 0)
  private static let durableEvery: UInt64 = 100_000_000
  /// Seconds between two checkpoints: signing every commit would cost as much as the commit.
  private static let pause = 0.005

  init(
    anchor: Anchor, files: DatabaseFiles, health: HealthBoard, report: @escaping @Sendable (String) -> Void
  ) {
    self.anchor = anchor
    self.files = files
    self.health = health
    self.report = report
  }

  func start() {
    let thread = Thread { [self] in
      run()
      finished.signal()
    }
    thread.name = "anchor"
    thread.start()
  }

  func publish(_ head: TreeHead) {
    condition.lock()
    newest = head
    condition.signal()
    condition.unlock()
  }

  /// Writes the newest head durably, then ends the thread.
  func stop() {
    condition.lock()
    isOpen = false
    condition.signal()
    condition.unlock()
    finished.wait()
    anchor.close()
  }

  private func look() {
    let path = files.displaced
    guard health.displaced(path), let path else { return }
    report(
      "\(path) was removed, or another file is in its place: nothing is written any more; run 'stationctl backup'"
        + " before you stop, what is not in the backup is lost then")
  }

  private func run() {
    var unsynced: TreeHead?
    var lastSync: UInt64 = 0
    while true {
      condition.lock()
      while newest == nil, isOpen {
        guard condition.wait(until: Date(timeIntervalSinceNow: unsynced == nil ? 1 : 0.1)) else { break }
      }
      let head = newest
      newest = nil
      let open = isOpen
      condition.unlock()
      let now = Monotonic.now()
      let durable = head == nil || !open || now - lastSync >= Self.durableEvery
      if durable { look() }
      if let target = head ?? unsynced {
        do {
          if durable, try anchor.mend() {
            health.anchorRemade()
            report("the anchor's files were gone or replaced, and are made anew: find out who did that")
          }
          try anchor.write(target, durable: durable)
          unsynced = durable ? nil : target
          if durable { lastSync = now }
          health.anchor(nil)
        } catch {
          unsynced = target
          health.anchor("\(error)")
          report("anchor: \(error)")
          Thread.sleep(forTimeInterval: open ? 0.5 : 0)
        }
      }
      if !open { return }
      Thread.sleep(forTimeInterval: Self.pause)
    }
  }
}
