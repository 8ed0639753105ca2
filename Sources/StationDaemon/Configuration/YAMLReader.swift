import Foundation
import Yams

/// A mistake in a configuration file, with where it is and what was expected.
package struct ConfigurationError: Error, CustomStringConvertible {
  private let place: String
  private let what: String

  package init(_ file: String, _ line: Int?, _ what: String) {
    place = line.map { "\(file):\($0)" } ?? file
    self.what = what
  }

  package var description: String { "\(place): \(what)" }
  /// The same, of what does not keep the daemon from starting.
  var warning: String { "\(place): warning: \(what)" }
}

/// One mapping of a YAML file, read key by key: what is left unread at the end is an error.
struct YAMLReader {
  let file: String
  let node: Node
  let trace: KeyTrace
  private let path: String
  private let pairs: [String: (key: Node, value: Node)]

  /// Parses a file's text; an empty file is an empty mapping.
  init(file: String, text: String) throws {
    let node: Node?
    do {
      // Texts are read here by their keys. The resolver of types would bring regular expressions and Unicode's tables.
      node = try Yams.compose(yaml: text, .basic)
    } catch let error as YamlError {
      throw Self.notYAML(file, text, error)
    }
    try self.init(file: file, node: node ?? Self.empty, path: "", trace: KeyTrace())
  }

  private static var empty: Node { .mapping(Node.Mapping([], Tag(.implicit, .basic))) }

