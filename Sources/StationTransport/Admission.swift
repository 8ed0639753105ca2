import StationKit
import StationRPC

/// Counts the open connections on the sockets of each class, for each user and in all, against their limits: whoever
/// fills one class's leaves the others' as they are.
package struct Admission: Sendable {
  package enum Refusal: Error, Sendable, Equatable {
    case perUser, inAll

    /// nil: what the error's kind says.
    var message: Text? {
      self == .perUser ? Text("Too many connections of this user", zh: "该用户连接过多") : nil
    }
  }

  private struct Open {
    var users: [UInt32: Int] = [:]
    var count = 0
  }

  private var perUser: Int
  private var inAll: Int
  private var classes: [SocketClass: Open] = [:]

  package init(limits: Limits) {
    perUser = limits.connectionsPerUID
    inAll = limits.connections
  }

  /// Connections open now.
  package var count: Int { classes.values.reduce(0) { $0 + $1.count } }

  /// From here on these limits hold; who is connected stays.
  package mutating func apply(_ limits: Limits) {
    perUser = limits.connectionsPerUID
    inAll = limits.connections
  }

  /// Counts one more connection, or says why it must not be.
  package mutating func admit(uid: UInt32, on socketClass: SocketClass) throws(Refusal) {
    var open = classes[socketClass, default: Open()]
    guard open.count < inAll else { throw .inAll }
    let own = open.users[uid, default: 0]
    guard own < perUser else { throw .perUser }
    open.users[uid] = own + 1
    open.count += 1
    classes[socketClass] = open
  }

  /// Counts one connection less. Called once for every connection that was admitted.
  package mutating func release(uid: UInt32, on socketClass: SocketClass) {
    guard let own = classes[socketClass]?.users[uid] else { return }
    classes[socketClass]?.users[uid] = own > 1 ? own - 1 : nil
    classes[socketClass]?.count -= 1
  }
}
