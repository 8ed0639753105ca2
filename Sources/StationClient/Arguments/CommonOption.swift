/// The options that every command has: their names, and which of them take a value.
package enum CommonOption {
  private static let table: [(name: String, takesValue: Bool)] = [
    ("--socket", true), ("--json", false), ("--ndjson", false), ("--timeout", true), ("--lang", true),
    ("--no-colour", false), ("--no-color", false), ("--purpose", true), ("--reason", true), ("--key", true),
    ("--actor", true),
  ]

  /// The names, with dashes.
  package static let names = table.map(\.name) + ["--help"]

  /// Whether the option needs a value; nil if it is none of these.
  package static func takesValue(_ option: String) -> Bool? {
    table.first { $0.name == option }?.takesValue
  }

  /// Splits a command line at its first word that is none of these options nor the value of one.
  package static func split(_ words: [String]) -> (common: [String], rest: [String]) {
    var place = 0
    while place < words.count {
      let sign = words[place].firstIndex(of: "=")
      let name = String(sign.map { words[place][..<$0] } ?? words[place][...])
      guard let takesValue = takesValue(name) ?? (name == "--help" || name == "-h" ? false : nil) else {
        break
      }
      place = min(place + (takesValue && sign == nil ? 2 : 1), words.count)
    }
    return (Array(words[..<place]), Array(words[place...]))
  }
}
