import StationKit

/// `access.yaml` as rules: who has which roles, what a role may call, and on whose data. Default: deny.
package struct AccessPolicy: Sendable {
  package struct Role: Sendable {
    package let name: String
    /// `support.*`, `*`, or a full method name.
    package let methods: [MethodPattern]
    package let scope: RoleScope
    package let personal: Sight
    /// Actions that the role may decide on as a second person, where its methods let it decide; nil for all.
    package let approves: [MethodPattern]?
    /// The sockets on which the role counts; nil for all, which only the daemon's own roles have.
    package let socketClass: SocketClass?

    package init(
      name: String, methods: [MethodPattern], scope: RoleScope, personal: Sight = .masked,
      approves: [MethodPattern]? = nil, socketClass: SocketClass? = .member
    ) {
      self.name = name
      self.methods = methods
      self.scope = scope
      self.personal = personal
      self.approves = approves
      self.socketClass = socketClass
    }
  }

  package enum RoleScope: String, Sendable, CaseIterable { case own, supported, all }

  /// How a role sees personal data in results.
  package enum Sight: String, Sendable, CaseIterable { case full, masked }

  /// One line of `bindings`: users or groups, their roles and unit.
  package struct Binding: Sendable {
    package let uids: Set<UInt32>
    package let gids: Set<UInt32>
    package let roles: [String]
    package let unit: String?
    /// Units whose requests this unit serves.
    package let supports: Set<String>
    /// A front end that names the acting officer in `meta.actor`.
    package let mayActFor: Bool

    package init(
      uids: Set<UInt32>, gids: Set<UInt32>, roles: [String], unit: String?, supports: Set<String>,
      mayActFor: Bool
    ) {
      self.uids = uids
      self.gids = gids
      self.roles = roles
      self.unit = unit
      self.supports = supports
      self.mayActFor = mayActFor
    }
  }

  private let roles: [String: Role]
  private let bindings: [Binding]

  package init(roles: [Role], bindings: [Binding]) {
    self.roles = Dictionary(roles.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.bindings = bindings
  }

  /// The same policy with one role and binding more.
  package func adding(role: Role, binding: Binding) -> AccessPolicy {
    AccessPolicy(roles: Array(roles.values) + [role], bindings: bindings + [binding])
  }

  /// What a peer is, resolved once a connection.
  package func identity(of peer: Peer) -> Identity {
    let groups = Set(peer.groups + [peer.gid])
    let matching = bindings.filter { $0.uids.contains(peer.uid) || !$0.gids.isDisjoint(with: groups) }
    let names = Set(matching.flatMap(\.roles))
    let unit = matching.lazy.compactMap(\.unit).first
    return Identity(
      peer: peer, roles: names.sorted().compactMap { roles[$0] }.filter { $0.counts(for: peer) }, unit: unit,
      supports: matching.reduce(into: []) { units, binding in
        units.formUnion(binding.supports)
        if let own = binding.unit { units.insert(own) }
      },
      mayActFor: matching.contains(where: \.mayActFor))
  }
}

extension AccessPolicy {
  /// The same policy, with the daemon's own user entitled to ask for a reload: that is how the service manager,
  /// which runs the command as that user, asks for it.
  package func withDaemon(uid: UInt32) -> AccessPolicy {
    let role = Role(
      name: Role.daemonName, methods: ["system.reload"].compactMap(MethodPattern.init), scope: .own,
      socketClass: .administrator)
    return adding(
      role: role,
      binding: Binding(uids: [uid], gids: [], roles: [role.name], unit: nil, supports: [], mayActFor: false))
  }
}

extension AccessPolicy.Role {
  /// The role that the daemon's own user has.
  package static let daemonName = "daemon"

  /// Whether the socket that the peer came through lets the role count.
  func counts(for peer: Peer) -> Bool {
    guard let required = socketClass, let given = peer.socketClass else { return true }
    return required == given
  }
}
