import StationKit

/// `stoploss.next`, `stoploss.shared_accounts`: short walks along indexes of accounts.
struct GraphReads: Sendable {
  let policy: Policy

  /// What to stop next: most money first, and at the same amount the least time gone since it arrived.
  func next(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let station = try Scoped.station(params, policy, context)
    let query = Query("account", index: "next", equals: [.integer(1)])
    var answer =
      try Scoped.page(query, params, tx, newestFirst: true) { record in
        guard let account = Account(record.body), station.map(account.stations.contains) ?? true else {
          return nil
        }
        return .object(ReportReads.position(record.id, account, context))
      }.objectValue ?? [:]
    answer["rule"] = try policy.present(RuleID.next, context).json
    return .object(answer)
  }

  /// Accounts that appear in several reports, those in most of them first.
  func shared(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let station = try Scoped.station(params, policy, context)
    let least = params["at_least"]?.intValue ?? 2
    let query = Query("account", index: "shared", from: .integer(least))
    return try Scoped.page(query, params, tx, newestFirst: true) { record in
      guard let account = Account(record.body), station.map(account.stations.contains) ?? true else {
        return nil
      }
      var shown = ReportReads.position(record.id, account, context)
      shown["reports"] = .array(account.reports.prefix(Self.reportsShown).map(JSONValue.string))
      return .object(shown)
    }
  }

  static let reportsShown = 100

  static let sharedItem: JSONValue = {
    var members = ReportReads.positionMembers
    members["reports"] = Shapes.list(Schemas.reportID, max: reportsShown)
    return Shapes.object(members, required: ReportReads.positionRequired + ["reports"])
  }()

  static let nextItem = Shapes.object(ReportReads.positionMembers, required: ReportReads.positionRequired)
}
