import StationKit

/// A share, kept as its two numbers: of things or of fen. Wide, so that no sum of amounts can overflow.
package struct Rate: Sendable, Hashable {
  package var numerator: Int128 = 0
  package var denominator: Int128 = 0

  package init() {}

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

  func json(exclusions: JSONObject = [:]) -> JSONValue {
    [
      "numerator": Self.number(numerator), "denominator": Self.number(denominator),
      "percent": percent.flatMap(JSONNumber.init(literal:)).map(JSONValue.number) ?? .null,
      "text": .string(percent.map { "\($0) %" } ?? "n/a"), "exclusions": .object(exclusions),
    ]
  }

  static func number(_ value: Int128) -> JSONValue {
    JSONNumber(literal: value.description).map(JSONValue.number) ?? .null
  }

  static func schema(_ exclusions: [String] = []) -> JSONValue {
    Shapes.object([
      "numerator": Shapes.count, "denominator": Shapes.count, "percent": ["type": ["number", "null"]],
      "text": Shapes.text(max: 32),
      "exclusions": Shapes.object(exclusions.reduce(into: [:]) { $0[$1] = Shapes.count }),
    ])
  }
}
