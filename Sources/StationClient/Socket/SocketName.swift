/// The daemon's sockets by their short names.
package enum SocketName: String, Sendable, CaseIterable {
  case member = "stationd"
  case auditor
  case administrator = "admin"

  package var path: String { "/run/stationd/\(rawValue).sock" }

  /// The path that an option or a variable means: a known name's, or the text itself.
  package static func path(_ text: String) -> String { SocketName(rawValue: text)?.path ?? text }
}
