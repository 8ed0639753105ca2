import StationKit

/// Finds reports and accounts for methods that name one.
enum Reports {
  /// - Throws: `not_found`, or `denied` where neither its station nor the desk is in scope.
  static func find(
    _ params: Params, member: String = "id", pointer: String, _ policy: Policy, _ context: CallContext,
    _ tx: any ReadTransaction
  ) throws -> (Record, Report) {
    let id = try params.string(member)
    let (record, report) = try tx.find("report", id, pointer: pointer, as: Report.init)
    try context.principal.require(report.station, policy.desk)
    return (record, report)
  }

  /// - Throws: `not_found`, or `denied` where no station of a report with this account, nor the desk, is in scope.
  static func account(
    _ id: String, pointer: String, _ policy: Policy, _ context: CallContext, _ tx: any ReadTransaction
  ) throws -> (Record, Account) {
    let (record, account) = try tx.find("account", id, pointer: pointer, as: Account.init)
    try requireScope(account, policy, context)
    return (record, account)
  }

  static func requireScope(_ account: Account, _ policy: Policy, _ context: CallContext) throws(RPCError) {
    for unit in account.stations where context.principal.mayReach(unit) { return }
    try context.principal.require(policy.desk)
  }
}
