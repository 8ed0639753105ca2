import StationKit

/// A peer with what the policy gives it.
package final class Identity: Sendable {
  package let peer: Peer
  package let roles: [AccessPolicy.Role]
  package let unit: String?
  package let supports: Set<String>
  package let mayActFor: Bool
  private let roleNames: [String]
  private let isBoundToActions: Bool
  /// The principal as audit records show it, without an acting officer.
  package let auditJSON: [UInt8]

  init(
    peer: Peer, roles: [AccessPolicy.Role], unit: String?, supports: Set<String>, mayActFor: Bool
  ) {
    self.peer = peer
    self.roles = roles
    self.unit = unit
    self.supports = supports
    self.mayActFor = mayActFor
    roleNames = roles.map(\.name)
    isBoundToActions = roles.contains { $0.approves != nil }
    auditJSON = Self.auditJSON(peer, roleNames, unit, actor: nil)
  }

  /// The widest scope among the roles that allow the method; nil when none does.
  package func scope(for method: String) -> Scope? {
    var best: AccessPolicy.RoleScope?
    for role in roles where role.methods.contains(where: { $0.matches(method) }) {
      switch (best, role.scope) {
      case (_, .all): return .all
      case (.supported?, _): break
      case (_, let scope): best = scope
      }
    }
    guard let best else { return nil }
    return best == .supported ? .units(supports) : .units(Set(unit.map { [$0] } ?? []))
  }

  /// Whether one of the roles that allow the method shows personal data in full.
  package func seesPersonalData(of method: String) -> Bool {
    roles.contains { role in role.personal == .full && role.methods.contains { $0.matches(method) } }
  }

  /// What the roles that allow the method let it decide on as a second person; nil for all.
  package func approves(in method: String) -> [MethodPattern]? {
    var patterns: [MethodPattern] = []
    for role in roles where role.methods.contains(where: { $0.matches(method) }) {
      guard let approves = role.approves else { return nil }
      patterns += approves
    }
    return patterns
  }

  package func principal(actor: String?, scope: Scope, method: String) -> Principal {
    Principal(
      uid: peer.uid, gid: peer.gid, roles: roleNames, unit: unit, actor: actor, scope: scope,
      approves: isBoundToActions ? approves(in: method) : nil)
  }

  package func auditJSON(actor: String?) -> [UInt8] {
    guard let actor else { return auditJSON }
    return Self.auditJSON(peer, roleNames, unit, actor: actor)
  }

  private static func auditJSON(
    _ peer: Peer, _ roles: [String], _ unit: String?, actor: String?
  ) -> [UInt8] {
    var object: JSONObject = [
      "uid": .int(Int(peer.uid)), "gid": .int(Int(peer.gid)), "pid": .int(Int(peer.pid)),
      "roles": .array(roles.map(JSONValue.string)),
    ]
    if let unit { object["unit"] = .string(unit) }
    if let actor { object["actor"] = .string(actor) }
    return JSONValue.object(object).encoded()
  }
}
