import Foundation
import Glibc
import StationKit
import StationRPC

/// `access.yaml`: roles, and who has them.
enum AccessFile {
  /// The rules, and every key of the file with its value.
  ///
  /// - Throws: ``ConfigurationError`` with file, line and what was expected.
  static func read(_ path: String) throws -> (policy: AccessPolicy, trace: KeyTrace) {
    let reader = try YAMLReader(file: path, text: try DaemonConfiguration.text(of: path))
    try reader.allow(["roles", "bindings"])
    guard let roleMap = try reader.mapping("roles") else { throw reader.missing("roles") }
    var roles: [AccessPolicy.Role] = []
    for name in roleMap.keys {
      guard name != AccessPolicy.Role.daemonName else {
        throw roleMap.wrong(name, nil, "another name: this role is the daemon's own")
      }
      guard let role = try roleMap.mapping(name) else { continue }
      roles.append(try self.role(name, role))
    }
    let names = Set(roles.map(\.name))
    let bindings = try (try reader.mappings("bindings") ?? []).map { try binding($0, roles: names) }
    return (AccessPolicy(roles: roles, bindings: bindings), reader.trace)
  }

  /// The rules that a configuration asks for, and every key of their file.
  static func policy(of configuration: DaemonConfiguration) throws -> (policy: AccessPolicy, trace: KeyTrace)
  {
    let (policy, trace) =
      try configuration.accessFile.map(read) ?? (AccessPolicy(roles: [], bindings: []), KeyTrace())
    return (
      configuration.development ? development(merging: policy) : policy.withDaemon(uid: getuid()), trace
    )
  }

  /// Every method on all data, for the user who started a development daemon.
  private static func development(merging policy: AccessPolicy) -> AccessPolicy {
    let all = MethodPattern("*").map { [$0] } ?? []
    let own = AccessPolicy.Binding(
      uids: [getuid()], gids: [], roles: ["developer"], unit: nil, supports: [], mayActFor: true)
    let role = AccessPolicy.Role(
      name: "developer", methods: all, scope: .all, personal: .full, socketClass: nil)
    return policy.adding(role: role, binding: own)
  }

  private static func role(_ name: String, _ reader: YAMLReader) throws -> AccessPolicy.Role {
    try reader.allow(["methods", "approves", "scope", "personal", "class"])
    guard let methods = try patterns("methods", reader, takes: "methods, or patterns such as 'audit.*'")
    else {
      throw reader.missing("methods")
    }
    let approves = try patterns("approves", reader, takes: "actions, or patterns such as 'stoploss.*'")
    let scope = try reader.word("scope", standard: AccessPolicy.RoleScope.own)
    let sight = try reader.word("personal", standard: AccessPolicy.Sight.masked)
    let socketClass = try reader.word("class", standard: SocketClass.member)
    return AccessPolicy.Role(
      name: name, methods: methods, scope: scope, personal: sight, approves: approves,
      socketClass: socketClass)
  }

  private static func patterns(
    _ key: String, _ reader: YAMLReader, takes: String
  ) throws -> [MethodPattern]? {
    try reader.strings(key, takes: takes)?.map {
      guard let pattern = MethodPattern($0) else {
        throw reader.wrong(key, nil, "names, 'prefix.*' or '*' ('\($0)' is none of these)")
      }
      return pattern
    }
  }

  private static func binding(
    _ reader: YAMLReader, roles: Set<String>
  ) throws -> AccessPolicy.Binding {
    try reader.allow(["user", "group", "roles", "unit", "supports", "may_act_for"])
    let uids = try (try reader.strings("user") ?? []).map { name -> UInt32 in
      if let number = try Self.number(name, "user", reader) { return number }
      guard let entry = getpwnam(name) else {
        throw reader.wrong("user", nil, "users of this machine ('\(name)' is unknown)")
      }
      return entry.pointee.pw_uid
    }
    let gids = try (try reader.strings("group") ?? []).map { name -> UInt32 in
      if let number = try Self.number(name, "group", reader) { return number }
      guard let entry = getgrnam(name) else {
        throw reader.wrong("group", nil, "groups of this machine ('\(name)' is unknown)")
      }
      return entry.pointee.gr_gid
    }
    guard !uids.isEmpty || !gids.isEmpty else { throw reader.missing("user", or: "group") }
    guard let bound = try reader.strings("roles") else { throw reader.missing("roles") }
    for role in bound where !roles.contains(role) {
      throw reader.wrong("roles", nil, "names from 'roles' ('\(role)' is not there)")
    }
    let binding = AccessPolicy.Binding(
      uids: Set(uids), gids: Set(gids), roles: bound, unit: try reader.string("unit"),
      supports: Set(try reader.strings("supports") ?? []),
      mayActFor: try reader.bool("may_act_for", standard: false) ?? false)
    // Without a role it may add a unit to whoever has roles by another binding.
    guard !bound.isEmpty || binding.unit != nil || !binding.supports.isEmpty || binding.mayActFor else {
      throw reader.wrong("roles", nil, "one or more names from 'roles', in a binding that gives nothing else")
    }
    return binding
  }

  /// A uid or a gid; nil for a name. The highest number is nobody's: (uid_t)-1 (chown(2)).
  private static func number(_ text: String, _ key: String, _ reader: YAMLReader) throws -> UInt32? {
    guard let number = UInt32(text) else { return nil }
    guard number != .max else {
      throw reader.wrong(key, nil, "names, or numbers below \(UInt32.max), which stands for nobody")
    }
    return number
  }
}
