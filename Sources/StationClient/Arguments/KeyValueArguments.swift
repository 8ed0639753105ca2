import StationJSON

/// The words after `stationctl call METHOD`, as params.
///
/// `a=1` is JSON where that is valid JSON, else text; `a:=1` must be JSON; `a==1` is text. `a=@file` and `a=-` are the
/// text of a file or of standard input, without the line feed at its end; `a:=@file` and `a:=-` are its JSON. `a.b=1` is
/// a member of an object. `@file` and `-` are a whole object. Words without a sign are positional params.
package enum KeyValueArguments {
  /// The params; `read` gives the bytes of a file, `-` for standard input.
  package static func params(
    _ words: [String], read: (String) throws(UsageError) -> [UInt8]
  ) throws(UsageError) -> JSONValue {
    var object = JSONObject()
    var positional: [JSONValue] = []
    // From files; key=value changes single members of it.
    var whole = JSONObject()
    var hasBase = false
    var inputIsTaken = false
    func content(_ name: String) throws(UsageError) -> [UInt8] {
      if name == "-" {
        guard !inputIsTaken else { throw twice(name) }
        inputIsTaken = true
      }
      return try read(name)
    }
    for word in words {
      if word == "-" || word.utf8.first == UInt8(ascii: "@") {
        guard !hasBase else { throw mixed }
        let name = word == "-" ? word : String(word.dropFirst())
        let value = try parse(content(name), of: word)
        if words.count == 1 { return try checked(value) }
        guard case .object(let base) = value else { throw mixed }
        for (key, value) in base { whole[key] = value }
        hasBase = true
      } else if let (key, value) = try pair(word, content) {
        try set(
          value, at: key.split(separator: ".", omittingEmptySubsequences: false)[...], in: &object, key: key)
      } else {
        let isJSON = word.utf8.first == UInt8(ascii: "[") || word.utf8.first == UInt8(ascii: "{")
        positional.append(isJSON ? try parse(Array(word.utf8), of: word) : guess(word))
      }
    }
    guard positional.isEmpty else {
      guard object.isEmpty, !hasBase else { throw mixed }
      if positional.count == 1, case .array = positional[0] { return positional[0] }
      if positional.count == 1, case .object = positional[0] { return positional[0] }
      return .array(positional)
    }
    for (key, value) in object { whole[key] = value }
    return .object(whole)
  }

  /// JSON where it is valid JSON, else the text itself.
  static func guess(_ text: String) -> JSONValue {
    (try? JSONParser.parse(text)) ?? .string(text)
  }

  /// Sets a member deep inside; objects on the way are made.
  static func set(
    _ value: JSONValue, at path: ArraySlice<Substring>, in object: inout JSONObject, key: String
  ) throws(UsageError) {
    guard let first = path.first, !first.isEmpty else {
      throw UsageError("'\(key)' has an empty name in it", zh: "“\(key)”中有空的名称")
    }
    let name = String(first)
    guard path.count > 1 else {
      guard object[name] == nil else { throw twice(key) }
      object[name] = value
      return
    }
    var inner = JSONObject()
    if let present = object[name] {
      guard case .object(let members) = present else { throw twice(key) }
      inner = members
    }
    try set(value, at: path.dropFirst(), in: &inner, key: key)
    object[name] = .object(inner)
  }

  /// Splits at the first `=`; nil if the word is no pair.
  private static func pair(
    _ word: String, _ content: (String) throws(UsageError) -> [UInt8]
  ) throws(UsageError) -> (String, JSONValue)? {
    // JSON in one word may have a sign inside a string.
    guard let first = word.utf8.first, first != UInt8(ascii: "["), first != UInt8(ascii: "{"),
      first != UInt8(ascii: "\""), let sign = word.firstIndex(of: "="), sign != word.startIndex
    else { return nil }
    let key = word[..<sign]
    let text = word[word.index(after: sign)...]
    let file = text == "-" ? "-" : text.first == "@" ? String(text.dropFirst()) : nil
    if key.last == ":" {
      let value = try parse(file.map(content) ?? Array(text.utf8), of: word)
      return (String(key.dropLast()), value)
    }
    if let file { return (String(key), .string(try self.text(content(file), of: file))) }
    if text.first == "=" { return (String(key), .string(String(text.dropFirst()))) }
    return (String(key), guess(String(text)))
  }

  /// A file as text. Editors end it with a line feed that nobody means.
  private static func text(_ bytes: [UInt8], of file: String) throws(UsageError) -> String {
    guard var text = String(validating: bytes, as: UTF8.self) else {
      throw UsageError("\(file) is not UTF-8 text", zh: "\(file) 不是 UTF-8 文本")
    }
    if text.last?.isNewline == true { text.removeLast() }
    return text
  }

  private static func parse(_ bytes: [UInt8], of word: String) throws(UsageError) -> JSONValue {
    do {
      return try JSONParser.parse(bytes)
    } catch {
      throw UsageError("'\(word)' is not JSON: \(error)", zh: "“\(word)”不是有效的 JSON：\(error.text(.zh))")
    }
  }

  private static func checked(_ value: JSONValue) throws(UsageError) -> JSONValue {
    switch value {
    case .object, .array: return value
    default: throw UsageError("params are an object or an array", zh: "参数必须是 JSON 对象或数组")
    }
  }

  private static func twice(_ key: String) -> UsageError {
    UsageError("'\(key)' is given twice", zh: "“\(key)”给出了两次")
  }

  private static var mixed: UsageError {
    UsageError(
      "give params as key=value, or as one JSON text, or by position; not mixed",
      zh: "参数可用 key=value、一段 JSON 或按位置给出，但不能混用")
  }
}
