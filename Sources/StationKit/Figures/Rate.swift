import StationJSON

/// A share, kept as its two numbers; compared and rounded from them and from nothing else.
///
/// Wide, so that no sum of amounts in fen can overflow.
public struct Rate: Sendable, Hashable {
  public var numerator: Int128 = 0
  public var denominator: Int128 = 0

  public init() {}

  public init(numerator: Int, denominator: Int) {
    self.numerator = Int128(numerator)
    self.denominator = Int128(denominator)
  }

  public mutating func count(_ hit: Bool) {
    denominator += 1
    if hit { numerator += 1 }
  }

  /// Percent with one decimal, rounded half up; nil for a zero denominator.
  public var percent: String? {
    guard denominator > 0 else { return nil }
    let tenths = (numerator * 2000 + denominator) / (2 * denominator)
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// Whether the share reaches a target, exactly; nil for a zero denominator.
  public func reaches(percent target: Int) -> Bool? {
    denominator > 0 ? numerator * 100 >= Int128(target) * denominator : nil
  }

  /// The figure as methods answer it: "n/a" where the denominator is zero.
  ///
  /// - Parameter exclusions: what was not counted, by the reason.
  public func json(exclusions: JSONObject = [:]) -> JSONObject {
    figure("percent", percent, unit: " %", exclusions: exclusions)
  }

  /// The same with whether it reaches a target in percent.
  public func json(reaching target: Int?, exclusions: JSONObject = [:]) -> JSONObject {
    var json = json(exclusions: exclusions)
    if let target { json["reaches_target"] = reaches(percent: target).map(JSONValue.bool) ?? .null }
    return json
  }

  /// A figure whose value goes by another name than "percent".
  public func figure(
    _ name: String, _ value: String?, unit: String = "", exclusions: JSONObject = [:]
  ) -> JSONObject {
    [
      "numerator": Self.number(numerator), "denominator": Self.number(denominator),
      name: value.flatMap(JSONNumber.init(literal:)).map(JSONValue.number) ?? .null,
      "text": .string(value.map { $0 + unit } ?? "n/a"), "exclusions": .object(exclusions),
    ]
  }

  public static func number(_ value: Int128) -> JSONValue {
    JSONNumber(literal: value.description).map(JSONValue.number) ?? .null
  }

  /// What ``json(reaching:exclusions:)`` gives, or ``figure(_:_:unit:exclusions:)`` with that name.
  ///
  /// - Parameter members: what else the figure may hold.
  public static func schema(
    _ exclusions: [String] = [], name: String = "percent",
    members: JSONObject = ["reaches_target": ["type": ["boolean", "null"]]]
  ) -> JSONValue {
    let figure: JSONObject = [
      "numerator": Shapes.count, "denominator": Shapes.count, name: ["type": ["number", "null"]],
      "text": Shapes.text(max: 64),
      "exclusions": Shapes.object(exclusions.reduce(into: [:]) { $0[$1] = Shapes.count }),
    ]
    return Shapes.object(figure.merging(members), required: figure.keys)
  }
}
