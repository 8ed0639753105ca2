import Glibc
import StationAudit
import StationCrypto
import StationKit

/// The signed digest of the database file that a daemon leaves when it stops in an orderly way.
///
/// The log commits to records and details; rows of events, deadlines, series and idempotency keys it does not commit
/// to. The seal does, to every byte: whoever changes the file of a stopped daemon breaks it. It is gone as soon as a
/// daemon starts, so there is none after a crash.
package enum DatabaseSeal {
  package static let fileName = "seal"

  /// How a database stands to its seal.
  package enum State: Sendable, Equatable {
    /// No daemon has stopped here in an orderly way since the last one started.
    case none
    case intact
    /// The file is not the one that was sealed, or the seal is not the key's own.
    case broken
    /// Too large to be read before the daemon serves.
    case unchecked
  }

  /// Bytes of a database that is compared with its seal at a start: a larger one would hold up the service for more
  /// than half a second. `stationctl audit verify --state` compares any.
  package static let bytesAtStart = 512 << 20

  /// The same at a start, where nobody shall wait for a large file.
  package static func stateAtStart(
    database path: String, anchorDirectory: String, key: VerifierKey
  ) throws -> State {
    var file = stat()
    if stat(path, &file) == 0, file.st_size > bytesAtStart,
      access(Self.path(anchorDirectory), F_OK) == 0
    {
      return .unchecked
    }
    return try state(database: path, anchorDirectory: anchorDirectory, key: key)
  }

  static func path(_ anchorDirectory: String) -> String { "\(anchorDirectory)/\(fileName)" }

  /// The log as it was when it was sealed; nil where there is no seal of the key's.
  static func head(anchorDirectory: String, key: VerifierKey) throws(FileError) -> TreeHead? {
    try FileIO.read(path(anchorDirectory)).flatMap { BackupManifest(opening: $0, signedBy: key)?.head }
  }

  /// Compares the database with its seal; reads all of it.
  static func state(database path: String, anchorDirectory: String, key: VerifierKey) throws -> State {
    guard let note = try FileIO.read(Self.path(anchorDirectory)) else { return .none }
    // A daemon that seals has signed all that is in the log, so a smaller checkpoint is an older one put back.
    guard let manifest = BackupManifest(opening: note, signedBy: key),
      try Anchor.signs(manifest.head.size, in: anchorDirectory, key: key),
      access(path, F_OK) == 0
    else { return .broken }
    return try manifest.isOf(database: path) ? .intact : .broken
  }

  /// Seals a database that nobody has open.
  static func write(
    _ configuration: StoreConfiguration, head: TreeHead, at now: Instant, by signer: SignerKey
  ) throws {
    let (digest, bytes) = try FileIO.syncAndHash(configuration.databasePath)
    let manifest = BackupManifest(
      origin: signer.verifierKey.name, at: now, head: head, digest: digest, bytes: bytes, version: "",
      masterKey: "")
    try FileIO.create(
      path(configuration.anchorDirectory), Array(try manifest.signed(by: signer).encoded.utf8), mode: 0o644)
  }

  /// Before the database may change.
  static func remove(_ anchorDirectory: String) throws(FileError) {
    guard unlink(path(anchorDirectory)) == 0 else {
      if errno == ENOENT { return }
      throw FileError(path(anchorDirectory))
    }
    try FileIO.syncDirectory(anchorDirectory)
  }
}
