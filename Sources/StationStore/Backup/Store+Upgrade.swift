import GRDB
import Glibc
import StationAudit
import StationCrypto
import StationKit

extension Store {
  /// Before a database of an older format is changed: a backup of it as it is, in `before-upgrade` of the state, verified
  /// like any other and put back like any other (`stationctl restore`), for the version that wrote it or for this one.
  ///
  /// What an earlier start made of the same log, and was then cut short, is taken instead of a second one.
  /// - Throws: ``StoreError`` where it cannot be made; the database has not been changed then.
  static func keepBeforeUpgrade(
    _ configuration: StoreConfiguration, by signer: SignerKey, at now: Instant,
    report: @Sendable (String) -> Void
  ) throws {
    guard access(configuration.databasePath, F_OK) == 0 else { return }
    let queue = try DatabaseQueue(path: configuration.databasePath)
    defer { try? queue.close() }
    let applied = try queue.read { try CoreSchema.applied($0) }
    guard !applied.isEmpty, !applied.contains(CoreSchema.newest) else { return }
    let log = try queue.read { try AuditLog(loading: $0) }
    let step = "upgrade from format \(applied.compactMap(Int.init).max() ?? 0) to \(CoreSchema.newest)"
    do {
      let folder = try keep(
        queue, in: configuration.directory + "/before-upgrade", log.tree.head, by: signer, at: now)
      report("\(step): the database as it was is kept in \(folder.path)")
    } catch {
      throw StoreError("\(step): the database cannot be copied, and was not changed: \(reason(error))")
    }
  }

  private static func keep(
    _ queue: DatabaseQueue, in directory: String, _ head: TreeHead, by signer: SignerKey, at now: Instant
  ) throws -> BackupFolder {
    try FileIO.makeDirectory(directory)
    try BackupFolder.removeUnfinished(in: directory)
    let made = try BackupFolder.finished(in: directory, key: signer.verifierKey)
    if let same = made.last(where: { $0.manifest.head == head }) { return same.folder }
    return try BackupFolder.make(at: now, in: directory) { unfinished in
      let (copied, masterKey) = try queue.read { db in
        try requireSpace(for: db, in: directory)
        // The first format had no keys.
        let id = try db.tableExists("keyring") ? KeyTable.id(.master, on: db) : nil
        return (try copy(db, to: unfinished.databasePath), id.map(MasterKey.name))
      }
      return try seal(
        unfinished, copied, at: now, version: "before an upgrade", masterKey: masterKey, by: signer)
    }.folder
  }

  private static func reason(_ error: any Error) -> String {
    guard case BackupFault.space(let needed, let free) = error else { return "\(error)" }
    return "it needs \(needed >> 20) MiB, \(free >> 20) MiB are free"
  }
}
