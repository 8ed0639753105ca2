import StationKit

extension JSONObject {
  func text(_ key: String) -> String? { self[key]?.stringValue }
  func int(_ key: String) -> Int? { self[key]?.intValue }

  /// An instant kept as UTC milliseconds.
  func instant(_ key: String) -> Instant? {
    self[key]?.intValue.map { Instant(milliseconds: Int64($0)) }
  }

  /// A word of a closed list.
  func word<Word: RawRepresentable>(_ key: String, _ type: Word.Type = Word.self) -> Word?
  where Word.RawValue == String {
    self[key]?.stringValue.flatMap(Word.init(rawValue:))
  }

  /// Sets the text, or nothing for nil.
  mutating func set(_ key: String, _ value: String?) {
    if let value { self[key] = .string(value) }
  }

  mutating func set(_ key: String, _ value: Instant?) {
    if let value { self[key] = value.column }
  }
}

extension Params {
  /// A word of a closed list; the schema has seen that it is one.
  ///
  /// - Throws: `invalid_params` all the same, where it is not.
  func word<Word: RawRepresentable>(_ key: String, _ type: Word.Type = Word.self) throws(RPCError) -> Word
  where Word.RawValue == String {
    guard let word = Word(rawValue: try string(key)) else {
      throw .invalid(Text("'\(key)' is not known", zh: "“\(key)”无效"), pointer: "/\(key)")
    }
    return word
  }
}

extension Instant {
  /// UTC milliseconds, as columns keep instants.
  var column: JSONValue { .int(Int(milliseconds)) }

  func text(_ context: CallContext) -> JSONValue { .string(rfc3339(zone: context.zone)) }
}

extension RuleRef {
  var json: JSONValue { ["id": .string(id), "version": .string(version)] }
}
