import StationKit

/// `support.figures`: walks the covering index of requests, and of the cycles that were archived.
struct FiguresQuery: Sendable {
  let catalogue: Catalogue

  /// What the rows are grouped by. The raw values are columns.
  enum Group: String, Sendable, CaseIterable { case department, station, scenario }

  func run(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let period = try FigurePeriod(params, context, rule: SupportRules.period)
    let group = Group(params["by"])
    let filter = try UnitFilter(params, context, tx)
    let scenario = params["scenario"]?.intValue
    let target = params["target"]?.intValue

    var columns = ["response", "support", "outcome"]
    if let group { columns.append(group.rawValue) }
    var tests: [(place: Int, value: IndexValue)] = []
    func require(_ column: String, _ value: IndexValue?) {
      guard let value else { return }
      tests.append((columns.firstIndex(of: column) ?? columns.count, value))
      if !columns.contains(column) { columns.append(column) }
    }
    require("department", filter.department.map(IndexValue.text))
    require("station", filter.station.map(IndexValue.text))
    require("scenario", scenario.map(IndexValue.integer))

    var total = Figures()
    var groups: [IndexValue: Figures] = [:]
    for collection in ["request", "cycle"] {
      let query = Query(
        collection, index: "figures", from: period.from, to: period.to)
      try tx.forEach(query, columns: columns) { row in
        for test in tests where row[test.place] != test.value { return }
        guard case .integer(let response) = row[0], case .integer(let support) = row[1],
          case .integer(let outcome) = row[2]
        else { return }
        if group == nil {
          total.add(response: response, support: support, outcome: outcome, now: context.now)
        } else {
          groups[row[3], default: Figures()].add(
            response: response, support: support, outcome: outcome, now: context.now)
        }
      }
    }
    return answer(period, group, total, groups, target)
  }

  private func answer(
    _ period: FigurePeriod, _ group: Group?, _ total: Figures, _ groups: [IndexValue: Figures], _ target: Int?
  ) -> JSONValue {
    var result: JSONObject = [
      "from": .string(period.first.description), "to": .string(period.last.description),
      "rule": RuleRef(id: SupportRules.figures, version: SupportRules.version).json,
      "method": "nearest_rank",
    ]
    guard let group else {
      result["total"] = .object(total.json(target: target))
      return .object(result)
    }
    let sorted = groups.sorted { left, right in
      switch (left.key, right.key) {
      case (.integer(let a), .integer(let b)): a < b
      case (.text(let a), .text(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
      default: false
      }
    }
    result["by"] = .string(group.rawValue)
    result["groups"] = .array(
      sorted.map { key, figures in
        var json: JSONObject = [:]
        json["key"] = key.text.map(JSONValue.string) ?? .int(key.integer ?? 0)
        json.merge(figures.json(target: target))
        return .object(json)
      })
    return .object(result)
  }
}
