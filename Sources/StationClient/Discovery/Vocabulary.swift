import StationJSON

/// What codes are called in the reader's language: names of members and params, and words of enumerations.
package struct Vocabulary: Sendable {
  /// In which every code is itself.
  package static let none = Vocabulary([:], verb: "", result: .null)

  /// By code; first by `outer.code`, where it means something else in that member, or in that method's result.
  private let words: [String: String]
  private let verb: String
  /// The members of a result that hold words of an enumeration, wherever in it they are.
  private let coded: Set<String>

  /// - Parameters:
  ///   - verb: the method's name without its module.
  ///   - result: the schema of what is shown.
  init(_ words: [String: String], verb: String, result: JSONValue) {
    self.words = words
    self.verb = verb
    coded = words.isEmpty ? [] : result.properties(where: Self.holdsWords)
  }

  /// The words of each module, by its name, from an OpenRPC document. They are Chinese: an English reader reads the
  /// codes.
  static func words(in document: JSONValue, language: Language) -> [String: [String: String]] {
    guard language == .zh else { return [:] }
    let shared = texts(document["x-words-zh"])
    return (document["x-modules"]?.arrayValue ?? []).reduce(into: [:]) { words, module in
      guard let name = module["name"]?.stringValue else { return }
      words[name] = shared.merging(texts(module["words_zh"])) { $1 }
    }
  }

  private static func texts(_ object: JSONValue?) -> [String: String] {
    (object?.objectValue ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value.stringValue }
  }

  /// What a member is called, or a param.
  /// - Parameter outer: the member that it is in; nil for those of the method itself.
  package func label(_ name: String, in outer: String? = nil) -> String { word(name, of: outer ?? verb) }

  /// What a param is about: its name in the reader's language; empty where that is the code.
  func about(_ name: String, in outer: String? = nil) -> String { found(name, in: outer ?? verb) ?? "" }

  /// What the value of a member is called, if that is a word of an enumeration.
  func value(_ text: String, of member: String) -> String {
    coded.contains(member) ? word(text, of: member) : text
  }

  /// What a word of an enumeration is called.
  func word(_ word: String, of member: String) -> String { found(word, in: member) ?? word }

  private func found(_ code: String, in outer: String) -> String? { words["\(outer).\(code)"] ?? words[code] }

  /// Whether a value of this schema is a word of an enumeration, or a list of such.
  private static func holdsWords(_ schema: JSONValue) -> Bool {
    if schema["enum"] != nil || schema["const"] != nil || schema["format"] == "code" { return true }
    if schema["x-words"] == true { return true }
    if let items = schema["items"] { return holdsWords(items) }
    return ["anyOf", "oneOf"].contains { schema[$0]?.arrayValue?.contains(where: holdsWords) == true }
  }
}

extension JSONValue {
  /// The names of the properties whose schemas are so, in whatever schema they are: this one is where the search begins.
  func properties(where isSo: (JSONValue) -> Bool) -> Set<String> {
    var names: Set<String> = []
    for (key, value) in objectValue ?? [:] {
      for (name, property) in key == "properties" ? value.objectValue ?? [:] : [:] where isSo(property) {
        names.insert(name)
      }
      names.formUnion(value.properties(where: isSo))
    }
    return (arrayValue ?? []).reduce(into: names) { $0.formUnion($1.properties(where: isSo)) }
  }
}
