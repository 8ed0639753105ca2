import Glibc

/// Which file a name or a descriptor stands for.
struct FileIdentity: Equatable, Sendable {
  private let device: dev_t
  private let number: ino_t

  /// nil where there is none.
  init?(at path: String) {
    var about = stat()
    guard stat(path, &about) == 0 else { return nil }
    (device, number) = (about.st_dev, about.st_ino)
  }

  init?(of file: Int32) {
    var about = stat()
    guard fstat(file, &about) == 0 else { return nil }
    (device, number) = (about.st_dev, about.st_ino)
  }
}

/// The database and its write-ahead log as they were opened. SQLite goes on writing to them when somebody removes them
/// or puts others in their place, and nothing of that is there at the next start.
struct DatabaseFiles: Sendable {
  private let opened: [(path: String, identity: FileIdentity)]

  /// - Precondition: the database is open, in WAL mode.
  init(_ configuration: StoreConfiguration) throws(FileError) {
    var opened: [(path: String, identity: FileIdentity)] = []
    for path in [configuration.databasePath, configuration.logPath] {
      guard let identity = FileIdentity(at: path) else { throw FileError(path) }
      opened.append((path, identity))
    }
    self.opened = opened
  }

  /// The first that is not in its place any more.
  var displaced: String? { opened.first { FileIdentity(at: $0.path) != $0.identity }?.path }
}
