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
      "success": success.json(
        target: try rules.int(RuleID.success, "target"),
        exclusions: [
          "not_eligible": .int(ineligible), "withdrawn": .int(withdrawn.values.reduce(0, +)),
          "failed_not_closed": .int(failedOpen),
        ], rule: try rules.json(RuleID.success)),
      "withdrawals": .object(stages),
      "visits": visits.json(
        target: try rules.int(RuleID.visits, "target"), exclusions: ["not_due": .int(visitsNotDue)],
        rule: try rules.json(RuleID.visits)),
      "repeats": repeats.ratioJSON(rule: try rules.json(RuleID.repeatRate)),
    ]
  }

  static let members: JSONObject = {
    var withdrawals = JSONObject()
    for state in stages { withdrawals[state.rawValue] = Shapes.count }
    return [
      "success": Rate.schema([
        "not_eligible": Shapes.count, "withdrawn": Shapes.count, "failed_not_closed": Shapes.count,
      ]),
      "withdrawals": Shapes.object(withdrawals), "visits": Rate.schema(["not_due": Shapes.count]),
      "repeats": Rate.ratioSchema,
    ]
  }()
}
