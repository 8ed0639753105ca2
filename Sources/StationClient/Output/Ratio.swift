import StationJSON

/// A figure as the daemon gives it: numerator, denominator, the quotient as text, and what was left out.
struct Ratio {
  private let numerator: String
  private let denominator: String
  private let quotient: String
  /// What is counted, where that is told.
  private let unit: String?
  private let exclusions: [(name: String, count: String)]

  /// nil if the value is something else.
  init?(_ value: JSONValue) {
    guard let numerator = value["numerator"]?.numberValue, let denominator = value["denominator"]?.numberValue
    else { return nil }
    self.numerator = numerator.literal
    self.denominator = denominator.literal
    quotient = DisplayWidth.printable(value["text"]?.stringValue ?? "")
    unit = value["unit"]?.stringValue
    exclusions = (value["exclusions"]?.objectValue ?? [:]).compactMap { name, count in
      guard let count = count.numberValue?.literal, count != "0" else { return nil }
      return (name, count)
    }
  }

  /// `3/4 75.0 %`
  func short(_ vocabulary: Vocabulary) -> String {
    let unit = unit.map { " " + DisplayWidth.printable(vocabulary.word($0, of: "unit")) } ?? ""
    return "\(numerator)/\(denominator)\(unit)" + (quotient.isEmpty ? "" : " \(quotient)")
  }

  /// The same with what was left out.
  func long(_ language: Language, _ vocabulary: Vocabulary) -> String {
    let short = short(vocabulary)
    guard !exclusions.isEmpty else { return short }
    let list = exclusions.map { "\(DisplayWidth.printable(vocabulary.label($0.name))) \($0.count)" }
      .joined(separator: language.comma)
    return short + language.pick(" (excluded: \(list))", zh: "（不计入：\(list)）")
  }

  /// Whether the value is an object with a ratio somewhere in it.
  static func isWithin(_ value: JSONValue) -> Bool {
    guard let object = value.objectValue else { return false }
    return Ratio(value) != nil || object.contains { isWithin($0.value) }
  }
}
