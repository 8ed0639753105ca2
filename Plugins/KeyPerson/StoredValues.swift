import StationKit

// How values stand in a stored body: words by their code, days as `YYYY-MM-DD`, instants as UTC milliseconds.

extension RawRepresentable where RawValue == String {
  init?(_ json: JSONValue?) {
    guard let code = json?.stringValue else { return nil }
    self.init(rawValue: code)
  }
}

extension CivilDate {
  init?(_ json: JSONValue?) {
    guard let text = json?.stringValue else { return nil }
    self.init(text)
  }
}

extension Instant {
  init?(_ json: JSONValue?) {
    guard let milliseconds = json?.intValue else { return nil }
    self.init(milliseconds: Int64(milliseconds))
  }
}

extension JSONValue {
  static func at(_ instant: Instant) -> JSONValue { .int(Int(instant.milliseconds)) }

  /// A text as it is compared, however it was written.
  var folded: String? { stringValue.map(FreeText.folded) }

  static func time(_ instant: Instant, _ zone: Zone) -> JSONValue { .string(instant.rfc3339(zone: zone)) }
}

extension Params {
  /// A date that the schema has accepted.
  func date(_ key: String) throws(RPCError) -> CivilDate {
    guard let date = CivilDate(object[key]) else {
      throw .invalid(Text("Not a date", zh: "不是有效日期"), pointer: "/\(key)")
    }
    return date
  }

  /// A word that the schema has accepted.
  func word<Word: RawRepresentable>(_ type: Word.Type, _ key: String) throws(RPCError) -> Word
  where Word.RawValue == String {
    guard let word = Word(object[key]) else {
      throw .invalid(Text("Unknown word", zh: "取值无效"), pointer: "/\(key)")
    }
    return word
  }
}
