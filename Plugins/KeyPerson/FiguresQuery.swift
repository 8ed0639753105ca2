import StationKit

/// `keyperson.figures`: walks the covering indexes of the tally, and of the open reviews.
struct FiguresQuery {
  let rules: Rules
  let params: Params
  let context: CallContext

  func run(_ tx: any ReadTransaction) throws -> JSONValue {
    let period = try FigurePeriod(params, context, rule: RuleID.period)
    let isByStation = params["by"] != nil
    let start = Int(period.start.milliseconds)
    let end = Int(period.end.milliseconds)
    var groups: [String: Figures] = [:]
    for unit in try units() {
      for what in Tally.What.allCases {
        // Who was followed up at the start is counted from the beginning.
        let first: Int? = what == .entry || what == .delisting ? nil : start
        let query = Query(
          "tally", index: unit == nil ? "by_time" : "by_unit",
          equals: [.text(what.rawValue)] + (unit.map { [.text($0)] } ?? []),
          from: first.map(IndexValue.integer),
          to: .integer(end))
        try tx.forEach(query, columns: ["at", "unit", "code"]) { row in
          guard let at = row[0].integer, let station = row[1].text, let code = row[2].text else { return }
          groups[isByStation ? station : "", default: Figures()].add(what, code, isBefore: at < start)
        }
      }
    }
    try countOpen(tx, period, isByStation, &groups)
    return try answer(period, isByStation, groups)
  }

  /// The units that are counted: the one that is asked for, all that the caller may reach, or simply all (nil).
  private func units() throws -> [String?] {
    if let station = params["station"]?.stringValue {
      try context.principal.require(station)
      return [station]
    }
    switch context.principal.scope {
    case .all: return [nil]
    case .units(let units): return units.sorted()
    }
  }

  private func countOpen(
    _ tx: any ReadTransaction, _ period: FigurePeriod, _ isByStation: Bool, _ groups: inout [String: Figures]
  ) throws {
    guard context.now < period.end else { return }
    let wanted = try units()
    let query = Query(
      "task", index: "by_kind", equals: [.text(TaskKind.review.rawValue), .text(TaskState.open.rawValue)],
      from: .integer(Int(max(period.start, context.now).milliseconds)), to: period.to)
    try tx.forEach(query, columns: ["unit", "due"]) { row in
      guard let station = row[0].text, let due = row[1].integer, due > Int(context.now.milliseconds),
        wanted.contains(nil) || wanted.contains(station)
      else { return }
      groups[isByStation ? station : "", default: Figures()].reviewsOpen += 1
    }
  }

  private func answer(
    _ period: FigurePeriod, _ isByStation: Bool, _ groups: [String: Figures]
  ) throws -> JSONValue {
    let today = context.now.date(in: context.zone)
    var result: JSONObject = [
      "from": .string(period.first.description), "to": .string(period.last.description),
      "rule": try rules.reference(RuleID.figures, on: today).json,
    ]
    guard isByStation else {
      result["total"] = .object((groups[""] ?? Figures()).json)
      return .object(result)
    }
    let sorted = groups.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    result["by"] = "station"
    result["groups"] = .array(
      sorted.map { key, figures in
        var json: JSONObject = ["key": .string(key)]
        json.merge(figures.json)
        return .object(json)
      })
    return .object(result)
  }

  static let schema: JSONValue = {
    var group = Figures.members
    group["key"] = Shapes.unit
    return Shapes.object(
      [
        "from": Shapes.date, "to": Shapes.date,
        "rule": Shapes.object(["id": Shapes.text(max: 64), "version": Shapes.text(max: 32)]),
        "total": Shapes.object(Figures.members), "by": Shapes.text(max: 16),
        "groups": Shapes.list(Shapes.object(group)),
      ], required: ["from", "to", "rule"])
  }()
}
