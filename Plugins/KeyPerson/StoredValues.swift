import StationKit

extension JSONValue {
  /// A text as it is compared, however it was written.
  var folded: String? { stringValue.map(FreeText.folded) }
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
  func word<Word: LifeCycleCode>(_ type: Word.Type, _ key: String) throws(RPCError) -> Word {
    guard let word = Word(object[key]) else {
      throw .invalid(Text("Unknown word", zh: "取值无效"), pointer: "/\(key)")
    }
    return word
  }
}
