import Glibc

/// What the spooler does with files. A value of its own, so that tests can end a daemon between any two steps.
package protocol SpoolFiles: Sendable {
  /// Names in byte order, without those that begin with a dot or end in `.tmp`.
  func names(in folder: SpoolFolder, limit: Int) throws(FileFault) -> [FileName]
  /// nil when there is nothing of that name.
  func read(_ name: FileName, in folder: SpoolFolder, limit: Int) throws(FileFault) -> SpoolEntry?
  /// Makes or replaces a file in `work`; returns when it is on the disk.
  ///
  /// - Parameter isShared: whether the group of `out` may read it.
  func write(_ bytes: [UInt8], to name: FileName, isShared: Bool) throws(FileFault)
  /// Never replaces anything; returns when the move is on the disk.
  func move(
    _ name: FileName, from: SpoolFolder, to: SpoolFolder, as other: FileName
  ) throws(FileFault) -> MoveOutcome
  /// Nothing happens when there is nothing of that name.
  func remove(_ name: FileName, in folder: SpoolFolder) throws(FileFault)
}

package enum MoveOutcome: Sendable { case moved, taken, missing }

/// What lies under a name.
package struct SpoolEntry: Sendable, Hashable {
  package enum Content: Sendable, Hashable {
    case bytes([UInt8])
    case tooLarge
    /// A folder, a link, a pipe, a socket, a device.
    case notRegular
    case unreadable
  }

  package let content: Content
  /// Device and inode: the same thing under another name has the same.
  package let identity: [UInt64]

  package init(_ content: Content, identity: [UInt64]) {
    self.content = content
    self.identity = identity
  }
}

/// A failed file operation.
package struct FileFault: Error, Sendable, CustomStringConvertible {
  package let code: Int32
  package let description: String

  package init(_ what: String, code: Int32 = errno) {
    self.code = code
    description = "\(what): \(String(cString: strerror(code)))"
  }
}
