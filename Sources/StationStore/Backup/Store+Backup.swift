import Dispatch
import GRDB
import Glibc
import StationAudit
import StationCrypto
import StationKit

/// A backup that was made.
package struct BackupReport: Sendable {
  package let folder: BackupFolder
  package let manifest: BackupManifest
  /// Older backups that were removed, by name.
  package let removed: [String]
}

extension Store {
  /// The method that makes one: its records are written even where no other may be.
  package static let backupMethod = "system.backup"

  /// Pages that are copied in one go.
  private static let pagesPerStep: Int32 = 512
  /// What must be free beyond the database itself.
  private static let spareBytes = 4 << 20

  /// Copies the database as it is at one moment into a new folder of the directory, and verifies the copy as an
  /// auditor would. The writer goes on meanwhile; what is erased meanwhile is wiped from the log afterwards.
  ///
  /// The folder gets its name when all of it is on disk. Runs on the calling thread, as long as it takes.
  /// - Parameter keep: how many backups of this log may be in the directory then; the oldest go. nil keeps all.
  package func backUp(
    to directory: String, keep: Int?, version: String
  ) throws(BackupFault) -> BackupReport {
    guard backups.begin() else { throw .underWay }
    defer { backups.end() }
    do {
      try requirePlace(directory)
      tidy { try BackupFolder.removeUnfinished(in: directory) }
      let now = environment.clock.now()
      let (folder, manifest) = try BackupFolder.make(at: now, in: directory) { unfinished in
        try write(unfinished, at: now, version: version)
      }
      health.backedUp(at: now)
      let removed = keep.map { removeOldest(in: directory, keep: $0, made: folder) } ?? []
      return BackupReport(folder: folder, manifest: manifest, removed: removed)
    } catch let fault as BackupFault {
      throw fault
    } catch let fault as OfflineFault {
      throw .verification(fault)
    } catch {
      throw .failed("\(error)")
    }
  }

  private func requirePlace(_ directory: String) throws {
    guard directory.hasPrefix("/") else {
      throw BackupFault.directory(Text("give the whole path", zh: "须为绝对路径"))
    }
    var about = stat()
    guard stat(directory, &about) == 0, about.st_mode & S_IFMT == S_IFDIR, access(directory, W_OK | X_OK) == 0
    else {
      throw BackupFault.directory(
        Text("it is no directory that this daemon's user may write to", zh: "守护进程用户无法写入的目录"))
    }
    guard try !isWithinState(directory) else {
      throw BackupFault.directory(
        Text("it is the state itself, or a directory in it", zh: "即状态目录本身或其中的目录"))
    }
    try readNow { try Self.requireSpace(for: $0, in: directory) }
  }

  /// Whether it is lost where the state is: the state's directory is it, or is above it. What this process may not look
  /// at is not the state's.
  private func isWithinState(_ directory: String) throws -> Bool {
    var state = stat()
    guard stat(stateDirectory, &state) == 0 else { throw FileError(stateDirectory) }
    var place = directory
    while true {
      var about = stat()
      guard stat(place, &about) == 0 else { return false }
      if (about.st_dev, about.st_ino) == (state.st_dev, state.st_ino) { return true }
      var above = stat()
      guard stat(place + "/..", &above) == 0, (about.st_dev, about.st_ino) != (above.st_dev, above.st_ino)
      else { return false }
      place += "/.."
    }
  }

