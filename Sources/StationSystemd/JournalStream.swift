import Glibc

/// Whether an output of this process goes to the journal (`JOURNAL_STREAM`, systemd.exec(5)).
package enum JournalStream {
  /// Whether `descriptor` is the very stream that the service manager connected to the journal: the variable alone
  /// is inherited by children whose output goes elsewhere.
  package static func receives(_ descriptor: Int32, variable: String?) -> Bool {
    guard let (device, inode) = parse(variable ?? "") else { return false }
    var status = stat()
    return fstat(descriptor, &status) == 0 && UInt64(status.st_dev) == device
      && UInt64(status.st_ino) == inode
  }

  /// `device:inode` in decimal.
  static func parse(_ text: String) -> (device: UInt64, inode: UInt64)? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let device = UInt64(parts[0]), let inode = UInt64(parts[1]) else { return nil }
    return (device, inode)
  }
}
