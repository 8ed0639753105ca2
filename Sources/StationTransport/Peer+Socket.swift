import Glibc
import StationRPC

extension Peer {
  /// Asks the kernel who is on the other end of a connected Unix socket: `SO_PEERCRED` and `SO_PEERGROUPS`
  /// (unix(7), socket(7)), as they were when the peer connected.
  ///
  /// Group lists are at most 65,536 long (`NGROUPS_MAX`); the list returned is complete.
  package init(connectedTo descriptor: Int32) throws(SystemError) {
    // `struct ucred`, which Glibc's module leaves out.
    var credentials: (pid: Int32, uid: UInt32, gid: UInt32) = (0, 0, 0)
    var size = socklen_t(MemoryLayout.size(ofValue: credentials))
    guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else {
      throw SystemError("getsockopt(SO_PEERCRED)")
    }
    // A socket that is connected to nobody answers with uid -1.
    guard credentials.uid != UInt32.max else {
      throw SystemError("getsockopt(SO_PEERCRED)", code: ENOTCONN)
    }
    self.init(
      uid: credentials.uid, gid: credentials.gid, groups: try Self.groups(of: descriptor),
      pid: credentials.pid)
  }

  private static func groups(of descriptor: Int32) throws(SystemError) -> [UInt32] {
    var capacity = 32
    while true {
      var code: Int32 = 0
      var needed = 0
      let groups = [UInt32](unsafeUninitializedCapacity: capacity) { space, count in
        var size = socklen_t(capacity * MemoryLayout<UInt32>.stride)
        if getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, space.baseAddress, &size) == 0 {
          count = Int(size) / MemoryLayout<UInt32>.stride
        } else {
          code = errno
          needed = Int(size) / MemoryLayout<UInt32>.stride
        }
      }
      if code == 0 { return groups }
      // With ERANGE the kernel says how much room it needs.
      guard code == ERANGE, needed > capacity else {
        throw SystemError("getsockopt(SO_PEERGROUPS)", code: code)
      }
      capacity = needed
    }
  }
}
