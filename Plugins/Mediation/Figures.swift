import StationKit

/// The figures of a set of disputes: a pure sum over rows of columns.
package struct Figures: Sendable {
  /// Performed ÷ all eligible that closed.
  package private(set) var success = Rate()
  package private(set) var ineligible = 0
  /// By the state in which they were withdrawn.
  package private(set) var withdrawn: [State: Int] = [:]
  /// Failed in the period and not closed yet.
  package private(set) var failedOpen = 0
  /// Visited ÷ performed, of which the visit was made or is overdue.
  package private(set) var visits = Rate()
  package private(set) var visitsNotDue = 0
  /// Calls beyond a dispute's first.
  package private(set) var repeatCalls = 0
  private var threads: Set<String> = []

  package init() {}

  package var repeats: Rate { Rate(numerator: repeatCalls, denominator: threads.count) }

  package mutating func add(ended outcome: Outcome) {
    switch outcome {
    case .performed: success.count(true)
    case .failed: success.count(false)
    case .ineligible: ineligible += 1
    case .withdrawn(let state): withdrawn[state, default: 0] += 1
    }
  }

  package mutating func addFailedOpen() { failedOpen += 1 }

  package mutating func add(performedVisited visited: Bool, due: Instant?, now: Instant) {
    if visited {
      visits.count(true)
    } else if let due, now >= due {
      visits.count(false)
    } else {
      visitsNotDue += 1
    }
  }

  package mutating func add(call thread: String, isFirst: Bool) {
    threads.insert(thread)
    if !isFirst { repeatCalls += 1 }
  }

  /// The states in which a dispute can be withdrawn.
  static let stages = DisputeLife.table.states(allowing: .withdraw)

  func json(_ rules: CaseRules) throws(RPCError) -> JSONObject {
    var stages = JSONObject()
    for state in Self.stages { stages[state.rawValue] = .int(withdrawn[state] ?? 0) }
    return [
      "success": try figure(
        success, rules, RuleID.success,
        [
          "not_eligible": .int(ineligible), "withdrawn": .int(withdrawn.values.reduce(0, +)),
          "failed_not_closed": .int(failedOpen),
        ]),
      "withdrawals": .object(stages),
      "visits": try figure(visits, rules, RuleID.visits, ["not_due": .int(visitsNotDue)]),
      "repeats": .object(
        repeats.figure("ratio", repeats.ratio)
          .merging(["rule": try rules.reference(RuleID.repeatRate).json])),
    ]
  }

  /// A share with its target and the rule that sets it.
  private func figure(
    _ rate: Rate, _ rules: CaseRules, _ rule: String, _ exclusions: JSONObject
  ) throws(RPCError) -> JSONValue {
    let target = try rules.int(rule, "target")
    var json = rate.json(reaching: target, exclusions: exclusions)
    json["target"] = .int(target)
    json["rule"] = try rules.reference(rule).json
    return .object(json)
  }

  private static let target: JSONObject = [
    "target": Shapes.count, "reaches_target": ["type": ["boolean", "null"]], "rule": Schemas.ruleReference,
  ]

  static let members: JSONObject = {
    var withdrawals = JSONObject()
    for state in stages { withdrawals[state.rawValue] = Shapes.count }
    return [
      "success": Rate.schema(["not_eligible", "withdrawn", "failed_not_closed"], members: target),
      "withdrawals": Shapes.object(withdrawals), "visits": Rate.schema(["not_due"], members: target),
      "repeats": Rate.schema(name: "ratio", members: ["rule": Schemas.ruleReference]),
    ]
  }()
}
