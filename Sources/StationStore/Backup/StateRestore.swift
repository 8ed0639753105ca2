import Glibc
import StationAudit
import StationCrypto
import StationKit

/// A backup that is put in the place of a stopped daemon's state: first verified and compared, then, if that is
/// wanted, done.
///
/// Until the last step a daemon that is started in between refuses, because database and anchor do not fit; the
/// same command again finishes it. What is replaced is moved aside, not removed.
package final class StateRestore {
  package let backup: BackupFolder
  package let manifest: BackupManifest
  package let present: PresentState
  private let place: StoreConfiguration
  private let lock: StateLock
  /// Whether the state's directory was made for this.
  private let isNewPlace: Bool

  /// The note for the daemon's next start, which makes a record of it.
  package static let noteName = "restored.json"

  private init(
    backup: BackupFolder, manifest: BackupManifest, present: PresentState, place: StoreConfiguration,
    lock: StateLock, isNewPlace: Bool
  ) {
    self.backup = backup
    self.manifest = manifest
    self.present = present
    self.place = place
    self.lock = lock
    self.isNewPlace = isNewPlace
  }

  /// Verifies the backup and compares it with what is there. Holds the state's lock from here on.
  /// - Parameter key: whom to trust; nil takes the key in the state directory.
  package static func prepare(
    backup path: String, stateDirectory: String, key: VerifierKey?,
    progress: @escaping OfflineVerifier.Progress
  ) throws(RestoreFault) -> StateRestore {
    let place = StoreConfiguration(directory: stateDirectory, origin: "")
    let isNewPlace = mkdir(stateDirectory, 0o700) == 0
    guard isNewPlace || errno == EEXIST else { throw .failed(FileError(stateDirectory).description) }
    do {
      let lock = try hold(place)
      do {
        let trusted = try key ?? ownKey(place)
        let backup = BackupFolder(path: path)
        guard access(path, F_OK) == 0 else { throw FileError(path) }
        guard let manifest = try backup.manifest(key: trusted) else { throw RestoreFault.noBackup(path) }
        try verify(backup, manifest, trusted, progress)
        return StateRestore(
          backup: backup, manifest: manifest, present: try present(place, backup, trusted), place: place,
          lock: lock, isNewPlace: isNewPlace)
      } catch {
        if isNewPlace { unmake(place) }
        lock.release()
        throw error
      }
    } catch let fault as RestoreFault {
      throw fault
    } catch let fault as OfflineFault {
      throw .verification(fault)
    } catch {
      throw .failed("\(error)")
    }
  }

  /// Removes the directory that was made for a restore which is refused. Its lock is held, so that nobody else has put
  /// anything into it; a directory that something is in stays.
  private static func unmake(_ place: StoreConfiguration) {
    unlink(place.lockPath)
    rmdir(place.directory)
  }

  private static func hold(_ place: StoreConfiguration) throws -> StateLock {
    do {
      return try StateLock(place)
    } catch let error as StoreError {
      throw RestoreFault.inUse(error.description)
    }
  }

  private static func ownKey(_ place: StoreConfiguration) throws -> VerifierKey {
    do {
      return try OfflineVerifier.ownKey(place.keyPath)
    } catch {
      guard case .key(let why) = error else { throw error }
      throw RestoreFault.key(why)
    }
  }

  deinit { lock.release() }

  private static func verify(
    _ backup: BackupFolder, _ manifest: BackupManifest, _ key: VerifierKey,
    _ progress: @escaping OfflineVerifier.Progress
  ) throws {
    guard try manifest.isOf(database: backup.databasePath) else {
      throw RestoreFault.changed(backup.databasePath)
    }
    let report = try OfflineVerifier.verify(
      database: backup.databasePath, anchorDirectory: backup.anchorDirectory, key: key, progress: progress)
    guard report.head == manifest.head, report.anchor == manifest.head else {
      throw RestoreFault.changed(backup.checkpointPath)
    }
  }

  private static func present(
    _ place: StoreConfiguration, _ backup: BackupFolder, _ key: VerifierKey
  ) throws -> PresentState {
    let seen: UInt64? =
      if case .checkpoint(let checkpoint, _)? = try? Anchor.read(directory: place.anchorDirectory, key: key) {
        checkpoint.size
      } else { nil }
    guard access(place.databasePath, F_OK) == 0 else {
      return seen.map { .unreadable("\(place.databasePath) is missing", seen: $0) } ?? .none
    }
    do {
      return try PresentState.compare(
        database: place.databasePath, backup: OfflineDatabase(path: backup.databasePath))
    } catch {
      return .unreadable("\(error)", seen: seen)
    }
  }

  // MARK: - Doing it

  /// Puts the backup in the place of the state.
  /// - Returns: where the replaced state was moved to; nil where there was none.
  package func run(at now: Instant) throws(RestoreFault) -> String? {
    let fresh = place.databasePath + ".restore"
    do {
      try copy(to: fresh)
      let aside = try note(at: now)
      if let aside { try moveAside(to: aside) }
      try move(fresh, place.databasePath)
      try replaceAnchor()
      return aside
    } catch {
      unlink(fresh)
      if isNewPlace { Self.unmake(place) }
      throw error as? RestoreFault ?? .failed("\(error)")
    }
  }

  private func copy(to path: String) throws {
    let source = try FileIO.open(backup.databasePath, O_RDONLY, 0)
    defer { close(source) }
    let target = try FileIO.open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(target) }
    var written = 0
    let digest = try FileIO.hash(source, backup.databasePath) { piece in
      do throws(FileError) {
        try FileIO.write([UInt8](piece), at: written, to: target)
      } catch {
        throw error.at(path)
      }
      written += piece.count
    }
    // It may have been changed since it was verified.
    guard digest == manifest.digest else { throw RestoreFault.changed(backup.databasePath) }
    guard fsync(target) == 0 else { throw FileError(path) }
    try giveToOwner(path)
  }

  /// Writes the note for the record that the daemon makes of it.
  /// - Returns: where what is there goes; nil where there is nothing. A restore that was cut short goes on with its
  ///   own place, and with what it found.
  private func note(at now: Instant) throws -> String? {
    let path = "\(place.directory)/\(Self.noteName)"
    var note: JSONObject = [:]
    if let begun = try FileIO.read(path), case .object(let begun)? = try? JSONParser.parse(begun) {
      for name in ["replaced", "replaced_size"] { note[name] = begun[name] }
    }
    if note["replaced"] == nil {
      note["replaced_size"] = presentSize.map { .int(Int($0)) }
      if !(files + anchors).isEmpty {
        note["replaced"] = .string("replaced-" + now.rfc3339(zone: .utc).filter { $0 != "-" && $0 != ":" })
      }
    }
    note["backup"] = .string(backup.name)
    note["restored_at"] = .string(now.rfc3339(zone: .utc))
    note["size"] = .int(Int(manifest.head.size))
    note["root"] = .string(manifest.head.root.base64)
    try FileIO.create(path, JSONValue.object(note).encoded(), mode: 0o600)
    try giveToOwner(path)
    return note["replaced"]?.stringValue.map { "\(place.directory)/\($0)" }
  }

  private var presentSize: UInt64? {
    switch present {
    case .ahead(let lost): lost.range.upperBound
    case .behind(let size), .parted(let size, _): size
    case .unreadable(_, let seen): seen
    case .none: nil
    }
  }

  /// Database files, the WAL first: left alone, it would be taken for a stale one and emptied.
  private var files: [String] {
    ["-wal", ""].map { place.databasePath + $0 }.filter { access($0, F_OK) == 0 }
  }

  private var anchors: [String] {
    (Anchor.fileNames + [DatabaseSeal.fileName]).filter {
      access("\(place.anchorDirectory)/\($0)", F_OK) == 0
    }
  }

  /// The database with its WAL, and a copy of the anchor: the anchor itself stays until the database has changed, so
  /// that at no moment a daemon would take what is there for a state. What is there already stays.
  private func moveAside(to aside: String) throws {
    // The index of the WAL is made anew.
    guard unlink(place.databasePath + "-shm") == 0 || errno == ENOENT else {
      throw FileError("stationd.db-shm")
    }
    for path in [aside, aside + "/anchor"] {
      try FileIO.makeDirectory(path)
      try giveToOwner(path)
    }
    for name in anchors where access("\(aside)/anchor/\(name)", F_OK) != 0 {
      let content = try FileIO.read("\(place.anchorDirectory)/\(name)") ?? []
      try FileIO.create("\(aside)/anchor/\(name)", content, mode: 0o644)
      try giveToOwner("\(aside)/anchor/\(name)")
    }
    for file in files {
      let target = aside + file.dropFirst(place.directory.count)
      if access(target, F_OK) != 0 { try move(file, target) }
    }
    try FileIO.syncDirectory(aside)
  }

  private func replaceAnchor() throws {
    let directory = place.anchorDirectory
    try FileIO.makeDirectory(directory)
    try giveToOwner(directory)
    let checkpoint = try FileIO.read(backup.checkpointPath) ?? []
    for name in [DatabaseSeal.fileName] + Anchor.fileNames.reversed() {
      let path = "\(directory)/\(name)"
      if name == Anchor.fileNames[0] {
        try FileIO.create(path, checkpoint, mode: 0o644)
        try giveToOwner(path)
      } else {
        guard unlink(path) == 0 || errno == ENOENT else { throw FileError(path) }
        try FileIO.syncDirectory(directory)
      }
    }
  }

  private func move(_ from: String, _ to: String) throws {
    guard rename(from, to) == 0 else { throw FileError(to) }
    try FileIO.syncDirectory(place.directory)
  }

  /// An administrator restores for the daemon's user, who owns the state directory.
  private func giveToOwner(_ path: String) throws {
    guard geteuid() == 0 else { return }
    var owner = stat()
    guard stat(place.directory, &owner) == 0, lchown(path, owner.st_uid, owner.st_gid) == 0 else {
      throw FileError(path)
    }
  }
}
