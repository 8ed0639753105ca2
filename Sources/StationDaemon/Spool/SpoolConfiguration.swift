import Glibc

/// Where files for the banks' connector lie, and how they are worked.
package struct SpoolConfiguration: Sendable {
  package var directory: String
  /// Permission bits of `out` and `in`, which the connector uses, where the daemon makes them.
  package var exchangeMode: mode_t = 0o770
  /// Seconds between two looks at the folders.
  package var interval = 1.0

  package init(directory: String) { self.directory = directory }

  /// The permission bits of files that leave: those of the folder, without execution.
  var fileMode: mode_t { (exchangeMode & 0o666) | 0o600 }
  /// Passage, and nothing else, for whoever may use the folders.
  var rootMode: mode_t { 0o700 | (exchangeMode & 0o011) }
}

/// A folder of the spool; the raw value is its name.
package enum SpoolFolder: String, Sendable, CaseIterable {
  /// Files that are being made; nobody else's business.
  case work
  /// For the connector to send.
  case out
  /// From the connector.
  case incoming = "in"
  case done
  case setAside = "set-aside"
}
