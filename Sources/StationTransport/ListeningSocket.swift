import Glibc

/// Makes the Unix socket that the daemon listens on.
package enum ListeningSocket {
  package enum Failure: Error, Sendable, Equatable {
    /// The path does not fit into a socket address (107 bytes).
    case pathTooLong
    /// Another process answers on the path.
    case inUse
    /// Something that is no socket has the path.
    case notASocket
    case system(SystemError)
  }

  /// Binds a stream socket to `path` with the permission bits `mode`, and does not listen yet: nobody can
  /// connect before the mode is set. A socket that nobody answers on is removed first.
  ///
  /// Returns the descriptor, which the caller owns.
  package static func bind(path: String, mode: mode_t) throws(Failure) -> Int32 {
    try removeStale(path)
    let descriptor = try open()
    do throws(Failure) {
      try withAddress(of: path) { (address, size) throws(Failure) in
        guard Glibc.bind(descriptor, address, size) == 0 else {
          throw errno == EADDRINUSE ? .inUse : .system(SystemError("bind"))
        }
      }
      guard chmod(path, mode) == 0 else { throw .system(SystemError("chmod")) }
    } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  private static func open() throws(Failure) -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_UNIX, type, 0)
    guard descriptor >= 0 else { throw .system(SystemError("socket")) }
    return descriptor
  }

  /// Removes a socket whose owner is gone.
  private static func removeStale(_ path: String) throws(Failure) {
    guard try isStale(path) else { return }
    guard unlink(path) == 0 || errno == ENOENT else { throw .system(SystemError("unlink")) }
  }

  /// Changes nothing; throws where ``bind(path:mode:)`` would, since the path is somebody else's.
  package static func requireFree(_ path: String) throws(Failure) { _ = try isStale(path) }

  /// Whether a socket is there whose owner is gone; throws where anything else has the path.
  private static func isStale(_ path: String) throws(Failure) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      guard errno == ENOENT else { throw .system(SystemError("lstat")) }
      return false
    }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket }
    let probe = try open()
    defer { close(probe) }
    // A live socket whose queue is full must not make the start hang: it answers EAGAIN at once.
    _ = fcntl(probe, F_SETFL, O_NONBLOCK)
    let code = try withAddress(of: path) { (address, size) throws(Failure) -> Int32 in
      connect(probe, address, size) == 0 ? 0 : errno
    }
    guard code == ECONNREFUSED else {
      if code == ENOENT { return false }
      throw code == 0 || code == EAGAIN ? .inUse : .system(SystemError("connect", code: code))
    }
    return true
  }

  /// Which file a path names, to tell later whether it is still ours.
  package static func identity(of path: String) -> FileIdentity? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    return FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
  }

  /// Calls `body` with the socket address of a path.
  package static func withAddress<Result>(
    of path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path), !bytes.isEmpty, !bytes.contains(0)
    else {
      throw .pathTooLong
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    return try withUnsafePointer(to: &address) { (pointer) throws(Failure) -> Result in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { (generic) throws(Failure) -> Result in
        try body(generic, size)
      }
    }
  }
}

/// A file, whatever its path is now.
package struct FileIdentity: Sendable, Hashable {
  package let device: UInt64
  package let inode: UInt64
}
