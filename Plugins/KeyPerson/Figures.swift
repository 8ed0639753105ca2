import StationKit

/// The figures of a period: a pure sum over what the tally holds, with no person in it.
package struct Figures: Sendable {
  /// Reviews by the day they were due: overdue ÷ all that were due.
  package private(set) var overdue = Rate()
  /// Reviews whose record ended before they were due.
  package private(set) var reviewsVoid = 0
  /// Reviews that are open and not due yet.
  package var reviewsOpen = 0
  /// Reads without a linked task ÷ reads.
  package private(set) var unlinked = Rate()
  package private(set) var extracts = 0
  /// Delisted in the period ÷ followed up at some time in it.
  package private(set) var delisted = Rate()
  package private(set) var neverEntered = 0
  package private(set) var reasons: [String: Int] = [:]

  package init() {}

  /// Adds one row. Rows from before the period count for who was followed up at its start, and for nothing else.
  package mutating func add(_ what: Tally.What, _ code: String, isBefore: Bool) {
    switch what {
    case .entry: delisted.denominator += 1
    case .delisting:
      if code == Tally.neverEntered {
        if !isBefore { neverEntered += 1 }
      } else if isBefore {
        delisted.denominator -= 1
      } else {
        delisted.numerator += 1
        reasons[code, default: 0] += 1
      }
    case .review where !isBefore:
      switch Tally.Review(rawValue: code) {
      case .inTime: overdue.count(false)
      case .overdue: overdue.count(true)
      case .void, nil: reviewsVoid += 1
      }
    case .reading where !isBefore:
      switch Tally.Reading(rawValue: code) {
      case .linked: unlinked.count(false)
      case .unlinked: unlinked.count(true)
      case .extract, nil: extracts += 1
      }
    case .review, .reading: break
    }
  }

  package var json: JSONObject {
    var byReason: JSONObject = [:]
    for reason in DelistReason.allCases { byReason[reason.rawValue] = .int(reasons[reason.rawValue] ?? 0) }
    return [
      "overdue_reviews": none(
        overdue, ["not_due_yet": .int(reviewsOpen), "record_ended": .int(reviewsVoid)]),
      "unlinked_reads": none(unlinked, ["extracts": .int(extracts)]),
      "delistings": .object(delisted.json(exclusions: ["never_entered": .int(neverEntered)])),
      "delistings_by_reason": .object(byReason),
    ]
  }

  /// A figure that shall be none: exactly, one in ten thousand is not none.
  private func none(_ rate: Rate, _ exclusions: JSONObject) -> JSONValue {
    var json = rate.json(exclusions: exclusions)
    json["target"] = 0
    json["meets_target"] = rate.denominator > 0 ? .bool(rate.numerator == 0) : .null
    return .object(json)
  }

  private static let target: JSONObject = [
    "target": Shapes.count, "meets_target": ["type": ["boolean", "null"]],
  ]

  static let members: JSONObject = [
    "overdue_reviews": Rate.schema(["not_due_yet", "record_ended"], members: target),
    "unlinked_reads": Rate.schema(["extracts"], members: target),
    "delistings": Rate.schema(["never_entered"], members: [:]),
    "delistings_by_reason": Shapes.object(
      DelistReason.allCases.reduce(into: [:]) { $0[$1.rawValue] = Shapes.count }),
  ]
}
