import Glibc

/// Bytes of the disk that a path is on.
package struct DiskSpace: Sendable {
  /// With fewer bytes free no start is tried, and a file that cannot be made or grow is taken for what a full disk
  /// does.
  static let least = 1 << 20

  package let free: Int
  package let all: Int

  package var isFull: Bool { free < Self.least }

  /// nil where the disk cannot be asked, with the reason in `errno`.
  package init?(of path: String) {
    var space = statvfs()
    guard statvfs(path, &space) == 0 else { return nil }
    free = Int(clamping: UInt64(space.f_bavail) * UInt64(space.f_frsize))
    all = Int(clamping: UInt64(space.f_blocks) * UInt64(space.f_frsize))
  }
}
