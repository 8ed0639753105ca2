/// Every bound of the wire, by name. Each is configurable; each has its own `error.data.kind`.
package struct Limits: Sendable, Equatable {
  /// Bytes of one message, framing excluded.
  package var frameBytes = 1 << 20
  /// A body of this many times ``frameBytes`` or more is not skipped: its connection is closed.
  package static let skippedFrames = 16
  /// Nesting of arrays and objects.
  package var depth = 64
  /// Calls in one batch.
  package var batchLength = 100
  /// Bytes of one answer, and of all answers of a batch together.
  package var answerBytes = 4 << 20
  /// Calls (a batch counts once) that one connection may have under way.
  package var inFlightPerConnection = 64
  /// Event subscriptions of one connection.
  package var subscriptionsPerConnection = 8
  /// Connections of one uid on the sockets of a class.
  package var connectionsPerUID = 1_024
  /// Connections on the sockets of a class.
  package var connections = 4_096
  /// Bytes waiting for a client that does not read, above which the daemon stops reading from it.
  package var outboundBytes = 256 << 10
  /// Calls of a class waiting for the writer; as many may wait for the readers.
  package var writeQueue = 4_096

  package init() {}
}
