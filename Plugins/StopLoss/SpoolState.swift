/// Where a message to a bank stands. The raw values are stable codes.
package enum SpoolState: String, Sendable, CaseIterable {
  case waiting
  /// Its file is complete, and on its way into the outgoing folder.
  case prepared
  case sent
  case answered
  /// It never left: `reason` says why.
  case dropped
}

/// What happens to a message. The raw values are stable codes.
package enum SpoolAction: String, Sendable, CaseIterable {
  case prepare, send, drop
  /// The bank's final word.
  case answer
  /// The bank says that it is still at it.
  case note
}

/// Where a file that was set aside stands. The raw values are stable codes.
package enum RefusalState: String, Sendable, CaseIterable {
  case setAside = "set_aside"
  /// Somebody wants it tried again.
  case retry
  /// It was taken after all.
  case settled
}

/// What happens to a file that was set aside. The raw values are stable codes.
package enum RefusalAction: String, Sendable, CaseIterable {
  case retry, refuse, settle
}
