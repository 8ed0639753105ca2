import StationKit
import StationRPC
import Testing

@Suite struct AccessPolicyTests {
  private static func role(
    _ name: String, _ patterns: [String], _ scope: AccessPolicy.RoleScope
  ) -> AccessPolicy.Role {
    AccessPolicy.Role(name: name, methods: patterns.compactMap(MethodPattern.init), scope: scope)
  }

  private static func binding(
    uids: Set<UInt32> = [], gids: Set<UInt32> = [], _ roles: [String], unit: String? = nil,
    supports: Set<String> = [], mayActFor: Bool = false
  ) -> AccessPolicy.Binding {
    AccessPolicy.Binding(
      uids: uids, gids: gids, roles: roles, unit: unit, supports: supports, mayActFor: mayActFor)
  }

  private static let policy = AccessPolicy(
    roles: [
      role("station", ["support.open", "support.get"], .own), role("desk", ["support.*"], .supported),
      role("chief", ["support.get", "audit.*"], .all), role("root", ["*"], .all), role("empty", [], .all),
    ],
    bindings: [
      binding(uids: [1], ["station"], unit: "st-01"),
      binding(gids: [100], ["desk"], unit: "tech", supports: ["st-01", "st-02"]),
      binding(uids: [2], ["chief"]), binding(uids: [3], ["root", "unknown"]),
      binding(uids: [4], ["empty"], unit: "st-04", mayActFor: true),
      binding(uids: [5], ["station"]),
    ])

  struct Case: Sendable {
    let uid: UInt32
    var gid: UInt32 = 9
    var groups: [UInt32] = []
    let method: String
    let scope: Scope?
  }

  @Test(arguments: [
    Case(uid: 1, method: "support.open", scope: .units(["st-01"])),
    Case(uid: 1, method: "support.close", scope: nil),
    Case(uid: 1, method: "support.open.x", scope: nil), Case(uid: 1, method: "support", scope: nil),
    // By the primary group or by a supplementary one.
    Case(uid: 8, gid: 100, method: "support.close", scope: .units(["tech", "st-01", "st-02"])),
    Case(uid: 8, groups: [7, 100], method: "support.close", scope: .units(["tech", "st-01", "st-02"])),
    Case(uid: 8, groups: [100], method: "supporter.close", scope: nil),
    // A uid is no gid.
    Case(uid: 100, method: "support.close", scope: nil),
    // Two bindings: the widest scope of the roles that allow it.
    Case(uid: 1, groups: [100], method: "support.open", scope: .units(["st-01", "st-02", "tech"])),
    Case(uid: 2, groups: [100], method: "support.get", scope: .all),
    Case(uid: 2, groups: [100], method: "support.open", scope: .units(["tech", "st-01", "st-02"])),
    Case(uid: 2, method: "audit.entry", scope: .all), Case(uid: 2, method: "support.open", scope: nil),
    Case(uid: 3, method: "anything.at.all", scope: .all), Case(uid: 4, method: "support.open", scope: nil),
    // A role of scope `own` without a unit reaches nothing.
    Case(uid: 5, method: "support.open", scope: .units([])), Case(uid: 99, method: "system.ping", scope: nil),
  ])
  func `a peer may call what a role of it allows, on the data of its widest scope`(what: Case) {
    let identity = Self.policy.identity(of: Peer(uid: what.uid, gid: what.gid, groups: what.groups, pid: 1))
    #expect(identity.scope(for: what.method) == what.scope, "\(what)")
  }

  @Test func `a principal has its roles sorted, its unit and the officer it acts for`() {
    let identity = Self.policy.identity(of: Peer(uid: 1, gid: 9, groups: [100], pid: 42))
    let principal = identity.principal(actor: "P001", scope: .all, method: "support.get")
    #expect(principal.roles == ["desk", "station"] && principal.unit == "st-01" && principal.actor == "P001")
    #expect(!identity.mayActFor)
    #expect(Self.policy.identity(of: Peer(uid: 4, gid: 9, groups: [], pid: 1)).mayActFor)
    #expect(
      String(decoding: identity.auditJSON(actor: "P001"), as: UTF8.self)
        == #"{"uid":1,"gid":9,"pid":42,"roles":["desk","station"],"unit":"st-01","actor":"P001"}"#)
  }

  @Test
  func `what a role approves goes for the methods that the role allows; one without a list approves all`() {
    func role(_ name: String, _ methods: String, _ approves: [String]?) -> AccessPolicy.Role {
      AccessPolicy.Role(
        name: name, methods: [methods].compactMap(MethodPattern.init), scope: .all,
        approves: approves?.compactMap(MethodPattern.init))
    }
    let policy = AccessPolicy(
      roles: [
        role("freeze", "approval.*", ["stoploss.*"]), role("entry", "approval.*", ["keyperson.activate"]),
        role("any", "approval.approve", nil), role("none", "approval.*", []), role("other", "support.*", nil),
      ],
      bindings: [
        Self.binding(uids: [1], ["freeze"]), Self.binding(uids: [2], ["freeze", "entry", "other"]),
        Self.binding(uids: [3], ["freeze", "any"]), Self.binding(uids: [4], ["none"]),
        Self.binding(uids: [5], ["any", "other"]),
      ])
    func approves(_ uid: UInt32, _ action: String, in method: String = "approval.approve") -> Bool {
      policy.identity(of: Peer(uid: uid, gid: 9, groups: [], pid: 1))
        .principal(actor: nil, scope: .all, method: method).mayApprove(action)
    }
    #expect(approves(1, "stoploss.freeze") && !approves(1, "keyperson.activate"))
    #expect(approves(2, "stoploss.freeze") && approves(2, "keyperson.activate"))
    #expect(!approves(2, "keyperson.renew") && !approves(2, "stoplossy.freeze"))
    #expect(approves(3, "keyperson.activate") && !approves(3, "keyperson.activate", in: "approval.get"))
    #expect(!approves(4, "stoploss.freeze") && approves(5, "stoploss.freeze"))
  }

  @Test(arguments: ["", ".*", "a.**", "*.a", "a*", "A.b", "a..b", "a.", ".a", "a b", "**"])
  func `what is no pattern is refused`(text: String) {
    #expect(MethodPattern(text) == nil)
  }

  @Test func `a prefix ends at a dot`() throws {
    let pattern = try #require(MethodPattern("a.b.*"))
    #expect(pattern.matches("a.b.c") && pattern.matches("a.b.c.d"))
    #expect(!pattern.matches("a.b") && !pattern.matches("a.bc") && !pattern.matches("x.a.b.c"))
  }
}
