import NIOCore
import StationRPC

// What comes from the client.
extension ConnectionHandler {
  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isFinishing, !isStopping else { return }
    flushesAtEnd = true
    var arrived = unwrapInboundIn(data)
    if input == nil {
      deliver(from: &arrived)
      // A copy, so that NIO can use the buffer again.
      if arrived.readableBytes > 0 {
        var kept = ByteBufferAllocator().buffer(capacity: max(arrived.readableBytes, 256))
        kept.writeImmutableBuffer(arrived)
        input = kept
      }
    } else {
      input?.writeImmutableBuffer(arrived)
      resumeInput()
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    flushesAtEnd = false
    flush()
    context.fireChannelReadComplete()
  }

  /// Delivers what waits in `input`.
  func resumeInput() {
    isHeld = false
    if var waiting = input {
      input = nil
      deliver(from: &waiting)
      if waiting.readableBytes > 0, !isFinishing {
        waiting.discardReadBytes()
        input = waiting
      }
    }
    if inputHasEnded, !isHeld { endInput() }
  }

  /// Delivers the messages in a buffer, until it has no more or the peer must read first.
  private func deliver(from buffer: inout ByteBuffer) {
    while !isFinishing, !isStopping {
      guard isWritable || isGone.load(ordering: .relaxed) else {
        isHeld = true
        return
      }
      let (step, consumed) = buffer.readableBytesView.withUnsafeBytes { framer.next($0) }
      buffer.moveReaderIndex(forwardBy: consumed)
      switch step {
      case .needMore:
        return
      case .message(let value, let bytes):
        session?.receive(value, bytes: bytes)
      case .failed(let error, let closes):
        session?.receive(malformed: error)
        if closes { take(.finish) }
      }
    }
  }

  func read(context: ChannelHandlerContext) {
    if isWritable && !isHeld || isClosing {
      context.read()
    } else {
      owesRead = true
    }
  }

  func resumeReading() {
    guard owesRead, !isHeld || isClosing else { return }
    owesRead = false
    context?.read()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .inputClosed? = event as? ChannelEvent else {
      context.fireUserInboundEventTriggered(event)
      return
    }
    inputHasEnded = true
    if isClosing {
      context.close(promise: nil)
    } else if !isHeld {
      flushesAtEnd = true
      endInput()
      flushesAtEnd = false
      flush()
    }
  }

  /// The last bytes have been delivered: a message that was cut off is an error, then the session is told.
  private func endInput() {
    guard !sessionKnowsEnd, !isFinishing else { return }
    sessionKnowsEnd = true
    let rest = input ?? ByteBuffer()
    input = nil
    switch rest.readableBytesView.withUnsafeBytes({ framer.end($0) }) {
    case .message(let value, let bytes): session?.receive(value, bytes: bytes)
    case .failed(let error, _): session?.receive(malformed: error)
    case .needMore, nil: break
    }
    session?.inputEnded()
  }
}
