/// Who is asking: the socket peer's identity and what `access.yaml` gives it for this method.
public struct Principal: Sendable, Hashable {
  public let uid: UInt32
  public let gid: UInt32
  /// Roles bound to the uid or one of its groups, sorted.
  public let roles: [String]
  /// The unit the peer works for, if bound to one.
  public let unit: String?
  /// The acting officer, named by a front end that may act for others.
  public let actor: String?
  /// What data the call may reach.
  public let scope: Scope
  /// Actions that the caller may decide on as a second person; nil for all.
  public let approves: [MethodPattern]?

  public init(
    uid: UInt32, gid: UInt32, roles: [String], unit: String?, actor: String? = nil, scope: Scope,
    approves: [MethodPattern]? = nil
  ) {
    self.uid = uid
    self.gid = gid
    self.roles = roles
    self.unit = unit
    self.actor = actor
    self.scope = scope
    self.approves = approves
  }

  /// One name for one person, for four-eyes checks: two calls with the same value are the same person.
  public var person: String { actor.map { "actor:\($0)" } ?? "uid:\(uid)" }

  /// Whether a name that ``person`` gave is this caller's: an actor's in whatever case, width and spacing.
  public func isSame(as person: String) -> Bool { FreeText.folded(person) == FreeText.folded(self.person) }

  /// Whether the call may reach data that belongs to any of `units`.
  public func mayReach(_ units: String?...) -> Bool {
    switch scope {
    case .all: true
    case .units(let reachable): units.contains { $0.map(reachable.contains) ?? false }
    }
  }

  /// - Throws: `denied` unless the caller works for `unit` itself, or for all: to support it is not to act for it.
  public func requireOwn(_ unit: String) throws(RPCError) {
    if case .all = scope { return }
    guard self.unit == unit, mayReach(unit) else {
      throw .denied(Text("Only the unit itself may do this", zh: "仅限本单位操作"))
    }
  }

  /// Whether the caller may decide on an action as a second person, as far as `access.yaml` goes.
  public func mayApprove(_ action: String) -> Bool {
    approves?.contains { $0.matches(action) } ?? true
  }

  /// - Throws: `denied` when none of `units` is in scope.
  public func require(_ units: String?...) throws(RPCError) {
    for unit in units where mayReach(unit) { return }
    if case .all = scope { return }
    throw .denied(Text("Outside the units you work for", zh: "超出所属单位范围"))
  }
}

/// The data scope of a grant.
public enum Scope: Sendable, Hashable {
  /// The own unit, or it and the units it supports.
  case units(Set<String>)
  case all
}
