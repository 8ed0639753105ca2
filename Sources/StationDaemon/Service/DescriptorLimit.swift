import Glibc

/// How many descriptors the process may have open: every connection is one.
enum DescriptorLimit {
  /// What the daemon opens besides connections: the store, its readers, plugins, sockets.
  private static let ownUse = 256

  /// Makes all available that the service manager grants: the soft limit is for programs that use select(2).
  static func raise() {
    guard var limit = present, limit.rlim_cur < limit.rlim_max else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// Descriptors that so many connections need, and how many there may be; nil where they fit.
  static func shortage(connections: Int) -> (needed: Int, granted: Int)? {
    let needed = connections + ownUse
    guard let granted = present.map({ Int(clamping: $0.rlim_max) }), granted < needed else { return nil }
    return (needed, granted)
  }

  private static var present: rlimit? {
    var limit = rlimit()
    return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? limit : nil
  }
}