  static func requireSpace(for db: Database, in directory: String) throws {
    let needed =
      try (Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0) * (Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
    guard let space = DiskSpace(of: directory) else { throw FileError(directory) }
    guard space.free >= needed + spareBytes else {
      throw BackupFault.space(needed: needed, free: space.free)
    }
  }

  /// Everything but the last name.
  private func write(_ folder: BackupFolder, at now: Instant, version: String) throws -> BackupManifest {
    let head = try readNow { db in
      try Self.copy(db, to: folder.databasePath) { [backups] in backups.note(.copying, $0, of: $1) }
    }
    try waitUntilDurable()
    return try Self.seal(
      folder, head, at: now, version: version, masterKey: catalog.vault.keys.current?.name, by: signer
    ) { [backups] in backups.note(.verifying, $0, of: $1) }
  }

  /// Verifies a copy of the database and signs what it is.
  static func seal(
    _ folder: BackupFolder, _ head: TreeHead, at now: Instant, version: String, masterKey: String?,
    by signer: SignerKey, progress: @escaping OfflineVerifier.Progress = { _, _ in }
  ) throws -> BackupManifest {
    let (digest, bytes) = try FileIO.syncAndHash(folder.databasePath)
    let checkpoint = try Checkpoint(origin: signer.verifierKey.name, size: head.size, root: head.root)
    try FileIO.create(
      folder.checkpointPath, Array(try checkpoint.signed(by: signer).encoded.utf8), mode: 0o600)
    let report = try OfflineVerifier.verify(
      database: folder.databasePath, anchorDirectory: folder.anchorDirectory, key: signer.verifierKey,
      progress: progress)
    guard report.head == head else { throw BackupFault.failed("the copy is of another moment than its head") }
    let manifest = BackupManifest(
      origin: signer.verifierKey.name, at: now, head: head, digest: digest, bytes: bytes, version: version,
      masterKey: masterKey ?? "none")
    try FileIO.create(
      folder.manifestPath, Array(try manifest.signed(by: signer).encoded.utf8), mode: 0o600)
    try FileIO.syncDirectory(folder.path)
    return manifest
  }

  /// Copies the pages of one snapshot; returns the log's head in it.
  static func copy(
    _ db: Database, to path: String, progress: @escaping (UInt64, UInt64) -> Void = { _, _ in }
  ) throws -> TreeHead {
    var settings = Configuration()
    settings.label = "backup"
    settings.prepareDatabase { db in
      // Nobody reads it before it is whole, and it is synced as a whole.
      try db.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
    }
    let target = try DatabaseQueue(path: path, configuration: settings)
    // Reading the head opens the snapshot that is then copied.
    let log = LogReader(db)
    let size = try log.size()
    let head = TreeHead(size: size, root: try log.root(size: size))
    try target.writeWithoutTransaction { copy in
      try db.backup(to: copy, pagesPerStep: pagesPerStep) { state in
        let all = UInt64(state.totalPageCount)
        progress(all - UInt64(state.remainingPageCount), all)
      }
    }
    try target.close()
    return head
  }

  /// What the snapshot had may be of a commit that was not on disk yet: nothing is signed before it is.
  private func waitUntilDurable() throws {
    let durable = DispatchSemaphore(value: 0)
    whenDurable { durable.signal() }
    durable.wait()
    if let reason = health.now.brokenBy { throw BackupFault.failed(reason) }
  }

  /// - Returns: the names of those that are gone.
  private func removeOldest(in directory: String, keep: Int, made: BackupFolder) -> [String] {
    let finished = tidy { try BackupFolder.finished(in: directory, key: signer.verifierKey) } ?? []
    let others = finished.map(\.folder).filter { $0.path != made.path }
    let old = others.prefix(max(0, others.count - max(0, keep - 1)))
    return old.filter { folder in tidy { try folder.retire() } != nil }.map(\.name)
  }

  /// What cannot be tidied up is told, and is no failure of the backup.
  private func tidy<T>(_ body: () throws -> T) -> T? {
    do {
      return try body()
    } catch {
      report("the backups cannot be tidied up: \(error)")
      return nil
    }
  }
}

extension FileIO {
  /// Waits until a file is on disk; SHA-256 of its content, and its length.
  static func syncAndHash(_ path: String) throws -> (Digest32, Int) {
    let file = try open(path, O_RDWR, 0)
    defer { Glibc.close(file) }
    guard fsync(file) == 0 else { throw FileError(path) }
    var bytes = 0
    let digest = try hash(file, path) { bytes += $0.count }
    return (digest, bytes)
  }

  /// SHA-256 of what is left to read in an open file; `each` gets every piece.
  static func hash(
    _ file: Int32, _ path: String, each: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> Digest32 {
    var hash = SHA256()
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = Glibc.read(file, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileError(path) }
      guard count > 0 else { return hash.finalize() }
      try chunk.withUnsafeBytes { all in
        let piece = UnsafeRawBufferPointer(rebasing: all[..<count])
        hash.update(piece)
        try each(piece)
      }
    }
  }
}
