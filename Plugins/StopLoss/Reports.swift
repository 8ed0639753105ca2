import StationKit

/// Finds reports and accounts for methods that name one.
enum Reports {
  /// - Throws: `not_found`, or `denied` where neither its station nor the desk is in scope.
  static func find(
    _ params: Params, member: String = "id", pointer: String, _ policy: Policy, _ context: CallContext,
    _ tx: any ReadTransaction
  ) throws -> (Record, Report) {
    let id = try params.string(member)
    guard let record = try tx.get("report", id), let report = Report(record.body) else {
      throw RPCError.notFound("report", id, pointer: pointer)
    }
    try context.principal.require(report.station, policy.desk)
    return (record, report)
  }

  /// - Throws: `not_found`, or `denied` where no station of a report with this account, nor the desk, is in scope.
  static func account(
    _ id: String, pointer: String, _ policy: Policy, _ context: CallContext, _ tx: any ReadTransaction
  ) throws -> (Record, Account) {
    guard let record = try tx.get("account", id), let account = Account(record.body) else {
      throw RPCError.notFound("account", id, pointer: pointer)
    }
    try requireScope(account, policy, context)
    return (record, account)
  }

  static func requireScope(_ account: Account, _ policy: Policy, _ context: CallContext) throws(RPCError) {
    for unit in account.stations where context.principal.mayReach(unit) { return }
    try context.principal.require(policy.desk)
  }

  /// - Throws: `conflict` where the caller saw another version.
  static func requireVersion(_ params: Params, _ record: Record) throws(RPCError) {
    if let expected = params["version"]?.intValue, expected != record.version {
      throw RPCError(.conflict, pointer: "/version", details: ["version": .int(record.version)])
    }
  }
}
