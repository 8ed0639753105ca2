import StationKit

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
