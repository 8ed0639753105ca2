import StationKit

/// `transfer.figures`: walks the covering indexes of legs, disputes, signatures and discrepancies.
struct FiguresQuery: Sendable {
  let policy: Policy

  /// What the rows are grouped by. The raw values are columns.
  enum Group: String, Sendable, CaseIterable { case sender, receiver, kind }

  func run(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let period = try FigurePeriod(params, context, rule: RuleID.period, of: policy.book)
    let group = Group(params["by"])
    let target = params["target"]?.intValue
    let scan = try FiguresScan(params, context, policy, period, group, tx)
    let rule = try policy.book.rule(RuleID.figures, on: context.now.date(in: context.zone)).reference
    var result: JSONObject = [
      "from": .string(period.first.description), "to": .string(period.last.description),
      "rule": rule.json, "method": "nearest_rank",
    ]
    guard let group else {
      result["total"] = .object(scan.total.json(target: target))
      return .object(result)
    }
    result["by"] = .string(group.rawValue)
    result["groups"] = .array(
      scan.groups.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { key, figures in
        var json = figures.json(target: target)
        json["key"] = .string(key)
        return .object(json)
      })
    return .object(result)
  }
}
