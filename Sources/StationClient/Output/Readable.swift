import StationJSON

/// A result as it is before it is laid out for people: one language, and amounts of money in yuan.
struct Readable {
  let language: Language
  /// The members that are amounts in fen.
  let amounts: Set<String>

  func value(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(let elements): .array(elements.map(self.value))
    case .object(let object): .object(members(of: object))
    default: value
    }
  }

  /// `x` and `x_zh`, and `en` and `zh` among other members, become the one that is read.
  private func members(of object: JSONObject) -> JSONObject {
    if Self.isText(object) { return object }
    let isPair = object["en"]?.stringValue != nil && object["zh"]?.stringValue != nil
    var result = JSONObject()
    for (key, member) in object {
      if key.hasSuffix("_zh"), object[String(key.dropLast(3))] != nil { continue }
      if isPair, key == "en" || key == "zh" {
        result[object["text"] == nil ? "text" : language.rawValue] = object[language.rawValue]
        continue
      }
      // An error has its Chinese text in its data.
      let chinese = object[key + "_zh"] ?? (key == "message" ? object["data"]?["message_zh"] : nil)
      let meant = language == .zh && chinese?.isNull == false ? chinese ?? member : member
      result[key] = amounts.contains(key) ? yuan(meant) : value(meant)
      if key == "data", object["message"] != nil, var data = result[key]?.objectValue {
        data["message_zh"] = nil
        result[key] = .object(data)
      }
    }
    return result
  }

  /// What may stand beside a text in both languages that says the same as the text.
  private static let besideText: Set<String> = ["en", "zh", "code", "fields"]

  /// Whether the object is one text in both languages, and nothing else.
  static func isText(_ object: JSONObject) -> Bool {
    object["en"]?.stringValue != nil && object["zh"]?.stringValue != nil
      && object.allSatisfy { besideText.contains($0.key) }
  }

  /// An amount, or a ratio of two, in yuan; all else as it is.
  private func yuan(_ value: JSONValue) -> JSONValue {
    let unit = language.pick("yuan", zh: "元")
    if let fen = value.intValue { return .string("\(Self.yuan(fen)) \(unit)") }
    guard Ratio(value) != nil, var ratio = value.objectValue else { return self.value(value) }
    for name in ["numerator", "denominator"] {
      guard let fen = ratio[name]?.intValue else { continue }
      ratio[name] = JSONNumber(literal: Self.yuan(fen)).map(JSONValue.number)
    }
    ratio["unit"] = .string(unit)
    return .object(ratio)
  }

  /// `50000.00` for 5000000.
  private static func yuan(_ fen: Int) -> String {
    let (yuan, rest) = fen.magnitude.quotientAndRemainder(dividingBy: 100)
    return "\(fen < 0 ? "-" : "")\(yuan).\(rest < 10 ? "0" : "")\(rest)"
  }
}
