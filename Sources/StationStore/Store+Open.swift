import CStationSQLite
import GRDB
import Glibc
import StationAudit
import StationCrypto
import StationKit

extension Store {
  /// The log's signing key; made when the state is new, never silently replaced.
  static func signer(_ configuration: StoreConfiguration) throws -> SignerKey {
    if let signer = try keptSigner(configuration) { return signer }
    let traces =
      [configuration.databasePath, configuration.logPath]
      + Anchor.fileNames.map { "\(configuration.anchorDirectory)/\($0)" }
    if let trace = traces.first(where: { access($0, F_OK) == 0 }) {
      throw StoreError("\(configuration.keyPath) is missing, but \(trace) exists: put the key back")
    }
    let signer = try SignerKey.generate(name: configuration.origin)
    try FileIO.create(configuration.keyPath, Array((try signer.privateText() + "\n").utf8), mode: 0o600)
    return signer
  }

  /// The name of the log whose state is there; nil where there is none, or its key cannot be read.
  package static func keptOrigin(_ configuration: StoreConfiguration) -> String? {
    (try? keptSigner(configuration))?.verifierKey.name
  }

  static func keptSigner(_ configuration: StoreConfiguration) throws -> SignerKey? {
    guard let bytes = try FileIO.read(configuration.keyPath) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    do {
      return try SignerKey(text.split(separator: "\n").first.map(String.init) ?? "")
    } catch {
      throw StoreError(
        "\(configuration.keyPath) does not hold a signing key, or not all of it: put the key back from its"
          + " copy")
    }
  }

  /// Before SQLite is used at all.
  static func installFileLayer() throws {
    let code = station_vfs_install()
    guard code == 0 else { throw StoreError("SQLite's file layer could not be set up (code \(code))") }
  }

  /// SQLite maps the log's index into memory; where the disk has no block for a page of it, touching that page ends
  /// the process (SIGBUS).
  static func requireRoom(_ configuration: StoreConfiguration) throws {
    if DiskSpace(of: configuration.directory)?.isFull == true { throw RPCError(.storageFull) }
  }

  /// Refuses a state that must not be served, before anything in it is changed: one without its database, of which
  /// SQLite would make a new one and delete the old one's write-ahead log; one of a newer version; one with code in
  /// it; one that does not extend its anchor, or whose log does not hold together; one whose keys are not there.
  static func requireUsable(_ configuration: StoreConfiguration, key: VerifierKey) throws {
    guard FileIO.size(configuration.databasePath) > 0 else {
      guard FileIO.size(configuration.logPath) == 0 else {
        throw StoreError(
          "\(configuration.databasePath) is missing or empty, but \(configuration.logPath) has records that are in"
            + " no other file: put the database back beside it (nothing was changed)")
      }
      return try requireExtension(of: configuration, log: nil, key: key)
    }
    var readonly = Configuration()
    readonly.readonly = true
    readonly.prepareDatabase { try Settings.prepare($0) }
    let queue = try DatabaseQueue(path: configuration.databasePath, configuration: readonly)
    defer { try? queue.close() }
    try queue.read { db in
      guard try !CoreSchema.isSuperseded(db) else {
        throw StoreError(
          "\(configuration.databasePath) was written by a newer stationd; install that version (nothing was"
            + " changed)")
      }
      if let code = try CoreSchema.foreignCode({ try SQL($0, on: db) }) {
        throw StoreError(
          "\(configuration.databasePath) has a \(code), which no stationd makes: find out who did that, and put a"
            + " backup back (nothing was changed)")
      }
      if let name = try CoreSchema.missing(db) {
        throw StoreError(
          "\(configuration.databasePath) lacks '\(name)', which stationd keeps in it: find out who took it out, and"
            + " put a backup back (nothing was changed)")
      }
      let isNew = try CoreSchema.applied(db).isEmpty
      do {
        try requireExtension(of: configuration, log: isNew ? nil : LogReader(db), key: key)
        if !isNew { _ = try AuditLog(loading: db) }
      } catch is ProofError {
        throw StoreError(
          "the log in \(configuration.databasePath) does not hold together: 'stationctl audit verify --state"
            + " \(configuration.directory)' names the first bad record (nothing was changed)")
      }
      try requireKeys(configuration, db)
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
  /// - Parameter log: nil where there is none yet.
  private static func requireExtension(
    of configuration: StoreConfiguration, log: LogReader?, key: VerifierKey
  ) throws {
    let size = try log?.size() ?? 0
    let directory = configuration.anchorDirectory
    switch try Anchor.read(directory: directory, key: key) {
    case .none:
      guard size == 0 else {
        throw StoreError(
          "the log's anchor in \(directory) is missing, but the log has \(size) records:"
            + " put the anchor back")
      }
    case .unreadable:
      throw StoreError("no checkpoint in \(directory) is signed by this log's key: put the anchor back")
    case .checkpoint(let checkpoint, let older):
      guard size >= checkpoint.size else {
        throw StoreError(
          "the log has \(size) records, but its anchor in \(directory) has seen \(checkpoint.size):"
            + " the database is an older copy or has lost its WAL")
      }
      // The older one is of the same log too, or somebody has signed two.
      for promise in [checkpoint, older].compactMap({ $0 }) {
        let root = try log?.root(size: promise.size) ?? MerkleTree.emptyRoot
        guard root == promise.root else {
          throw StoreError(
            "the log's first \(promise.size) records are not those that its anchor in \(directory) signs:"
              + " run 'stationctl audit verify'")
        }
      }
    }
  }
}
