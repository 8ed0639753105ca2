import GRDB
import GRDBSQLite
import Glibc
import StationAudit
import StationCrypto
import StationKit
import Synchronization

/// Records, audit log, deadlines and events in one SQLite database with one writer.
package final class Store: Sendable {
  let live: LiveCatalog
  package let environment: Environment
  package let health: HealthBoard
  package let signer: SignerKey
  private let pool: DatabasePool
  private let writer: Writer
  private let readers: Readers
  private let anchor: AnchorKeeper
  private let syncer: Syncer
  private let lock: StateLock
  package let report: @Sendable (String) -> Void
  /// The change of the master key, under way or not.
  package let rotation: Rotation
  /// The backup that is being made, if one is.
  package let backups = BackupDesk()
  package var stateDirectory: String { configuration.directory }
  var anchorDirectory: String { configuration.anchorDirectory }
  let configuration: StoreConfiguration
  /// How the database stood to its seal when the store opened.
  package let seal: DatabaseSeal.State

  /// Opens the store, bringing the database up to date, and starts its threads.
  /// - Parameter ready: called once the state is found good, and before anything in it is changed; throws where there
  ///   is no use in going on.
  /// - Throws: ``StoreError`` where the state must not be used: locked by another daemon, of a newer
  ///   version, or not an extension of its anchor; ``SettingsError``.
  package init(
    _ configuration: StoreConfiguration, registry: Registry, environment: Environment,
    hooks: StoreHooks, ready: () throws -> Void = {}
  ) throws {
    report = hooks.report
    self.configuration = configuration
    self.environment = environment
    health = HealthBoard()
    let catalog = Catalog(registry, vault: Vault(health: health))
    live = LiveCatalog(catalog)
    rotation = Rotation(catalog.vault)
    try Self.requireMaster(configuration)
    try Self.installFileLayer()
    try FileIO.makeDirectory(configuration.directory)
    try Self.requireRoom(configuration)
    lock = try StateLock(configuration)
    signer = try Self.signer(configuration)
    try Self.requireUsable(configuration, key: signer.verifierKey)
    try FileIO.makeDirectory(configuration.anchorDirectory)
    seal = try DatabaseSeal.stateAtStart(
      database: configuration.databasePath, anchorDirectory: configuration.anchorDirectory,
      key: signer.verifierKey)
    try ready()
    try Self.keepBeforeUpgrade(
      configuration, by: signer, at: environment.clock.now(), report: hooks.report)
    // A broken one stays until there is a record of it.
    if seal != .broken { try DatabaseSeal.remove(configuration.anchorDirectory) }
    if seal == .unchecked {
      hooks.report(
        "the database is too large to be compared with its seal at a start; before the next, run 'stationctl audit"
          + " verify --state \(configuration.directory)' on the stopped state")
    }
    pool = try Self.openPool(configuration)
    try Self.migrate(pool, catalog)
    let health = health
    let wal = try pool.writeWithoutTransaction { db -> WALHandle? in
      try Settings.prepareWriter(db, synchronous: configuration.synchronous)
      try Settings.assertLive(db, synchronous: configuration.synchronous)
      // The page count after each commit; the board outlives the connection, both end with the store.
      _ = sqlite3_wal_hook(
        db.sqliteConnection,
        { context, _, _, pages in
          guard let context else { return SQLITE_OK }
          Unmanaged<HealthBoard>.fromOpaque(context).takeUnretainedValue()
            .walPages.store(pages, ordering: .relaxed)
          return SQLITE_OK
        }, Unmanaged.passUnretained(health).toOpaque())
      guard configuration.synchronous == "FULL", let connection = db.sqliteConnection else { return nil }
      return WALHandle(connection: UnsafeMutableRawPointer(connection))
    }
    let (log, eventSeq) = try pool.read { db in
      (try AuditLog(loading: db), try EventTable.newest(on: db))
    }
    let vault = catalog.vault
    try pool.writeWithoutTransaction { db in
      try Wiper.finish(db)
      try Self.openKeys(configuration, db, vault)
    }
    let sealedLog = try Self.sealRecords(pool, catalog, log, environment, report: hooks.report)
    anchor = AnchorKeeper(
      anchor: try Anchor(directory: configuration.anchorDirectory, signer: signer),
      files: try DatabaseFiles(configuration), health: health, report: hooks.report)
    syncer = Syncer(hooks: hooks, health: health, anchor: anchor, wal: wal)
    writer = Writer(
      pool: pool, catalog: live, environment: environment, hooks: hooks, health: health,
      syncer: syncer, wal: wal, configuration: configuration, log: sealedLog, eventSeq: eventSeq)
    readers = Readers(threads: configuration.readerThreads, limit: configuration.queueLimit)
  }

  /// Starts the writer: due deadlines fire from here on.
  package func start() throws {
    anchor.start()
    try writer.start()
    if !catalog.vault.keys.former.isEmpty { continueRotation() }
  }

  /// Finishes what is queued, writes the anchor durably, closes the database.
  package func stop() {
    readers.stop()
    writer.stop()
    anchor.stop()
    let reading = health.now
    let head = reading.brokenBy == nil && reading.displaced == nil ? writer.head : nil
    do {
      // What was deleted must not stay in the WAL, and a copy of the database file must be whole.
      try pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
      try pool.close()
      // What is sealed is signed: an older checkpoint beside a seal is one that was put back.
      if let head, seal != .broken || reading.sealIsTold,
        try Anchor.signs(head.size, in: configuration.anchorDirectory, key: signer.verifierKey)
      {
        try DatabaseSeal.write(configuration, head: head, at: environment.clock.now(), by: signer)
      }
    } catch {
      report("closing the database: \(error)")
    }
    lock.release()
  }

  /// What may be called and stored now.
  package var catalog: Catalog { live.now }

  /// There is a record of the broken seal: it is forgotten.
  package func toldOfSeal() throws {
    try DatabaseSeal.remove(anchorDirectory)
    health.toldOfSeal()
  }

  /// Queues a job for the next batch.
  package func write(_ job: WriteJob) {
    guard !writer.post(job) else { return }
    health.figures.turnedAway()
    job.done(.failure(RPCError(.queueFull, retryAfterMs: 100)))
  }

  /// How many jobs may wait for the writer from here on.
  package func setQueueLimit(_ limit: Int) { writer.setQueueLimit(limit) }

  package func clockChanged() { writer.clockChanged() }
  package var waiting: Int { writer.waiting }

  /// Runs `body` on a reader thread, on one consistent snapshot, with the keys from before it. `false` when too many
  /// wait.
  func read(
    in line: QueueLine = .daemon, _ body: @escaping @Sendable (Database, Vault.Keys) -> Void,
    failed: @escaping @Sendable (any Error) -> Void
  ) -> Bool {
    readers.post(line) { [pool, vault = catalog.vault] in
      let keys = vault.keys
      do {
        try pool.read { db in body(db, keys) }
      } catch {
        failed(error)
      }
    }
  }

  /// Runs `answer` once everything that a reader can have seen until now is on disk: mostly at once.
  package func whenDurable(_ answer: @escaping @Sendable () -> Void) { syncer.whenDurable(answer) }

  var quiet: UInt64? { syncer.quiet }

  /// Reads on the calling thread, on one consistent snapshot; for start-up and administration.
  func readNow<T>(_ body: (Database) throws -> T) throws -> T {
    try pool.read { try body($0) }
  }

  /// Reads on the calling thread, also from within another read: without a snapshot of its own.
  func readWithin<T>(_ body: (Database) throws -> T) throws -> T {
    try pool.unsafeReentrantRead { try body($0) }
  }
}
