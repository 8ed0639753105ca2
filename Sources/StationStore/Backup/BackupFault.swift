import StationKit

/// Why no backup was made. Nothing of it is left in the directory.
package enum BackupFault: Error, Sendable {
  /// Another is being made.
  case underWay
  /// The directory cannot take a backup; the text says why.
  case directory(Text)
  /// Bytes that it needs, and bytes that are free.
  case space(needed: Int, free: Int)
  /// What was copied does not verify: the state itself must be looked at.
  case verification(OfflineFault)
  /// Something failed; for the daemon's log.
  case failed(String)
}
