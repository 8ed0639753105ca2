import Glibc

/// The daemon's sockets by their short names.
package enum SocketName: String, Sendable, CaseIterable {
  case member = "stationd"
  case auditor
  case administrator = "admin"

  /// Where the daemon answers a module's methods, by the name of either: the audit log's on the auditors' socket, what
  /// administers the daemon on the administrators'.
  package init(for name: String) {
    switch name.prefix(while: { $0 != "." }) {
    case "audit": self = .auditor
    case "key", "personal", "plugin", "retention", "system": self = .administrator
    default: self = .member
    }
  }

  package var path: String { "/run/stationd/\(rawValue).sock" }

  /// The path that an option or a variable means: a known name's, or the text itself.
  package static func path(_ text: String) -> String { SocketName(rawValue: text)?.path ?? text }

  /// The path, where there is such a socket and this user may open it; else the members'. What is for everyone is
  /// answered there as well, and of all else the daemon says which socket it is for.
  package func pathOrMembers(mayOpen: (String) -> Bool = SocketName.mayOpen) -> String {
    mayOpen(path) ? path : SocketName.member.path
  }

  /// connect(2) asks for permission to write, as unix(7) says.
  package static func mayOpen(_ path: String) -> Bool { access(path, W_OK) == 0 }
}
