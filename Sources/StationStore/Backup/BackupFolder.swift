import Glibc
import StationAudit
import StationCrypto
import StationKit

/// One backup: a folder with the database, the signed checkpoint that it ends with, and the signed manifest.
package struct BackupFolder: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  package var databasePath: String { "\(path)/stationd.db" }
  package var anchorDirectory: String { "\(path)/anchor" }
  package var checkpointPath: String { "\(anchorDirectory)/\(Anchor.fileNames[0])" }
  package var manifestPath: String { "\(path)/\(BackupManifest.fileName)" }

  /// The last part of the path.
  package var name: String { path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path }

  /// The manifest; nil where there is none that the key signed.
  package func manifest(key: VerifierKey) throws(FileError) -> BackupManifest? {
    try FileIO.read(manifestPath).flatMap { BackupManifest(opening: $0, signedBy: key) }
  }

  /// Removes a backup that is whole; cut short, it does not look like one any more.
  func retire() throws(FileError) {
    guard rename(path, whileMade.path) == 0 else { throw FileError(path) }
    try whileMade.remove()
  }

  /// Removes the folder with what a backup may hold; anything else in it stays, and the folder with it.
  func remove() throws(FileError) {
    let files =
      [databasePath, databasePath + "-journal", manifestPath, manifestPath + ".new"]
      + Anchor.fileNames.flatMap { ["\(anchorDirectory)/\($0)", "\(anchorDirectory)/\($0).new"] }
    for file in files {
      guard unlink(file) == 0 || errno == ENOENT else { throw FileError(file) }
    }
    for directory in [anchorDirectory, path] {
      guard rmdir(directory) == 0 || errno == ENOENT else { throw FileError(directory) }
    }
  }

  // MARK: - The directory that backups are in

  private static let prefix = "stationd-"
  private static let unfinished = ".unfinished"

  /// The name of a backup of this moment: `stationd-20261122T163000Z`.
  private static func name(at now: Instant) -> String {
    // 2026-11-22T16:30:00.000Z, without what a file name is better without.
    prefix + now.rfc3339(zone: .utc).prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
  }

  /// Where it is made, before it is whole.
  private var whileMade: BackupFolder { BackupFolder(path: path + Self.unfinished) }

  /// Two in one second get different names.
  private static func unused(_ name: String, in directory: String) throws -> BackupFolder {
    for number in 1...100 {
      let folder = BackupFolder(path: "\(directory)/\(name)" + (number > 1 ? "-\(number)" : ""))
      if [folder, folder.whileMade].allSatisfy({ access($0.path, F_OK) != 0 }) { return folder }
    }
    throw BackupFault.directory(Text("it has a hundred backups of this second", zh: "同一秒的备份已满一百份"))
  }

  /// Makes a backup in a directory: a folder that says by its name that it is unfinished, and gets its own when `fill`
  /// has put all of it on disk.
  static func make(
    at now: Instant, in directory: String, _ fill: (BackupFolder) throws -> BackupManifest
  ) throws -> (folder: BackupFolder, manifest: BackupManifest) {
    let folder = try unused(name(at: now), in: directory)
    let unfinished = folder.whileMade
    do {
      for path in [unfinished.path, unfinished.anchorDirectory] {
        guard mkdir(path, 0o700) == 0 else { throw FileError(path) }
      }
      let manifest = try fill(unfinished)
      guard rename(unfinished.path, folder.path) == 0 else { throw FileError(folder.path) }
      try FileIO.syncDirectory(directory)
      return (folder, manifest)
    } catch {
      // What failed is told; what it leaves is removed when the next is made, at the latest.
      try? unfinished.remove()
      throw error
    }
  }

  /// Whether a daemon gives such a name, finished or not: `stationd-20261122T163000Z`, `stationd-20261122T163000Z-2`.
  private static func isOurs(_ name: String) -> Bool {
    let plain = name.hasSuffix(unfinished) ? name.dropLast(unfinished.count) : name[...]
    let form = Array((prefix + "00000000T000000Z").utf8)
    func fits(_ pair: (UInt8, UInt8)) -> Bool {
      pair.0 == UInt8(ascii: "0") ? (0x30...0x39).contains(pair.1) : pair.0 == pair.1
    }
    let rest = plain.utf8.dropFirst(form.count)
    return plain.utf8.count >= form.count && zip(form, plain.utf8).allSatisfy(fits)
      && (rest.isEmpty || rest.first == UInt8(ascii: "-") && Int(Substring(rest.dropFirst())) != nil)
  }

  private static func isDirectory(_ path: String) -> Bool {
    var about = stat()
    return lstat(path, &about) == 0 && about.st_mode & S_IFMT == S_IFDIR
  }

  /// All folders of a directory that have a backup's name, finished or not.
  private static func all(in directory: String) throws(FileError) -> [BackupFolder] {
    guard let stream = opendir(directory) else { throw FileError(directory) }
    defer { closedir(stream) }
    var found: [BackupFolder] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      let folder = BackupFolder(path: "\(directory)/\(name)")
      if isOurs(name), isDirectory(folder.path) { found.append(folder) }
    }
    return found.sorted { $0.name < $1.name }
  }

  /// The backups of one log, the one with the fewest records first.
  package static func finished(
    in directory: String, key: VerifierKey
  ) throws(FileError) -> [(folder: BackupFolder, manifest: BackupManifest)] {
    var backups: [(folder: BackupFolder, manifest: BackupManifest)] = []
    for folder in try all(in: directory) where !folder.name.hasSuffix(unfinished) {
      if let manifest = try folder.manifest(key: key) { backups.append((folder, manifest)) }
    }
    return backups.sorted {
      ($0.manifest.head.size, $0.folder.name) < ($1.manifest.head.size, $1.folder.name)
    }
  }

  /// Removes what a daemon left that ended while it made a backup.
  static func removeUnfinished(in directory: String) throws(FileError) {
    for folder in try all(in: directory) where folder.name.hasSuffix(unfinished) { try folder.remove() }
  }
}
