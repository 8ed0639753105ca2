import StationKit

/// The figures of a set of reports and of the stops that followed them: a pure sum over rows of columns.
package struct Figures: Sendable {
  package private(set) var reports = 0
  package private(set) var toStop: [Int] = []
  package private(set) var held = Rate()
  package private(set) var returned = Rate()
  package private(set) var stops = 0
  package private(set) var lapses = 0
  package private(set) var wrong = Rate()
  package private(set) var wrongRunning = 0

  package init() {}

  /// Adds one report.
  ///
  /// - Parameter toStop: milliseconds; nil if nothing was stopped.
  package mutating func add(amount: Int, toStop: Int?, held: Int, returned: Int) {
    reports += 1
    if let toStop { self.toStop.append(toStop) }
    self.held.denominator += Int128(amount)
    self.held.numerator += Int128(held)
    self.returned.denominator += Int128(amount)
    self.returned.numerator += Int128(returned)
  }

  /// Adds one stop.
  ///
  /// - Parameter releaseDue: by when wrongly held money was to be released; nil if it was none.
  package mutating func add(lapses: Int, releaseDue: Int?, released: Int?, now: Instant) {
    stops += 1
    self.lapses += lapses
    guard let releaseDue else { return }
    if let released {
      wrong.count(released < releaseDue)
    } else if Int(now.milliseconds) >= releaseDue {
      wrong.count(false)
    } else {
      wrongRunning += 1
    }
  }

  /// Adds what another sum counted.
  mutating func add(_ other: Figures) {
    reports += other.reports
    toStop += other.toStop
    stops += other.stops
    lapses += other.lapses
    wrongRunning += other.wrongRunning
    for rate in [\Figures.held, \.returned, \.wrong] {
      self[keyPath: rate].numerator += other[keyPath: rate].numerator
      self[keyPath: rate].denominator += other[keyPath: rate].denominator
    }
  }

  package func json() -> JSONObject {
    let sorted = toStop.sorted()
    func seconds(_ percent: Int) -> JSONValue {
      Percentile.nearestRank(sorted, percent: percent).map { .int($0 / 1000) } ?? .null
    }
    return [
      "reports": .int(reports),
      "report_to_stop": [
        "measured": .int(sorted.count), "median_s": seconds(50), "p90_s": seconds(90),
        "exclusions": ["not_stopped": .int(reports - sorted.count)],
      ],
      "held": .object(held.json()), "returned": .object(returned.json()),
      "lapses": ["count": .int(lapses), "stops": .int(stops), "target": 0],
      "wrong_released": .object(wrong.json(exclusions: ["running": .int(wrongRunning)])),
    ]
  }

  static let members: JSONObject = {
    let seconds: JSONValue = ["type": ["integer", "null"]]
    return [
      "reports": Shapes.count,
      "report_to_stop": Shapes.object([
        "measured": Shapes.count, "median_s": seconds, "p90_s": seconds,
        "exclusions": Shapes.object(["not_stopped": Shapes.count]),
      ]),
      "held": Schemas.fen(Rate.schema(members: [:])), "returned": Schemas.fen(Rate.schema(members: [:])),
      "lapses": Shapes.object(["count": Shapes.count, "stops": Shapes.count, "target": Shapes.count]),
      "wrong_released": Rate.schema(["running"], members: [:]),
    ]
  }()
}
