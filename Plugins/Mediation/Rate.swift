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

  /// How many there are for each, with two decimals, rounded half up; nil for a zero denominator.
  package var ratio: String? {
    guard denominator > 0 else { return nil }
    let hundredths = (numerator * 200 + denominator) / (2 * denominator)
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// Whether the share reaches a target, exactly; nil for a zero denominator.
  package func reaches(percent target: Int) -> Bool? {
    denominator > 0 ? numerator * 100 >= target * denominator : nil
  }

  /// As a share with its target.
  func json(target: Int, exclusions: JSONObject, rule: JSONValue) -> JSONValue {
    var json = members("percent", percent, unit: " %", exclusions, rule)
    json["target"] = .int(target)
    json["reaches_target"] = reaches(percent: target).map(JSONValue.bool) ?? .null
    return .object(json)
  }

  /// As a number for each.
  func ratioJSON(rule: JSONValue) -> JSONValue { .object(members("ratio", ratio, unit: "", [:], rule)) }

  private func members(
    _ name: String, _ value: String?, unit: String, _ exclusions: JSONObject, _ rule: JSONValue
  ) -> JSONObject {
    var json: JSONObject = ["numerator": .int(numerator), "denominator": .int(denominator)]
    json[name] = value.flatMap { JSONNumber(literal: $0) }.map(JSONValue.number) ?? .null
    json["text"] = .string(value.map { $0 + unit } ?? "n/a")
    json["exclusions"] = .object(exclusions)
    json["rule"] = rule
    return json
  }

  static func schema(_ exclusions: JSONObject) -> JSONValue {
    Shapes.object([
      "numerator": Shapes.count, "denominator": Shapes.count, "percent": ["type": ["number", "null"]],
      "text": Shapes.text, "target": Shapes.count, "reaches_target": ["type": ["boolean", "null"]],
      "exclusions": Shapes.object(exclusions), "rule": Schemas.ruleReference,
    ])
  }

  static let ratioSchema = Shapes.object([
    "numerator": Shapes.count, "denominator": Shapes.count, "ratio": ["type": ["number", "null"]],
    "text": Shapes.text, "exclusions": Shapes.object([:]), "rule": Schemas.ruleReference,
  ])
}
