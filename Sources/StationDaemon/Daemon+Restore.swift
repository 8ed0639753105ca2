import Glibc
import StationKit
import StationStore

extension Daemon {
  /// Makes a record where the database is not the one that the last daemon left when it stopped.
  static func recordSeal(_ store: Store) async throws {
    guard store.seal == .broken else { return }
    store.report("the database was changed while no daemon ran: find out who did that")
    try await record(store, store.environment.ownCause("system.database_changed"))
    try store.toldOfSeal()
  }

  /// Makes a record of a backup that was put back while no daemon ran: which, and how long the log was before.
  static func recordRestore(_ store: Store) async throws {
    let path = "\(store.stateDirectory)/\(StateRestore.noteName)"
    guard let note = try FileIO.read(path, limit: 1 << 16) else { return }
    let detail: [UInt8]
    do {
      detail = try JSONParser.parse(note).encoded()
    } catch {
      throw StoreError(
        "\(path) is not what 'stationctl restore' wrote for the record of a restore: restore again, or move that file"
          + " away, and the record system.restore is not made")
    }
    try await record(store, store.environment.ownCause("system.restore", detail: detail))
    guard unlink(path) == 0 else { throw FileError(path) }
    try FileIO.syncDirectory(store.stateDirectory)
  }
}
