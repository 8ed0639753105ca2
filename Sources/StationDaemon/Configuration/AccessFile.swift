import Foundation
import Glibc
import StationRPC

/// `access.yaml`: roles, and who has them.
enum AccessFile {
  /// - Throws: ``ConfigurationError`` with file, line and what was expected.
  static func load(_ path: String) throws -> AccessPolicy {
    let reader = try YAMLReader(file: path, text: try DaemonConfiguration.text(of: path))
    try reader.allow(["roles", "bindings"])
    guard let roleMap = try reader.mapping("roles") else { throw reader.missing("roles") }
    var roles: [AccessPolicy.Role] = []
    for name in roleMap.keys {
      guard let role = try roleMap.mapping(name) else { continue }
      roles.append(try self.role(name, role))
    }
    let names = Set(roles.map(\.name))
    let bindings = try (try reader.mappings("bindings") ?? []).map { try binding($0, roles: names) }
    return AccessPolicy(roles: roles, bindings: bindings)
  }

  /// Every method on all data, for the user who started a development daemon.
  static func development(merging file: String?) throws -> AccessPolicy {
    let all = MethodPattern("*").map { [$0] } ?? []
    let policy = try file.map { try load($0) }
    let own = AccessPolicy.Binding(
      uids: [getuid()], gids: [], roles: ["developer"], unit: nil, supports: [], mayActFor: true)
    let role = AccessPolicy.Role(name: "developer", methods: all, scope: .all, personal: .full)
    return policy?.adding(role: role, binding: own) ?? AccessPolicy(roles: [role], bindings: [own])
  }

  private static func role(_ name: String, _ reader: YAMLReader) throws -> AccessPolicy.Role {
    try reader.allow(["methods", "scope", "personal"])
    guard let texts = try reader.strings("methods") else { throw reader.missing("methods") }
    let patterns = try texts.map {
      guard let pattern = MethodPattern($0) else {
        throw reader.wrong("methods", nil, "method names, 'prefix.*' or '*' ('\($0)' is none of these)")
      }
      return pattern
    }
    let text = try reader.string("scope") ?? "own"
    guard let scope = AccessPolicy.RoleScope(rawValue: text) else {
      throw reader.wrong("scope", nil, "one of own, supported, all")
    }
    guard let sight = AccessPolicy.Sight(rawValue: try reader.string("personal") ?? "masked") else {
      throw reader.wrong("personal", nil, "one of full, masked")
    }
    return AccessPolicy.Role(name: name, methods: patterns, scope: scope, personal: sight)
  }

  private static func binding(
    _ reader: YAMLReader, roles: Set<String>
  ) throws -> AccessPolicy.Binding {
    try reader.allow(["user", "group", "roles", "unit", "supports", "may_act_for"])
    let uids = try (try reader.strings("user") ?? []).map { name -> UInt32 in
      if let number = UInt32(name) { return number }
      guard let entry = getpwnam(name) else {
        throw reader.wrong("user", nil, "users of this machine ('\(name)' is unknown)")
      }
      return entry.pointee.pw_uid
    }
    let gids = try (try reader.strings("group") ?? []).map { name -> UInt32 in
      if let number = UInt32(name) { return number }
      guard let entry = getgrnam(name) else {
        throw reader.wrong("group", nil, "groups of this machine ('\(name)' is unknown)")
      }
      return entry.pointee.gr_gid
    }
    guard !uids.isEmpty || !gids.isEmpty else { throw reader.missing("user") }
    guard let bound = try reader.strings("roles") else { throw reader.missing("roles") }
    for role in bound where !roles.contains(role) {
      throw reader.wrong("roles", nil, "names from 'roles' ('\(role)' is not there)")
    }
    return AccessPolicy.Binding(
      uids: Set(uids), gids: Set(gids), roles: bound, unit: try reader.string("unit"),
      supports: Set(try reader.strings("supports") ?? []),
      mayActFor: try reader.bool("may_act_for") ?? false)
  }
}
