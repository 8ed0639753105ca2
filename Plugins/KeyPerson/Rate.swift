import StationKit

/// A share, kept as its two numbers; compared and rounded from them and from nothing else.
package struct Rate: Sendable, Hashable {
  package var numerator = 0
  package var denominator = 0

  package init(numerator: Int = 0, denominator: Int = 0) {
    self.numerator = numerator
    self.denominator = denominator
  }

  package mutating func count(_ hit: Bool) {
    denominator += 1
    if hit { numerator += 1 }
  }

  /// Percent with one decimal, rounded half up; nil for a zero denominator.
  package var percent: String? {
    guard denominator > 0 else { return nil }
    let tenths = (numerator * 2000 + denominator) / (2 * denominator)
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// - Parameter target: how many there may be at most, where there is a target.
  func json(target: Int? = nil, exclusions: JSONObject) -> JSONValue {
    var json: JSONObject = ["numerator": .int(numerator), "denominator": .int(denominator)]
    if let percent {
      json["percent"] = JSONNumber(literal: percent).map(JSONValue.number) ?? .null
      json["text"] = .string("\(percent) %")
    } else {
      json["percent"] = .null
      json["text"] = "n/a"
    }
    if let target {
      json["target"] = .int(target)
      // Exactly: one in ten thousand is not none.
      json["meets_target"] = denominator > 0 ? .bool(numerator <= target) : .null
    }
    json["exclusions"] = .object(exclusions)
    return .object(json)
  }

  static func schema(_ exclusions: [String]) -> JSONValue {
    Shapes.object(
      [
        "numerator": Shapes.count, "denominator": Shapes.count, "percent": ["type": ["number", "null"]],
        "text": Shapes.text(max: 16), "target": Shapes.count,
        "meets_target": ["type": ["boolean", "null"]],
        "exclusions": Shapes.object(exclusions.reduce(into: [:]) { $0[$1] = Shapes.count }),
      ], required: ["numerator", "denominator", "percent", "text", "exclusions"])
  }
}
