/// How a part of a line stands out on a terminal (ECMA-48, SGR).
package enum Style: String, Sendable {
  case plain = ""
  case bold = "1"
  case dim = "2"
  case red = "31"
  case green = "32"
  case yellow = "33"

  /// The text in this style, or as it is without `colours`.
  package func apply(_ text: String, colours: Bool) -> String {
    self == .plain || !colours ? text : "\u{1B}[\(rawValue)m\(text)\u{1B}[0m"
  }
}
