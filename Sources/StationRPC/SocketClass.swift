/// What a socket is for. Its class caps what whoever connects to it may do, whatever roles they have.
///
/// A role counts on sockets of its own class only; beyond that, a socket for auditors takes no method that
/// writes, and administrative acts are taken on a socket for administrators alone.
package enum SocketClass: String, Sendable, Hashable, CaseIterable {
  /// Officers, desks, and the front ends that work for them.
  case member
  /// Those who read and verify, and change nothing.
  case auditor
  /// Those who keep the daemon itself.
  case administrator

  /// Whether a method that writes may be called at all.
  package var takesWrites: Bool { self != .auditor }

  /// Whether an administrative act (a reload, a backup) may be called at all.
  package var takesAdministration: Bool { self == .administrator }
}
