import NIOCore

/// Stops accepting for a moment when the process or the system is out of descriptors or memory, instead of
/// asking again at once and for ever.
final class AcceptPause: ChannelInboundHandler {
  typealias InboundIn = any Channel

  private static let pause = TimeAmount.milliseconds(100)
  private let trouble: AcceptTrouble
  private var isPaused = false

  init(trouble: AcceptTrouble) { self.trouble = trouble }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard error is IOError else { return }
    trouble.note(error)
    guard !isPaused else { return }
    isPaused = true
    // A read that is only held back leaves the socket in the poll, which finds it ready at once.
    try? context.channel.syncOptions?.setOption(.autoRead, value: false)
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: Self.pause) {
      let (handler, context) = bound.value
      handler.isPaused = false
      // Fails where the server has stopped meanwhile.
      try? context.channel.syncOptions?.setOption(.autoRead, value: true)
    }
  }
}
