import StationJSON

/// The sending half of one client connection, implemented by the transport.
///
/// Every method may be called from any thread and never blocks.
package protocol Connection: AnyObject, Sendable {
  /// Queues one complete JSON message. The transport adds the connection's framing.
  /// Messages leave in the order of the calls made by one thread. After close it does nothing.
  func send(_ message: [UInt8])

  /// Closes the connection after what was queued has left.
  func finish()

  /// False while the peer is not reading what was sent (outbound buffer above its high-water mark).
  /// When it turns true again the session's ``Session/writable()`` is called.
  var isWritable: Bool { get }
}

/// The receiving half of one client connection, implemented by the RPC layer.
///
/// All methods are called on the connection's event loop, never at the same time.
package protocol Session: AnyObject, Sendable {
  /// One complete JSON value arrived. `bytes` is its length on the wire.
  func receive(_ message: JSONValue, bytes: Int)

  /// The bytes were not JSON, or went past a limit. The session answers the error; the transport then
  /// resynchronizes at the next message, or calls ``Connection/finish()`` where it cannot.
  func receive(malformed error: WireError)

  /// The peer has shut down its sending side. Answers under way are still delivered;
  /// the session calls ``Connection/finish()`` when the last has been sent.
  func inputEnded()

  /// The daemon stops: no further message comes. As at ``inputEnded()``, answers under way are still delivered.
  func stopping()

  /// The connection takes output again.
  func writable()

  /// The connection is gone. Called exactly once. What the client had sent before may still come after it, and gets
  /// no answer.
  func closed()
}

extension Session {
  package func stopping() { inputEnded() }
}

/// Makes the session of a newly accepted connection; called on the connection's event loop.
package protocol SessionFactory: Sendable {
  func session(for peer: Peer, connection: any Connection) -> any Session
}

/// Why bytes from a client did not become a message.
package enum WireError: Error, Sendable, Equatable {
  /// Not JSON (RFC 8259); `offset` counts bytes from the start of the message.
  case syntax(reason: String, offset: Int)
  /// Nested deeper than ``Limits/depth``.
  case tooDeep
  /// More bytes than ``Limits/frameBytes`` in one message.
  case frameTooLarge
  /// A broken `Content-Length` header block.
  case badHeader(reason: String)
}
