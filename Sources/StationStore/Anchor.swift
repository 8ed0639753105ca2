import Glibc
import StationAudit
import StationCrypto

/// The newest signed checkpoint, kept outside the database.
///
/// Two files take turns, each a plain signed note: a write cut short by a crash spoils one, and the
/// other still stands. Both are opened once, so writing needs neither a directory entry nor space; where somebody
/// removes them they are made anew.
/// A checkpoint is written only after the commit of the tree it signs, so the anchor is never ahead of
/// the database.
package struct Anchor {
  private let directory: String
  private var files: [Int32]
  private var turn: Int
  private var lengths = [-1, -1]
  private let signer: SignerKey

  package static let fileNames = ["checkpoint.a", "checkpoint.b"]

  /// What the directory holds.
  package enum Found {
    /// Neither file is there, or both are empty: a new state.
    case none
    /// The newest, and the other where it can be read.
    case checkpoint(Checkpoint, older: Checkpoint?)
    /// There is something, but no note that the key verifies.
    case unreadable
  }

  package static func read(directory: String, key: VerifierKey) throws -> Found {
    var found: [Checkpoint] = []
    var bytesSeen = false
    for name in fileNames {
      guard let bytes = try FileIO.read("\(directory)/\(name)"), !bytes.isEmpty else { continue }
      bytesSeen = true
      guard let checkpoint = try checkpoint(in: "\(directory)/\(name)", key: key) else { continue }
      found.append(checkpoint)
    }
    found.sort { $0.size < $1.size }
    if let newest = found.last { return .checkpoint(newest, older: found.count > 1 ? found[0] : nil) }
    return bytesSeen ? .unreadable : .none
  }

  /// Whether the newest checkpoint in the directory signs so much of the log, and no more.
  static func signs(_ size: UInt64, in directory: String, key: VerifierKey) throws -> Bool {
    guard case .checkpoint(let newest, _) = try read(directory: directory, key: key) else { return false }
    return newest.size == size
  }

  /// The checkpoint of one file; nil for none, or one that the key did not sign.
  private static func checkpoint(in path: String, key: VerifierKey) throws -> Checkpoint? {
    guard let bytes = try FileIO.read(path), let note = try? SignedNote(bytes) else { return nil }
    return try? Checkpoint(opening: note, signedBy: key)
  }

  package init(directory: String, signer: SignerKey) throws {
    self.signer = signer
    self.directory = directory
    let sizes = try Self.fileNames.map {
      try Self.checkpoint(in: "\(directory)/\($0)", key: signer.verifierKey)?.size
    }
    // The next one goes over the older of the two, so that the newer stands while it is written.
    turn = (sizes[0] ?? 0) > (sizes[1] ?? 0) ? 1 : 0
    files = try Self.fileNames.map { try FileIO.open("\(directory)/\($0)", O_RDWR | O_CREAT, 0o644) }
    try FileIO.syncDirectory(directory)
    // Before the first record: a state that ends right after it is not one that has lost its anchor.
    if sizes.allSatisfy({ $0 == nil }) {
      try write(TreeHead(size: 0, root: MerkleTree.emptyRoot), durable: true)
    }
  }

  /// Makes files anew that are not in the directory any more, or not the ones that are written to.
  /// - Returns: whether there were any: somebody has been at the anchor.
  mutating func mend() throws -> Bool {
    var isMended = false
    for (number, name) in Self.fileNames.enumerated() {
      let path = "\(directory)/\(name)"
      guard let open = FileIdentity(of: files[number]) else { throw FileError(path) }
      if FileIdentity(at: path) == open { continue }
      try FileIO.makeDirectory(directory)
      let fresh = try FileIO.open(path, O_RDWR | O_CREAT, 0o644)
      Glibc.close(files[number])
      files[number] = fresh
      lengths[number] = -1
      isMended = true
    }
    if isMended { try FileIO.syncDirectory(directory) }
    return isMended
  }

  /// Signs the head and writes it over the older file.
  /// - Parameter durable: waits until it is on disk; otherwise it outlives the process, not the power.
  mutating func write(_ head: TreeHead, durable: Bool) throws {
    let checkpoint = try Checkpoint(
      origin: signer.verifierKey.name, size: head.size, root: head.root)
    let bytes = Array(try checkpoint.signed(by: signer).encoded.utf8)
    let file = files[turn]
    try FileIO.write(bytes, at: 0, to: file)
    // A checkpoint never gets shorter while the log grows: only an older, longer content is cut.
    if lengths[turn] != bytes.count {
      guard ftruncate(file, off_t(bytes.count)) == 0 else { throw FileError("ftruncate anchor") }
      lengths[turn] = bytes.count
    }
    if durable, fdatasync(file) != 0 { throw FileError("fdatasync anchor") }
    turn = 1 - turn
  }

  func close() { for file in files { Glibc.close(file) } }
}

/// A failed system call, with errno.
package struct FileError: Error, CustomStringConvertible {
  package let code: Int32
  package let description: String

  package init(_ what: String) {
    self.init(what, errno)
  }

  private init(_ what: String, _ code: Int32) {
    self.code = code
    description = "\(what): \(String(cString: strerror(code)))"
  }

  /// The same of an open file, with its name.
  func at(_ path: String) -> FileError { FileError(path, code) }
}

/// The few file operations of the store, without Foundation.
package enum FileIO {
  package static func open(_ path: String, _ flags: Int32, _ mode: mode_t) throws(FileError) -> Int32 {
    let file = Glibc.open(path, flags | O_CLOEXEC, mode)
    guard file >= 0 else { throw FileError(path) }
    return file
  }

  /// The whole file; nil when there is none.
  package static func read(_ path: String, limit: Int = 1 << 24) throws(FileError) -> [UInt8]? {
    let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw FileError(path)
    }
    defer { Glibc.close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while bytes.count < limit {
      let count = Glibc.read(file, &chunk, chunk.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError(path)
      }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
    }
    return bytes
  }

  package static func write(_ bytes: [UInt8], at offset: Int, to file: Int32) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(file, $0.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw FileError("write")
      }
      done += count
    }
  }

  /// Writes a new file whole, synced, under its final name only when complete.
  /// - Parameter mode: its permission bits, whatever the process takes away from new files.
  package static func create(_ path: String, _ bytes: [UInt8], mode: mode_t) throws(FileError) {
    let temporary = path + ".new"
    let file = try open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { Glibc.close(file) }
    do throws(FileError) {
      try write(bytes, at: 0, to: file)
    } catch {
      throw error.at(path)
    }
    guard fchmod(file, mode) == 0, fsync(file) == 0, rename(temporary, path) == 0 else {
      throw FileError(path)
    }
    if let slash = path.lastIndex(of: "/") { try syncDirectory(String(path[..<slash])) }
  }

  /// Bytes of a file; 0 where there is none.
  static func size(_ path: String) -> Int {
    var about = stat()
    return stat(path, &about) == 0 ? Int(about.st_size) : 0
  }

  /// Makes a directory for this user alone, where there is none.
  static func makeDirectory(_ path: String) throws(FileError) {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw FileError(path) }
  }

  package static func syncDirectory(_ path: String) throws(FileError) {
    let file = try open(path, O_RDONLY | O_DIRECTORY, 0)
    defer { Glibc.close(file) }
    guard fsync(file) == 0 else { throw FileError(path) }
  }
}
