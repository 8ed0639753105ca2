import StationKit

/// `mediation.figures`: walks the covering indexes, and no body.
struct FiguresQuery: Sendable {
  let rules: Rules

  /// What the rows are grouped by. The raw values are columns.
  enum Group: String, Sendable, CaseIterable { case owner, kind, mode }

  func run(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let period = try FigurePeriod(params, context, rule: RuleID.period, of: rules.book)
    let owner = try UnitScope.unit(params["owner"]?.stringValue, context)
    let group = Group(params["by"])
    let filters: [(column: String, value: String)] = [
      ("owner", owner), ("kind", params["kind"]?.stringValue), ("mode", params["mode"]?.stringValue),
    ].compactMap { name, value in value.map { (name, $0) } }

    var groups: [String: Figures] = [:]
    func walk(
      _ collection: String, _ index: String, _ columns: [String], _ add: (inout Figures, [IndexValue]) -> Void
    ) throws {
      let all = columns + ["owner", "kind", "mode"]
      try tx.forEach(
        Query(collection, index: index, from: period.from, to: period.to), columns: all
      ) { row in
        func value(_ column: String) -> String? {
          all.firstIndex(of: column).flatMap { row[$0].text }
        }
        guard filters.allSatisfy({ value($0.column) == $0.value }) else { return }
        let key = group.flatMap { value($0.rawValue) } ?? ""
        add(&groups[key, default: Figures()], row)
      }
    }
    try walk("dispute", "endings", ["outcome"]) { figures, row in
      if let outcome = row[0].integer.flatMap(Outcome.init(column:)) { figures.add(ended: outcome) }
    }
    try walk("dispute", "failures", ["open"]) { figures, row in
      if row[0].integer == 1 { figures.addFailedOpen() }
    }
    try walk("dispute", "visits", ["visited", "visit_due"]) { figures, row in
      figures.add(
        performedVisited: row[0].integer == 1,
        due: row[1].integer.map { Instant(milliseconds: Int64($0)) }, now: context.now)
    }
    try walk("call", "repeats", ["thread", "first"]) { figures, row in
      figures.add(call: row[0].text ?? "", isFirst: row[1].integer == 1)
    }
    return try answer(period, group, groups)
  }

  private func answer(_ period: FigurePeriod, _ group: Group?, _ groups: [String: Figures]) throws
    -> JSONValue
  {
    var result: JSONObject = [
      "from": .string(period.first.description), "to": .string(period.last.description),
    ]
    let rules = rules.on(period.last)
    guard let group else {
      result["total"] = .object(try (groups[""] ?? Figures()).json(rules))
      return .object(result)
    }
    result["by"] = .string(group.rawValue)
    let sorted = groups.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    result["groups"] = .array(
      try sorted.map { key, figures in
        let key: JSONObject = ["key": .string(key)]
        return .object(key.merging(try figures.json(rules)))
      })
    return .object(result)
  }

  static let result: JSONValue = {
    let key: JSONObject = ["key": Shapes.word(max: 64)]
    return Shapes.object(
      [
        "from": Shapes.date, "to": Shapes.date, "by": Shapes.words(Group.self),
        "total": Shapes.object(Figures.members),
        "groups": Shapes.list(Shapes.object(key.merging(Figures.members))),
      ], required: ["from", "to"])
  }()
}
