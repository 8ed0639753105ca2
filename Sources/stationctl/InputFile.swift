import Glibc
import StationClient

/// A file that is read piece by piece; `-` is standard input.
final class InputFile {
  private let path: String
  private let descriptor: Int32
  private var chunk = [UInt8](repeating: 0, count: 64 << 10)

  init(_ path: String) throws(UsageError) {
    self.path = path
    descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Terminal.unreadable(path) }
  }

  deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

  /// The bytes that come next; empty at the end.
  func more() throws(UsageError) -> [UInt8] {
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Terminal.unreadable(path) }
      return Array(chunk[..<count])
    }
  }

  /// Bytes in all; nil for what is no regular file.
  var size: Int? { status.flatMap { $0.st_mode & S_IFMT == S_IFREG ? Int($0.st_size) : nil } }

  /// Whether the descriptor is of the same file.
  func isSame(as other: Int32) -> Bool {
    var theirs = stat()
    guard let ours = status, fstat(other, &theirs) == 0 else { return false }
    return ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino
  }

  private var status: stat? {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? status : nil
  }
}
