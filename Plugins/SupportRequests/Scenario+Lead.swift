import StationKit

/// Whether requests of a scenario can be opened, and who leads them.
extension Scenario {
  /// - Throws: `refused_by_rule` for a scenario that is switched off.
  func requireActive(pointer: String?) throws(RPCError) {
    guard active else {
      throw .refused(
        rule: SupportRules.inactive, Text("This scenario is not active", zh: "该场景未启用"), pointer: pointer)
    }
  }

  /// The department that leads where the request names this branch, or none.
  ///
  /// - Throws: `refused_by_rule` for a branch that the scenario does not allow, and as ``lead(pointer:_:)``.
  func lead(branch: String?, _ tx: any ReadTransaction) throws -> String {
    guard let branch else { return try lead(pointer: "/scenario", tx) }
    if self.branch == .owner, !owners.contains(branch) {
      throw RPCError.refused(
        rule: SupportRules.branch,
        Text("'\(branch)' does not own this scenario", zh: "“\(branch)”不是该场景的责任部门"), pointer: "/branch")
    }
    try Units.requireDepartment(branch, rule: SupportRules.branch, pointer: "/branch", tx)
    return self.branch == .join ? try lead(pointer: "/scenario", tx) : branch
  }

  /// The first owner that is there to answer.
  ///
  /// - Throws: `refused_by_rule` if none is an active department or desk.
  func lead(pointer: String?, _ tx: any ReadTransaction) throws -> String {
    for owner in owners where try Units.isDepartment(owner, tx) { return owner }
    let (units, zh) = (owners.joined(separator: ", "), owners.joined(separator: "、"))
    throw RPCError.refused(
      rule: SupportRules.inactive,
      Text(
        "This scenario has no owner that is an active department or desk: \(units)",
        zh: "该场景的责任部门均不是在用的部门（含专班、办公室）：\(zh)"), pointer: pointer)
  }
}
