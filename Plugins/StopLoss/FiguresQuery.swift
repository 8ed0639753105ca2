import StationKit

/// `stoploss.figures`: walks the covering indexes of reports and of stops, by the day of the report.
struct FiguresQuery: Sendable {
  let policy: Policy

  /// What the rows are grouped by. The raw values are columns.
  enum Group: String, Sendable, CaseIterable {
    case station
    case fraudType = "fraud_type"
    case ageBand = "age_band"
  }

  private static let common = ["station", "fraud_type", "age_band"]

  func run(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let today = context.now.date(in: context.zone)
    let period = try FigurePeriod(params, context, rule: RuleID.period, of: policy.book)
    let station = try Scoped.station(params, policy, context)
    let group = Group(params["by"])
    let place = group.flatMap { Self.common.firstIndex(of: $0.rawValue) }

    var total = Figures()
    var groups: [String: Figures] = [:]
    var cells: [Cell: Sum] = [:]
    func add(_ row: [IndexValue], _ change: (inout Figures) -> Void) {
      guard station == nil || row[0].text == station else { return }
      if let place { change(&groups[row[place].text ?? "", default: Figures()]) } else { change(&total) }
    }
    try tx.forEach(
      query("report", period), columns: Self.common + ["amount", "to_stop", "held", "returned"]
    ) { row in
      guard let amount = row[3].integer, let held = row[5].integer, let returned = row[6].integer else {
        return
      }
      add(row) { $0.add(amount: amount, toStop: row[4].integer, held: held, returned: returned) }
      guard station == nil || row[0].text == station else { return }
      cells[Cell(fraudType: row[1].text ?? "", ageBand: row[2].text ?? ""), default: Sum()].add(amount)
    }
    try tx.forEach(
      query("stop", period), columns: Self.common + ["lapses", "release_due", "released"]
    ) { row in
      guard let lapses = row[3].integer else { return }
      add(row) {
        $0.add(lapses: lapses, releaseDue: row[4].integer, released: row[5].integer, now: context.now)
      }
    }

    var result: JSONObject = [
      "from": .string(period.first.description), "to": .string(period.last.description),
      "rule": try policy.present(RuleID.figures, context).json,
      "method": "nearest_rank",
    ]
    let smallest = try policy.rule(RuleID.smallestCell, on: today).int("reports")
    if let group {
      result["by"] = .string(group.rawValue)
      // Neither a station nor a type of fraud is a trait of a person.
      result["groups"] = Self.shown(groups, smallest: group == .ageBand ? smallest : 0)
    } else {
      result["total"] = .object(total.json())
    }
    result.merge(Self.patterns(cells, smallest: smallest))
    return .object(result)
  }

  private func query(_ collection: String, _ period: FigurePeriod) -> Query {
    Query(
      collection, index: "figures", from: period.from, to: period.to)
  }

  /// Groups by their codes; those of too few reports are one, without figures where it is of too few itself.
  private static func shown(_ groups: [String: Figures], smallest: Int) -> JSONValue {
    var shown = groups.filter { $0.value.reports >= smallest }.sorted { $0.key < $1.key }
    var small = Figures()
    for (_, figures) in groups where figures.reports < smallest { small.add(figures) }
    if small.reports > 0 { shown.append((Self.smallCells, small)) }
    return .array(
      shown.map { key, figures in
        var json = figures.reports < smallest ? ["reports": .int(figures.reports)] : figures.json()
        json["key"] = .string(key)
        return .object(json)
      })
  }

  /// What cells and groups of too few reports are called.
  private static let smallCells = "small_cells"

  /// A type of fraud and an age band: no person in it.
  struct Cell: Hashable {
    let fraudType: String
    let ageBand: String
  }

  struct Sum {
    var reports = 0
    var amount: Int128 = 0

    mutating func add(_ amount: Int) {
      reports += 1
      self.amount += Int128(amount)
    }
  }

  /// Patterns, most reports first. A cell of too few could tell who it was: those are added up without their codes.
  private static func patterns(_ cells: [Cell: Sum], smallest: Int) -> JSONObject {
    var shown: [(cell: Cell, sum: Sum)] = []
    var small = Sum()
    for (cell, sum) in cells {
      if sum.reports >= smallest {
        shown.append((cell, sum))
      } else {
        small.reports += sum.reports
        small.amount += sum.amount
      }
    }
    shown.sort { left, right in
      if left.sum.reports != right.sum.reports { return left.sum.reports > right.sum.reports }
      return (left.cell.fraudType, left.cell.ageBand) < (right.cell.fraudType, right.cell.ageBand)
    }
    return [
      "patterns": .array(
        shown.map { cell, sum in
          [
            "fraud_type": .string(cell.fraudType), "age_band": .string(cell.ageBand),
            "reports": .int(sum.reports), "amount": Rate.number(sum.amount),
          ]
        }),
      smallCells: ["reports": .int(small.reports), "amount": Rate.number(small.amount)],
    ]
  }

  static let result: JSONValue = {
    var group = Figures.members
    group["key"] = Shapes.word(max: 64)
    return Shapes.object(
      [
        "from": Shapes.date, "to": Shapes.date, "rule": Schemas.rule,
        "method": ["type": "string", "enum": ["nearest_rank"]], "by": Shapes.words(Group.self),
        "total": Shapes.object(Figures.members),
        "groups": Shapes.list(Shapes.object(group, required: ["key", "reports"])),
        "patterns": Shapes.list(
          Shapes.object([
            "fraud_type": Shapes.word(max: 40), "age_band": AgeBand.schema, "reports": Shapes.count,
            "amount": Schemas.amountOrZero,
          ])),
        "small_cells": Shapes.object(["reports": Shapes.count, "amount": Schemas.amountOrZero]),
      ], required: ["from", "to", "rule", "method", "patterns", "small_cells"])
  }()
}
