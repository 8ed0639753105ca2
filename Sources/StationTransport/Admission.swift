import StationRPC

/// Counts the open connections, for each user and in all, against their limits.
package struct Admission: Sendable {
  package enum Refusal: String, Error, Sendable, Equatable {
    case perUser = "too many connections of this user"
    case inAll = "too many connections"
  }

  private var perUser: Int
  private var inAll: Int
  private var users: [UInt32: Int] = [:]
  /// Connections open now.
  package private(set) var count = 0

  package init(limits: Limits) {
    perUser = limits.connectionsPerUID
    inAll = limits.connections
  }

  /// From here on these limits hold; who is connected stays.
  package mutating func apply(_ limits: Limits) {
    perUser = limits.connectionsPerUID
    inAll = limits.connections
  }

  /// Counts one more connection, or says why it must not be.
  package mutating func admit(uid: UInt32) throws(Refusal) {
    guard count < inAll else { throw .inAll }
    let open = users[uid, default: 0]
    guard open < perUser else { throw .perUser }
    users[uid] = open + 1
    count += 1
  }

  /// Counts one connection less. Called once for every connection that was admitted.
  package mutating func release(uid: UInt32) {
    guard let open = users[uid] else { return }
    users[uid] = open > 1 ? open - 1 : nil
    count -= 1
  }
}
