/// Where a store lives and how it is run.
package struct StoreConfiguration: Sendable {
  /// The state directory: `stationd.db`, its WAL, `anchor/`, `audit.key`, `stationd.lock`.
  package var directory: String
  /// The log's name in checkpoints (C2SP tlog-checkpoint: a schema-less URL).
  package var origin: String
  package var readerThreads: Int
  /// Jobs that may wait for the writer.
  package var queueLimit: Int
  /// Pages in the WAL above which the writer moves them into the database (16,000 are 64 MiB). Pages that
  /// change in every batch are moved once for many; a stop for it is rarer than one call in a hundred.
  package var checkpointPages: Int32 = 16_000
  /// SQLite's `synchronous`. Anything below FULL loses acknowledged writes at a power cut: only the
  /// test that shows so sets it.
  package var synchronous: String
  /// Where the signing key is, if not in the state directory: such as a credential of the service manager.
  package var keyFile: String?

  /// Where the key is that personal data is encrypted under.
  package var masterKey: MasterKeyPlaces

  package init(
    directory: String, origin: String, readerThreads: Int = 2, queueLimit: Int = 4096,
    synchronous: String = "FULL"
  ) {
    self.directory = directory
    self.origin = origin
    self.readerThreads = readerThreads
    self.queueLimit = queueLimit
    self.synchronous = synchronous
    masterKey = MasterKeyPlaces(path: directory + "/master.key", isMadeWhenNew: true)
  }

  package var databasePath: String { directory + "/stationd.db" }
  var logPath: String { databasePath + "-wal" }
  package var anchorDirectory: String { directory + "/anchor" }
  package var keyPath: String { keyFile ?? directory + "/audit.key" }
  package var lockPath: String { directory + "/stationd.lock" }
}

/// Why a store does not open. The text says what to do.
package struct StoreError: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}
