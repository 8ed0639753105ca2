/// Who is on the other end of a connection, read from the socket once at accept.
///
/// `uid`, `gid` and `groups` come from `SO_PEERCRED` and `SO_PEERGROUPS` (unix(7)) and are what
/// access is decided on. `pid` is evidence only: it may be reused.
package struct Peer: Sendable, Hashable {
  package let uid: UInt32
  package let gid: UInt32
  package let groups: [UInt32]
  package let pid: Int32
  /// The class of the socket that the peer connected to; nil where nothing is capped (`--dev`).
  package var socketClass: SocketClass?

  package init(
    uid: UInt32, gid: UInt32, groups: [UInt32], pid: Int32, socketClass: SocketClass? = nil
  ) {
    self.uid = uid
    self.gid = gid
    self.groups = groups
    self.pid = pid
    self.socketClass = socketClass
  }
}
