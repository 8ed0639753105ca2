/// How messages are told apart on a listening socket.
package enum Framing: String, Sendable, Hashable, CaseIterable {
  /// Found from the bytes that the client sends, for every connection anew.
  case automatic = "auto"
  /// JSON values; every answer ends in one line feed, and a broken message ends at the next line feed.
  case line
  /// A header block with `Content-Length` in front of every message, as in the Language Server Protocol.
  case contentLength = "content-length"
  /// JSON values; every answer ends in a NUL, and a broken message ends at the next NUL.
  case nul
}

/// What goes around an answer so that the client finds its end.
package enum AnswerFraming: Sendable, Hashable {
  /// One line feed behind it: the client has sent one outside a value.
  case lineFeed
  /// Two line feeds behind it: the client has sent values only.
  case blankLine
  /// `Content-Length: N`, CR LF, CR LF in front of it.
  case contentLength
  /// A NUL behind it.
  case nul
}

extension AnswerFraming {
  /// Calls `body` with the pieces of one framed message, in order, without copying the message.
  @inline(__always)
  package func pieces(of message: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
    switch self {
    case .lineFeed:
      body(message)
      withUnsafeBytes(of: UInt8(ascii: "\n"), body)
    case .blankLine:
      body(message)
      withUnsafeBytes(of: (UInt8(ascii: "\n"), UInt8(ascii: "\n")), body)
    case .nul:
      body(message)
      withUnsafeBytes(of: UInt8(0), body)
    case .contentLength:
      Self.header(bodyLength: message.count, body)
      body(message)
    }
  }

  private static func header(bodyLength: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
    let name: StaticString = "Content-Length: "
    body(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    // 19 digits hold every Int; the four bytes that end the block follow them.
    withUnsafeTemporaryAllocation(byteCount: 23, alignment: 1) { space in
      var start = 19
      var rest = UInt(bitPattern: bodyLength)
      repeat {
        start -= 1
        space[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest > 0 && start > 0
      space[19] = UInt8(ascii: "\r")
      space[20] = UInt8(ascii: "\n")
      space[21] = UInt8(ascii: "\r")
      space[22] = UInt8(ascii: "\n")
      body(UnsafeRawBufferPointer(rebasing: space[start...]))
    }
  }
}
