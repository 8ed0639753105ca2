import StationKit

/// The figures of a set of legs, disputes and counts: a pure sum over rows of columns.
package struct Figures: Sendable {
  package private(set) var legs = 0
  /// Sent, and taken over, within the 24 hours.
  package private(set) var sent = Limit()
  package private(set) var takenOver = Limit()

  package private(set) var disputes = 0
  package private(set) var stays = 0
  package private(set) var moves = 0
  package private(set) var superseded = 0
  package private(set) var ruled = Limit()
  /// Of disputes that were ruled on, in milliseconds.
  package private(set) var lengths: [Int] = []

  /// Counts that both sides signed, and those of them with a difference that blocks.
  package private(set) var rounds = Rate()
  package private(set) var differences: [Difference: Int] = [:]

  package init() {}

  /// A share of what met its limit, with what is left out.
  package struct Limit: Sendable, Hashable {
    package var rate = Rate()
    package var running = 0
    package var dropped = 0

    /// - Parameters:
    ///   - done: when it was done; `dropped`: when it was no longer owed. Late is at or after `due`; what is
    ///     open and late counts as late.
    mutating func add(done: Int?, dropped: Int?, due: Int, now: Int) {
      if let done {
        rate.count(done < due)
      } else if let dropped {
        if dropped < due { self.dropped += 1 } else { rate.count(false) }
      } else if now >= due {
        rate.count(false)
      } else {
        running += 1
      }
    }
  }

  package mutating func add(leg due: Int, sent: Int?, accepted: Int?, dropped: Int?, now: Int) {
    legs += 1
    self.sent.add(done: sent, dropped: dropped, due: due, now: now)
    takenOver.add(done: accepted, dropped: dropped, due: due, now: now)
  }

  package mutating func add(
    dispute opened: Int, due: Int, decided: Int?, result: DisputeResult, now: Int
  ) {
    disputes += 1
    let isRuled = result == .stays || result == .moves
    ruled.add(
      done: isRuled ? decided : nil, dropped: result == .superseded ? decided : nil, due: due, now: now)
    switch result {
    case .open: break
    case .stays: stays += 1
    case .moves: moves += 1
    case .superseded: superseded += 1
    }
    if isRuled, let decided { lengths.append(decided - opened) }
  }

  package mutating func add(round result: CountResult) {
    guard result != .waiting else { return }
    rounds.count(result == .discrepancy)
  }

  package mutating func add(_ difference: Difference) { differences[difference, default: 0] += 1 }

  /// The answer's members.
  package func json(target: Int?) -> JSONObject {
    let sorted = lengths.sorted()
    func seconds(_ percent: Int) -> JSONValue {
      Percentile.nearestRank(sorted, percent: percent).map { .int($0 / 1000) } ?? .null
    }
    var codes: JSONObject = [:]
    for code in Difference.allCases { codes[code.rawValue] = .int(differences[code] ?? 0) }
    return [
      "legs": .int(legs), "sent_in_time": limit(sent, target), "taken_over_in_time": limit(takenOver, target),
      "disputes": [
        "opened": .int(disputes), "stays": .int(stays), "moves": .int(moves),
        "superseded": .int(superseded),
        "ruled_in_time": .object(
          ruled.rate.json(exclusions: ["running": .int(ruled.running), "superseded": .int(ruled.dropped)])),
        "measured": .int(sorted.count), "median_s": seconds(50), "p90_s": seconds(90),
      ],
      "discrepancies": [
        "total": .int(differences.values.reduce(0, +)), "by_code": .object(codes),
        "counts": .object(rounds.json()),
      ],
    ]
  }

  private func limit(_ limit: Limit, _ target: Int?) -> JSONValue {
    .object(
      limit.rate.json(
        reaching: target, exclusions: ["running": .int(limit.running), "dropped": .int(limit.dropped)]))
  }

  static let members: JSONObject = {
    let seconds: JSONValue = ["type": ["integer", "null"]]
    let codes = Difference.allCases.reduce(into: JSONObject()) { $0[$1.rawValue] = Shapes.count }
    return [
      "legs": Shapes.count, "sent_in_time": Rate.schema(["running", "dropped"]),
      "taken_over_in_time": Rate.schema(["running", "dropped"]),
      "disputes": Shapes.object([
        "opened": Shapes.count, "stays": Shapes.count, "moves": Shapes.count, "superseded": Shapes.count,
        "ruled_in_time": Rate.schema(["running", "superseded"]), "measured": Shapes.count,
        "median_s": seconds, "p90_s": seconds,
      ]),
      "discrepancies": Shapes.object([
        "total": Shapes.count, "by_code": Shapes.object(codes), "counts": Rate.schema(),
      ]),
    ]
  }()
}
