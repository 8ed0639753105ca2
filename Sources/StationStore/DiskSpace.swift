import Glibc

/// Bytes of the disk that a path is on.
package struct DiskSpace: Sendable {
  package let free: Int
  package let all: Int

  /// nil where the disk cannot be asked, with the reason in `errno`.
  package init?(of path: String) {
    var space = statvfs()
    guard statvfs(path, &space) == 0 else { return nil }
    free = Int(clamping: UInt64(space.f_bavail) * UInt64(space.f_frsize))
    all = Int(clamping: UInt64(space.f_blocks) * UInt64(space.f_frsize))
  }
}
