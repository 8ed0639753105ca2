/// Lines that calls stand in before the writer and the readers. Each has its own limit and gets its turn, so that those
/// who stand in one, however many, keep nobody in another waiting.
package enum QueueLine: Int, Sendable, CaseIterable {
  /// The daemon's own work.
  case daemon
  case member
  case auditor
  case administrator
}
