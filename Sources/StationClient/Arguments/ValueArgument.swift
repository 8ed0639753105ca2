import StationJSON

/// One typed word, checked against the shape of its parameter before anything is sent.
enum ValueArgument {
  /// The value of a word; `name` is the option as typed, for the message.
  static func value(_ word: String, shape: ValueShape, name: String) throws(UsageError) -> JSONValue {
    switch shape {
    case .integer(let minimum, let maximum):
      guard let number = JSONNumber(literal: word), let value = number.intValue else {
        throw UsageError("\(name) takes an integer, not '\(word)'", zh: "\(name) 须为整数，不能是“\(word)”")
      }
      if let minimum, value < minimum {
        throw UsageError(
          "\(name) is at least \(minimum), not \(value)", zh: "\(name) 不得小于 \(minimum)，不能是 \(value)")
      }
      if let maximum, value > maximum {
        throw UsageError(
          "\(name) is at most \(maximum), not \(value)", zh: "\(name) 不得大于 \(maximum)，不能是 \(value)")
      }
      return .number(number)
    case .boolean:
      guard word == "true" || word == "false" else {
        throw UsageError(
          "\(name) is true or false, not '\(word)'", zh: "\(name) 须为 true 或 false，不能是“\(word)”")
      }
      return .bool(word == "true")
    case .string(let words):
      guard words.isEmpty || words.contains(word) else {
        throw UsageError(
          "\(name) is one of \(words.joined(separator: ", ")); not '\(word)'",
          zh: "\(name) 须为以下之一：\(words.joined(separator: "、"))；不能是“\(word)”")
      }
      return .string(word)
    case .array(let element):
      if word.utf8.first == UInt8(ascii: "[") { return try json(word, name: name) { $0.arrayValue != nil } }
      return .array([try value(word, shape: element, name: name)])
    case .object:
      return try json(word, name: name) { $0.objectValue != nil }
    case .any:
      return KeyValueArguments.guess(word)
    }
  }

  private static func json(
    _ word: String, name: String, accept: (JSONValue) -> Bool
  ) throws(UsageError) -> JSONValue {
    guard let value = try? JSONParser.parse(word), accept(value) else {
      throw UsageError("\(name) takes JSON, not '\(word)'", zh: "\(name) 须为 JSON，不能是“\(word)”")
    }
    return value
  }
}
