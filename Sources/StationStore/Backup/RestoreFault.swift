/// Why a backup is not put back. Nothing was changed.
package enum RestoreFault: Error, Sendable {
  /// The key is not one: missing, or not written as it must be.
  case key(String)
  /// A daemon runs on the state.
  case inUse(String)
  /// The folder holds no manifest that the key signed.
  case noBackup(String)
  /// The database is not the one that the manifest was signed for.
  case changed(String)
  /// It is what was signed, and does not verify.
  case verification(OfflineFault)
  /// Something failed.
  case failed(String)
}
