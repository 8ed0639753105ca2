import CStationSQLite
import GRDB
import Glibc
import StationAudit
import StationCrypto
import StationKit

extension Store {
  /// The log's signing key; made when the state is new, never silently replaced.
  static func signer(_ configuration: StoreConfiguration) throws -> SignerKey {
    if let bytes = try FileIO.read(configuration.keyPath) {
      let text = String(decoding: bytes, as: UTF8.self)
      do {
        return try SignerKey(text.split(separator: "\n").first.map(String.init) ?? "")
      } catch {
        throw StoreError("\(configuration.keyPath) does not hold a signing key: \(error)")
      }
    }
    guard try FileIO.read(configuration.databasePath, limit: 1) == nil else {
      throw StoreError(
        "\(configuration.keyPath) is missing, but \(configuration.databasePath) exists: put the key back")
    }
    let signer = try SignerKey.generate(name: configuration.origin)
    try FileIO.create(configuration.keyPath, Array((try signer.privateText() + "\n").utf8), mode: 0o600)
    return signer
  }

  /// Before SQLite is used at all.
  static func installFileLayer() throws {
    let code = station_vfs_install()
    guard code == 0 else { throw StoreError("SQLite's file layer could not be set up (code \(code))") }
  }

  /// Refuses a database written by a newer version, without changing a byte of it.
  static func refuseNewer(_ configuration: StoreConfiguration) throws {
    guard access(configuration.databasePath, F_OK) == 0 else { return }
    var readonly = Configuration()
    readonly.readonly = true
    let queue = try DatabaseQueue(path: configuration.databasePath, configuration: readonly)
    defer { try? queue.close() }
    let newer = try queue.read { db in try CoreSchema.isSuperseded(db) }
    guard !newer else {
      throw StoreError(
        "\(configuration.databasePath) was written by a newer stationd; install that version (nothing was changed)"
      )
    }
  }

  static func openPool(_ configuration: StoreConfiguration) throws -> DatabasePool {
    var settings = Configuration()
    settings.label = "store"
    // One for start-up and administration, one for a backup, which may take long.
    settings.maximumReaderCount = configuration.readerThreads + 2
    settings.busyMode = .timeout(5)
    settings.prepareDatabase { try Settings.prepare($0) }
    return try DatabasePool(path: configuration.databasePath, configuration: settings)
  }

  /// In one transaction: a process that is killed meanwhile, or a full disk, leaves what was there.
  static func migrate(_ pool: DatabasePool, _ catalog: Catalog) throws {
    try pool.write { db in
      try CoreSchema.migrate(db)
      for plan in catalog.allPlans { try plan.migrate(db) }
    }
  }

  /// The stored tree must extend the checkpoint outside the database: an old copy, a lost WAL or a
  /// changed leaf shows here.
  static func requireExtension(
    of configuration: StoreConfiguration, log: AuditLog, key: VerifierKey, pool: some DatabaseReader
  ) throws {
    let directory = configuration.anchorDirectory
    switch try Anchor.read(directory: directory, key: key) {
    case .none:
      guard log.tree.size == 0 else {
        throw StoreError(
          "the log's anchor in \(directory) is missing, but the log has \(log.tree.size) records:"
            + " put the anchor back")
      }
    case .unreadable:
      throw StoreError("no checkpoint in \(directory) is signed by this log's key: put the anchor back")
    case .checkpoint(let checkpoint, let older):
      guard log.tree.size >= checkpoint.size else {
        throw StoreError(
          "the log has \(log.tree.size) records, but its anchor in \(directory) has seen \(checkpoint.size):"
            + " the database is an older copy or has lost its WAL")
      }
      // The older one is of the same log too, or somebody has signed two.
      for promise in [checkpoint, older].compactMap({ $0 }) {
        let root = try pool.read { try LogReader($0).root(size: promise.size) }
        guard root == promise.root else {
          throw StoreError(
            "the log's first \(promise.size) records are not those that its anchor in \(directory) signs:"
              + " run 'stationctl audit verify'")
        }
      }
    }
  }
}