  /// Where the parser stopped, in one line: its own description repeats the file.
  private static func notYAML(_ file: String, _ text: String, _ error: YamlError) -> ConfigurationError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return ConfigurationError(file, mark.line, "not YAML: \(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      let names = duplicates.map { "'\($0)'" }.joined(separator: ", ")
      let line = duplicates.first.flatMap { Self.line(repeating: $0, after: context.mark, in: text) }
      return ConfigurationError(file, line ?? context.mark.line, "given twice: \(names)")
    default: return ConfigurationError(file, nil, "not YAML")
    }
  }

  /// The next line that begins with that key, as deeply as the first one: the parser tells the first one's place only.
  private static func line(repeating key: String, after first: Mark, in text: String) -> Int? {
    let start = String(repeating: " ", count: max(0, first.column - 1)) + key
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return lines.indices.dropFirst(first.line).first { place in
      let line = lines[place]
      return line.hasPrefix(start + ":") || line.hasPrefix(start + " ")
    }.map { $0 + 1 }
  }

  private init(file: String, node: Node, path: String, trace: KeyTrace) throws {
    self.file = file
    self.trace = trace
    self.node = node
    self.path = path
    guard let mapping = node.mapping else {
      let what = path.isEmpty ? "the file" : "'\(path)'"
      throw ConfigurationError(file, node.mark?.line, "\(what) must be a mapping of keys to values")
    }
    var pairs: [String: (key: Node, value: Node)] = [:]
    for (key, value) in mapping {
      guard let name = key.string else {
        throw ConfigurationError(file, key.mark?.line, "a key must be a word")
      }
      guard pairs.updateValue((key, value), forKey: name) == nil else {
        throw ConfigurationError(file, key.mark?.line, "'\(name)' is given twice")
      }
    }
    self.pairs = pairs
  }

  /// - Throws: for a key that is not in `known`, naming the nearest that is.
  func allow(_ known: [String]) throws {
    let unknown = pairs.values.filter { !known.contains($0.key.string ?? "") }
      .sorted { ($0.key.mark?.line ?? 0) < ($1.key.mark?.line ?? 0) }
    guard let (key, _) = unknown.first else { return }
    let name = key.string ?? ""
    let hint = Self.nearest(to: name, among: known).map { " (did you mean '\($0)'?)" } ?? ""
    throw ConfigurationError(file, key.mark?.line, "unknown key '\(full(name))'\(hint)")
  }

  /// What stands under a key, as it is.
  func value(_ name: String, takes: String) -> Node? {
    note(name, "", pairs[name]?.value, takes)
    return pairs[name]?.value
  }

  /// - Parameter standard: what holds where the key is not given, for those who ask what holds.
  func string(_ name: String, standard: String = "", takes: String = "a text") throws -> String? {
    let text = try secret(name)
    note(name, text ?? standard, pairs[name]?.value, takes)
    if let text { noteWord(name, text, pairs[name]?.value) }
    return text
  }

  /// A text that is not noted: those who ask what holds are not told.
  func secret(_ name: String) throws -> String? {
    guard let value = pairs[name]?.value else { return nil }
    guard let text = value.string, value.mapping == nil, value.sequence == nil else {
      throw wrong(name, value, "a text")
    }
    return text
  }

  /// A path; a relative one is relative to the file's folder.
  func path(_ name: String, standard: String = "", takes: String = "a file") throws -> String? {
    guard let text = try string(name, standard: standard, takes: takes) else { return nil }
    // A line that is half written is not the file's own folder.
    guard !text.isEmpty, pairs[name]?.value.null == nil, !text.utf8.contains(0) else {
      throw misnamed(name, "a path: it is empty, or has a NUL")
    }
    let path = resolve(text)
    note(name, path, pairs[name]?.value, takes)
    return path
  }

  /// An absolute path: what it names stays the same in a process with another working directory.
  func resolve(_ name: String) -> String {
    guard !name.hasPrefix("/") else { return name }
    return (DaemonConfiguration.absolute(file) as NSString).deletingLastPathComponent + "/" + name
  }

  /// Notes the value that holds, for a key that gives it in another way, or does not.
  /// - Parameter source: where it comes from, if not from the file.
  func holds(_ name: String, _ value: String, source: String? = nil) {
    guard let known = trace.entry(full(name)) else { return }
    trace.note(
      KeyTrace.Entry(key: known.key, value: value, line: known.line, takes: known.takes, source: source))
  }

  /// One of a closed list of words.
  func word<Word: RawRepresentable & CaseIterable>(_ name: String, standard: Word) throws -> Word
  where Word.RawValue == String {
    let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
    guard let text = try string(name, standard: standard.rawValue, takes: "one of \(words)") else {
      return standard
    }
    guard let word = Word(rawValue: text) else { throw wrong(name, nil, "one of \(words)") }
    return word
  }

  func int(_ name: String, in range: ClosedRange<Int>, standard: Int? = nil) throws -> Int? {
    let takes = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard let value = pairs[name]?.value else {
      note(name, standard.map(String.init) ?? "", nil, takes)
      return nil
    }
    // As it is written anywhere: `010` is eight to some, and ten to others.
    guard let text = value.string, let number = Int(text), String(number) == text, range.contains(number)
    else {
      throw wrong(name, value, takes)
    }
    note(name, text, value, takes)
    return number
  }

  func bool(_ name: String, standard: Bool? = nil) throws -> Bool? {
    guard let value = pairs[name]?.value else {
      note(name, standard.map(String.init) ?? "", nil, "true or false")
      return nil
    }
    guard let flag = Self.flag(value) else { throw wrong(name, value, "true or false") }
    note(name, String(flag), value, "true or false")
    return flag
  }

  /// YAML 1.1's words without quotes.
  private static func flag(_ value: Node) -> Bool? {
    guard let scalar = value.scalar, scalar.style == .any || scalar.style == .plain else { return nil }
    return switch scalar.string.lowercased() {
    case "true", "yes", "on": true
    case "false", "no", "off": false
    default: nil
    }
  }

  func strings(_ name: String, takes: String = "a text, or a list of texts") throws -> [String]? {
    guard let value = pairs[name]?.value else {
      note(name, "", nil, takes)
      return nil
    }
    if value.sequence == nil, let one = value.string {
      note(name, one, value, takes)
      noteWord(name, one, value)
      return [one]
    }
    guard let items = value.sequence else { throw wrong(name, value, "a list of texts") }
    let texts = try items.map {
      guard let text = $0.string else { throw wrong(name, $0, "a list of texts") }
      noteWord(name, text, $0)
      return text
    }
    note(name, texts.joined(separator: ", "), value, takes)
    return texts
  }

  func mapping(_ name: String) throws -> YAMLReader? {
    try pairs[name].map { try YAMLReader(file: file, node: $0.value, path: full(name), trace: trace) }
  }

  /// A mapping, or an empty one in its place: what it may hold is known all the same.
  func section(_ name: String) throws -> YAMLReader {
    let node = pairs[name]?.value ?? Self.empty
    return try YAMLReader(file: file, node: node, path: full(name), trace: trace)
  }

  func mappings(_ name: String) throws -> [YAMLReader]? {
    guard let value = pairs[name]?.value else { return nil }
    guard let items = value.sequence else { throw wrong(name, value, "a list of mappings") }
    return try items.enumerated().map {
      try YAMLReader(file: file, node: $1, path: "\(full(name))[\($0)]", trace: trace)
    }
  }

  var keys: [String] {
    pairs.values.sorted { ($0.key.mark?.line ?? 0) < ($1.key.mark?.line ?? 0) }
      .compactMap(\.key.string)
  }

  func wrong(_ name: String, _ value: Node? = nil, _ expected: String) -> ConfigurationError {
    let node = value ?? pairs[name]?.value ?? node
    return ConfigurationError(file, node.mark?.line, "'\(full(name))' must be \(expected)")
  }

  /// Of the key itself, which stands in another line than a mapping under it.
  func misnamed(_ name: String, _ expected: String) -> ConfigurationError {
    ConfigurationError(file, pairs[name]?.key.mark?.line, "'\(full(name))' must be \(expected)")
  }

  /// - Parameter other: a key that would do in its place.
  func missing(_ name: String, or other: String? = nil) -> ConfigurationError {
    let names = "'\(full(name))'" + (other.map { " or '\(full($0))'" } ?? "")
    return ConfigurationError(file, node.mark?.line, "\(names) is missing")
  }

  private func note(_ name: String, _ value: String, _ node: Node?, _ takes: String) {
    trace.note(KeyTrace.Entry(key: full(name), value: value, line: node?.mark?.line, takes: takes))
  }

  private func noteWord(_ name: String, _ text: String, _ node: Node?) {
    trace.note(KeyTrace.Word(key: full(name), text: text, line: node?.mark?.line))
  }

  private func full(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  /// The word that was probably meant: at most a third of the letters differ.
  static func nearest(to word: String, among known: [String]) -> String? {
    let near = known.map { (word: $0, distance: distance(word, $0)) }.min { $0.distance < $1.distance }
    return near.flatMap { $0.distance < max(2, word.utf8.count / 3 + 1) ? $0.word : nil }
  }

  /// Edits from one word to another (Levenshtein).
  private static func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right.utf8)
    var row = Array(0...right.count)
    for (position, letter) in left.utf8.enumerated() {
      var diagonal = row[0]
      row[0] = position + 1
      for column in right.indices {
        let above = row[column + 1]
        row[column + 1] = min(above + 1, row[column] + 1, diagonal + (letter == right[column] ? 0 : 1))
        diagonal = above
      }
    }
    return row[right.count]
  }
}
