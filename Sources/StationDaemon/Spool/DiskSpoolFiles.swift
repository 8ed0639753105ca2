import CStationFiles
import Glibc

/// The spool's folders on a disk.
///
/// Every folder is opened anew for each step and never through a link, so that an administrator may move one
/// aside at any time.
package struct DiskSpoolFiles: SpoolFiles {
  private let configuration: SpoolConfiguration

  package init(_ configuration: SpoolConfiguration) { self.configuration = configuration }

  /// Makes what is missing. What is there keeps its owner and its mode.
  ///
  /// - Throws: also where the spool or a folder of it is a link, or where everybody may write.
  package func prepare() throws(FileFault) {
    try make(configuration.directory, at: AT_FDCWD, mode: configuration.rootMode)
    let root = try open(configuration.directory, at: AT_FDCWD)
    defer { close(root) }
    for folder in SpoolFolder.allCases {
      let isShared = folder == .out || folder == .incoming
      try make(folder.rawValue, at: root, mode: isShared ? configuration.exchangeMode : 0o700)
      let opened = try open(folder.rawValue, at: root)
      defer { close(opened) }
      guard fsync(opened) == 0 else { throw FileFault(folder.rawValue) }
    }
    guard fsync(root) == 0 else { throw FileFault(configuration.directory) }
  }

  private func make(_ path: String, at directory: Int32, mode: mode_t) throws(FileFault) {
    guard mkdirat(directory, path, 0o700) == 0 else {
      guard errno == EEXIST else { throw FileFault(path) }
      return
    }
    // The umask does not count: the mode is what the configuration says.
    let made = try open(path, at: directory)
    defer { close(made) }
    guard fchmod(made, mode) == 0 else { throw FileFault(path) }
  }

  /// Opens a folder; refuses a link and one that everybody may write to.
  private func open(_ path: String, at directory: Int32) throws(FileFault) -> Int32 {
    let opened = openat(directory, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard opened >= 0 else { throw FileFault(path) }
    var status = stat()
    guard fstat(opened, &status) == 0, status.st_mode & 0o002 == 0 else {
      let code = errno
      close(opened)
      throw FileFault("\(path) may be written by everybody", code: code == 0 ? EPERM : code)
    }
    return opened
  }

  /// Runs `body` with the descriptor of a folder.
  private func within<T>(
    _ folder: SpoolFolder, _ body: (Int32) throws(FileFault) -> T
  ) throws(FileFault) -> T {
    errno = 0
    let root = try open(configuration.directory, at: AT_FDCWD)
    defer { close(root) }
    let opened = try open(folder.rawValue, at: root)
    defer { close(opened) }
    return try body(opened)
  }

  package func names(in folder: SpoolFolder, limit: Int) throws(FileFault) -> [FileName] {
    try within(folder) { (directory) throws(FileFault) in
      // The stream takes the descriptor over.
      guard let stream = fdopendir(dup(directory)) else { throw FileFault(folder.rawValue) }
      defer { closedir(stream) }
      var names: [FileName] = []
      while names.count < limit, let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: UInt8.self, capacity: 256) { bytes in
            FileName(bytes: Array(UnsafeBufferPointer(start: bytes, count: strnlen(bytes, 256))))
          }
        }
        guard name.bytes.first != UInt8(ascii: "."), !name.bytes.suffix(4).elementsEqual(".tmp".utf8) else {
          continue
        }
        names.append(name)
      }
      return names.sorted()
    }
  }

  package func read(
    _ name: FileName, in folder: SpoolFolder, limit: Int
  ) throws(FileFault) -> SpoolEntry? {
    try within(folder) { (directory) throws(FileFault) in
      // Neither a link is followed nor a pipe waited for.
      let file = name.withCString { openat(directory, $0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
      guard file >= 0 else { return try unopened(name, directory, errno) }
      defer { close(file) }
      var status = stat()
      guard fstat(file, &status) == 0 else { throw FileFault("stat") }
      let identity = Self.identity(status)
      guard status.st_mode & S_IFMT == S_IFREG else { return SpoolEntry(.notRegular, identity: identity) }
      guard status.st_size <= limit else { return SpoolEntry(.tooLarge, identity: identity) }
      var bytes: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 65536)
      while bytes.count <= limit {
        let count = Glibc.read(file, &chunk, chunk.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw FileFault("read") }
        if count == 0 { return SpoolEntry(.bytes(bytes), identity: identity) }
        bytes.append(contentsOf: chunk[..<count])
      }
      return SpoolEntry(.tooLarge, identity: identity)
    }
  }

  private func unopened(_ name: FileName, _ directory: Int32, _ code: Int32) throws(FileFault) -> SpoolEntry?
  {
    var status = stat()
    guard name.withCString({ fstatat(directory, $0, &status, AT_SYMLINK_NOFOLLOW) }) == 0 else {
      if errno == ENOENT { return nil }
      throw FileFault("stat")
    }
    let identity = Self.identity(status)
    if status.st_mode & S_IFMT != S_IFREG { return SpoolEntry(.notRegular, identity: identity) }
    switch code {
    case EACCES, EPERM: return SpoolEntry(.unreadable, identity: identity)
    // Another took its name between the two looks.
    case ENOENT, ELOOP, ENXIO: return nil
    default: throw FileFault("open", code: code)
    }
  }

  private static func identity(_ status: stat) -> [UInt64] { [UInt64(status.st_dev), UInt64(status.st_ino)] }

  package func write(_ bytes: [UInt8], to name: FileName, isShared: Bool) throws(FileFault) {
    try within(.work) { (directory) throws(FileFault) in
      let flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
      let file = name.withCString { openat(directory, $0, flags, 0o600) }
      guard file >= 0 else { throw FileFault("create") }
      defer { close(file) }
      var done = 0
      while done < bytes.count {
        let count = bytes.withUnsafeBytes {
          Glibc.write(file, $0.baseAddress.map { $0 + done }, bytes.count - done)
        }
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw FileFault("write") }
        done += count
      }
      if isShared { try share(file) }
      guard fsync(file) == 0, fsync(directory) == 0 else { throw FileFault("write") }
    }
  }

  /// Gives a file that is to leave the group of `out`, and the bits with which that group may read it.
  private func share(_ file: Int32) throws(FileFault) {
    let group = try within(.out) { (out) throws(FileFault) in
      var status = stat()
      guard fstat(out, &status) == 0 else { throw FileFault("out") }
      return status.st_gid
    }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw FileFault("stat") }
    guard status.st_gid == group || fchown(file, .max, group) == 0 else {
      throw FileFault("the daemon must be a member of the group of out/")
    }
    guard fchmod(file, configuration.fileMode) == 0 else { throw FileFault("chmod") }
  }

  package func move(
    _ name: FileName, from: SpoolFolder, to: SpoolFolder, as other: FileName
  ) throws(FileFault) -> MoveOutcome {
    try within(from) { (source) throws(FileFault) in
      try within(to) { (target) throws(FileFault) in
        let moved = name.withCString { old in other.withCString { Self.rename(source, old, target, $0) } }
        guard moved == 0 else {
          switch errno {
          case EEXIST, ENOTEMPTY: return .taken
          case ENOENT: return .missing
          default: throw FileFault("rename")
          }
        }
        guard fsync(target) == 0, fsync(source) == 0 else { throw FileFault("rename") }
        return .moved
      }
    }
  }

  /// Where the file system cannot refuse to replace, a look before has to do: the target folders are the daemon's.
  private static func rename(
    _ source: Int32, _ old: UnsafePointer<CChar>, _ target: Int32, _ new: UnsafePointer<CChar>
  ) -> Int32 {
    let moved = station_rename_new(source, old, target, new)
    guard moved != 0, errno == EINVAL || errno == ENOSYS else { return moved }
    var status = stat()
    guard fstatat(target, new, &status, AT_SYMLINK_NOFOLLOW) != 0 else {
      errno = EEXIST
      return -1
    }
    return renameat(source, old, target, new)
  }

  package func remove(_ name: FileName, in folder: SpoolFolder) throws(FileFault) {
    try within(folder) { (directory) throws(FileFault) in
      guard name.withCString({ unlinkat(directory, $0, 0) }) == 0 || errno == ENOENT else {
        throw FileFault("unlink")
      }
      guard fsync(directory) == 0 else { throw FileFault("unlink") }
    }
  }
}
