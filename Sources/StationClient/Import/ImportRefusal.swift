import StationJSON

/// A line that was not entered, and why. Of the item it holds its key alone: the rest is in the file.
package struct ImportRefusal: Sendable, Equatable {
  /// Counted from 1.
  package let line: Int
  package let key: String?
  /// As the method told it: `kind`, `message`, and where there are any `message_zh`, `pointer`, `rule`.
  package let error: JSONValue

  package var json: JSONValue {
    var object: JSONObject = ["line": .int(line)]
    if let key { object["key"] = .string(key) }
    object["error"] = error
    return .object(object)
  }

  /// Lines that are not even sent.
  static func notJSON(line: Int, _ error: JSONError) -> ImportRefusal {
    local(line, "parse_error", "Not JSON: \(error)", zh: "不是有效的 JSON：\(error.text(.zh))")
  }

  static func tooLong(line: Int, limit: Int) -> ImportRefusal {
    local(
      line, "frame_too_large", "Longer than one message may be (\(limit) bytes)", zh: "超过单条消息上限（\(limit) 字节）")
  }

  private static func local(_ line: Int, _ kind: String, _ en: String, zh: String) -> ImportRefusal {
    ImportRefusal(
      line: line, key: nil,
      error: ["kind": .string(kind), "message": .string(en), "message_zh": .string(zh)])
  }
}
