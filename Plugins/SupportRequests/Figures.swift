import StationKit

/// The figures of a set of cycles: a pure sum over rows of three columns.
package struct Figures: Sendable {
  package private(set) var cycles = 0
  package private(set) var response = ClockSum()
  package private(set) var support = ClockSum()
  package private(set) var redirects = 0
  /// Cycles that went to another department at least once, of all.
  package private(set) var redirected = Rate()
  package private(set) var feedback = Rate()
  package private(set) var feedbackOpen = 0
  package private(set) var feedbackWithdrawn = 0
  package private(set) var inTime = Rate()
  package private(set) var worked = Rate()

  package init() {}

  /// One clock over all cycles.
  package struct ClockSum: Sendable {
    package var onTime = Rate()
    package var running = 0
    package var paused = 0
    package var withdrawn = 0
    /// Of clocks that are over, in milliseconds.
    package var lengths: [Int64] = []

    package init() {}

    mutating func add(_ figure: ClockFigure, now: Instant) {
      switch figure {
      case .running(let due):
        // Late already counts as late; what still has time says nothing yet.
        if now >= due { onTime.count(false) } else { running += 1 }
      case .paused: paused += 1
      case .withdrawn: withdrawn += 1
      case .breached: onTime.count(false)
      case .done(let length, let isOnTime):
        onTime.count(isOnTime)
        lengths.append(length)
      }
    }
  }

  /// Adds one cycle by its columns.
  package mutating func add(response: Int, support: Int, outcome: Int, now: Instant) {
    cycles += 1
    self.response.add(ClockFigure(column: response), now: now)
    self.support.add(ClockFigure(column: support), now: now)
    let outcome = Outcome(column: outcome)
    redirects += outcome.redirects
    redirected.count(outcome.redirects > 0)
    switch outcome.feedback {
    case .open: feedbackOpen += 1
    case .none: feedbackWithdrawn += 1
    case .missing: feedback.count(false)
    case .given:
      feedback.count(true)
      inTime.count(outcome.inTime)
      worked.count(outcome.worked)
    }
  }

  /// The answer's members.
  package func json(target: Int?) -> JSONObject {
    let unspoken: JSONObject = [
      "open": .int(feedbackOpen), "withdrawn": .int(feedbackWithdrawn),
      "missing": Rate.number(feedback.denominator - feedback.numerator),
    ]
    return [
      "cycles": .int(cycles),
      "response": clock(
        response, target, ["running": .int(response.running), "withdrawn": .int(response.withdrawn)]),
      "support": clock(
        support, target,
        [
          "running": .int(support.running), "paused": .int(support.paused),
          "withdrawn": .int(support.withdrawn),
        ]),
      "redirects": ["total": .int(redirects), "redirected": .object(redirected.json())],
      "feedback": [
        "complete": .object(
          feedback.json(exclusions: ["open": .int(feedbackOpen), "withdrawn": .int(feedbackWithdrawn)])),
        "in_time": .object(inTime.json(exclusions: unspoken)),
        "worked": .object(worked.json(exclusions: unspoken)),
      ],
    ]
  }

  private func clock(_ sum: ClockSum, _ target: Int?, _ exclusions: JSONObject) -> JSONValue {
    let sorted = sum.lengths.sorted()
    func seconds(_ percent: Int) -> JSONValue {
      Percentile.nearestRank(sorted, percent: percent).map { .int(Int($0 / 1000)) } ?? .null
    }
    return [
      "on_time": .object(sum.onTime.json(reaching: target, exclusions: exclusions)),
      "measured": .int(sorted.count),
      "median_s": seconds(50), "p90_s": seconds(90),
    ]
  }

  static let members: JSONObject = {
    func clock(_ exclusions: [String]) -> JSONValue {
      let seconds: JSONValue = ["type": ["integer", "null"]]
      return Schemas.object(
        [
          "on_time": Rate.schema(exclusions), "measured": Shapes.count, "median_s": seconds,
          "p90_s": seconds,
        ], required: ["on_time", "measured", "median_s", "p90_s"])
    }
    let said = Rate.schema(["open", "withdrawn", "missing"])
    return [
      "cycles": Shapes.count, "response": clock(["running", "withdrawn"]),
      "support": clock(["running", "paused", "withdrawn"]),
      "redirects": Schemas.object(
        ["total": Shapes.count, "redirected": Rate.schema()], required: ["total", "redirected"]),
      "feedback": Schemas.object(
        ["complete": Rate.schema(["open", "withdrawn"]), "in_time": said, "worked": said],
        required: ["complete", "in_time", "worked"]),
    ]
  }()
}
