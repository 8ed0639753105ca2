import Glibc
import NIOCore
import StationRPC
import Synchronization

/// One client connection: drives the framer and the session, and writes what the session sends.
///
/// `@unchecked Sendable`: ``Connection``'s methods touch the atomics and the desk's mailbox only, unless they
/// are called on the event loop; everything else runs on the event loop, where NIO calls it.
final class ConnectionHandler: ChannelDuplexHandler, Connection, @unchecked Sendable {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// How long a connection that is closed after an error goes on reading, so that a client which is still
  /// writing gets to read the error instead of a reset.
  private static let lingerTime = TimeAmount.seconds(1)

  private let desk: LoopDesk
  private let sessions: any SessionFactory
  private let peer: Peer
  /// The channel's socket; valid as long as there is a `context`.
  private let descriptor: Int32
  private let highWater: Int
  private let released: @Sendable () -> Void

  // Any thread.
  /// Bytes that `send` took and the channel has not been given yet.
  private let unsent = Atomic<Int>(0)
  private let channelWritable = Atomic<Bool>(true)
  let isGone = Atomic<Bool>(false)

  // The event loop only.
  var framer: Framer
  var session: (any Session)?
  /// Bytes of an incomplete message, and whole ones that wait while the peer does not read.
  var input: ByteBuffer?
  private var output: ByteBuffer?
  private var outputBytes = 0
  private(set) var context: ChannelHandlerContext?
  /// Inside a callback that ends with a flush.
  var flushesAtEnd = false
  private var isListed = false
  /// NIO asked to read while reading was held back.
  var owesRead = false
  /// Messages wait in `input` because the peer does not read its answers.
  var isHeld = false
  var inputHasEnded = false
  var sessionKnowsEnd = false
  /// The session wants the connection closed: nothing more is read or sent.
  var isFinishing = false
  /// The last output has been handed over.
  var isClosing = false
  var isStopping = false

  init(
    desk: LoopDesk, sessions: any SessionFactory, peer: Peer, descriptor: Int32, limits: Limits,
    framing: Framing, released: @escaping @Sendable () -> Void
  ) {
    self.desk = desk
    self.sessions = sessions
    self.peer = peer
    self.descriptor = descriptor
    self.highWater = limits.outboundBytes
    self.framer = Framer(limits: limits, framing: framing)
    self.released = released
  }

  // MARK: Connection

  var isWritable: Bool {
    channelWritable.load(ordering: .relaxed) && unsent.load(ordering: .relaxed) < highWater
  }

  func send(_ message: [UInt8]) {
    guard !isGone.load(ordering: .relaxed) else { return }
    unsent.wrappingAdd(message.count, ordering: .relaxed)
    if desk.eventLoop.inEventLoop {
      take(.send(message))
    } else {
      desk.post(.send(message), to: self)
    }
  }

  func finish() {
    guard !isGone.load(ordering: .relaxed) else { return }
    if desk.eventLoop.inEventLoop {
      take(.finish)
    } else {
      desk.post(.finish, to: self)
    }
  }

  // MARK: Output

  /// Adds a message to the output of this round, or ends it.
  func take(_ order: LoopDesk.Order) {
    guard context != nil, !isFinishing else { return }
    switch order {
    case .send(let message): append(message)
    case .finish: isFinishing = true
    }
    guard !flushesAtEnd, !isListed else { return }
    isListed = true
    desk.willFlush(self)
  }

  private func append(_ message: [UInt8]) {
    // The framing takes 40 bytes at most.
    var buffer = output ?? ByteBufferAllocator().buffer(capacity: message.count + 40)
    output = nil
    var framing = framer.answerFraming
    if framing == .blankLine, framer.awaitsDelimiter, let waiting = waitingDelimiter { framing = waiting }
    message.withUnsafeBytes { bytes in
      framing.pieces(of: bytes) { _ = buffer.writeBytes($0) }
    }
    output = buffer
    outputBytes += message.count
  }

  /// What the client's next byte, not read yet, says of its framing: a line feed or a NUL that a client wrote
  /// apart from its value, or that the end of the receive buffer cut off, still counts for the answer.
  private var waitingDelimiter: AnswerFraming? {
    withUnsafeTemporaryAllocation(byteCount: 2, alignment: 1) { space in
      let count = recv(descriptor, space.baseAddress, 2, Int32(MSG_PEEK | MSG_DONTWAIT))
      guard count > 0 else { return nil }
      if space[0] == 0 { return .nul }
      let first = space[0] == UInt8(ascii: "\r") ? 1 : 0
      return count > first && space[first] == UInt8(ascii: "\n") ? .lineFeed : nil
    }
  }

  /// Hands the output of this round to the channel.
  func flush() {
    isListed = false
    guard let context else { return }
    let sent = outputBytes
    outputBytes = 0
    if let buffer = output {
      output = nil
      context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }
    if sent > 0 {
      let (before, after) = unsent.wrappingSubtract(sent, ordering: .relaxed)
      if before >= highWater, after < highWater, channelWritable.load(ordering: .relaxed) { becameWritable() }
    }
    if isFinishing { close() }
  }

  /// Closes when everything written has left; lingers for a client that is still sending.
  private func close() {
    guard let context = self.context, !isClosing else { return }
    isClosing = true
    input = nil
    if inputHasEnded || isStopping {
      if (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) == 0 {
        context.close(promise: nil)
        return
      }
      // An empty write is done when all before it are.
      let written = context.eventLoop.makePromise(of: Void.self)
      context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
      let bound = context.loopBound
      written.futureResult.whenComplete { _ in bound.value.close(promise: nil) }
    } else {
      let shut = context.eventLoop.makePromise(of: Void.self)
      context.close(mode: .output, promise: shut)
      let bound = context.loopBound
      shut.futureResult.whenComplete { _ in
        bound.eventLoop.scheduleTask(in: Self.lingerTime) { bound.value.close(promise: nil) }
      }
      resumeReading()
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    let writable = context.channel.isWritable
    channelWritable.store(writable, ordering: .relaxed)
    if writable, unsent.load(ordering: .relaxed) < highWater { becameWritable() }
  }

  private func becameWritable() {
    session?.writable()
    resumeInput()
    resumeReading()
  }

  // MARK: Beginning and end

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    desk.opened(self)
    session = sessions.session(for: peer, connection: self)
  }

  func channelInactive(context: ChannelHandlerContext) {
    release()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { release() }

  private func release() {
    guard context != nil else { return }
    isGone.store(true, ordering: .relaxed)
    context = nil
    output = nil
    desk.closed(self)
    released()
    session?.closed()
    // What the peer had sent before it left may hold notifications.
    resumeInput()
    input = nil
    session = nil
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // An input or output error of the socket; nothing more can be said to this client.
    context.close(promise: nil)
  }

  /// The daemon stops: no further message is taken, and the session ends as if the client had stopped.
  func stopInput() {
    guard !isStopping, context != nil else { return }
    isStopping = true
    input = nil
    guard !sessionKnowsEnd, !isFinishing else { return }
    sessionKnowsEnd = true
    session?.stopping()
  }

  func abort() { context?.close(promise: nil) }
}
