import Glibc
import NIOCore
import NIOPosix
import StationKit
import StationRPC

/// Makes an accepted socket a connection, or turns it away.
struct Acceptor: Sendable {
  let desks: [ObjectIdentifier: LoopDesk]
  let limits: LiveLimits
  let framing: Framing
  let socketClass: SocketClass?
  let sessions: any SessionFactory
  let census: Census

  /// Most clients send a few hundred bytes at a time; a long message makes the buffer grow. It is kept while
  /// the connection is idle, hence the small maximum.
  private static let receiveBuffer = AdaptiveRecvByteBufferAllocator(
    minimum: 1024, initial: 2048, maximum: 8192)

  /// Called on the event loop of the new channel.
  func open(_ channel: any Channel) -> EventLoopFuture<Void> {
    channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      guard let desk = desks[ObjectIdentifier(channel.eventLoop)],
        let descriptor = try pipeline.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self, { $0 })
      else { throw ChannelError.operationUnsupported }
      // NIO accepts without SOCK_CLOEXEC: a plugin's process must not hold a client's connection open.
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      var peer = try Peer(connectedTo: descriptor)
      peer.socketClass = socketClass
      let limits = self.limits.current
      let counted = socketClass ?? .member
      do throws(Admission.Refusal) {
        try census.admit(uid: peer.uid, on: counted)
      } catch {
        try pipeline.addHandler(TurnAway(reason: error))
        return
      }
      let census = self.census
      let uid = peer.uid
      do {
        if let options = channel.syncOptions {
          try options.setOption(.allowRemoteHalfClosure, value: true)
          try options.setOption(.recvAllocator, value: Self.receiveBuffer)
          try options.setOption(
            .writeBufferWaterMark,
            value: .init(low: max(1, limits.outboundBytes / 2), high: max(1, limits.outboundBytes)))
        }
        let handler = ConnectionHandler(
          desk: desk, sessions: sessions, peer: peer, descriptor: descriptor, limits: limits,
          framing: framing, released: { census.release(uid: uid, on: counted) })
        try pipeline.addHandler(handler)
      } catch {
        census.release(uid: uid, on: counted)
        throw error
      }
    }
  }
}

/// Tells a client in one line why it cannot be served, and closes.
private final class TurnAway: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let reason: Admission.Refusal

  init(reason: Admission.Refusal) {
    self.reason = reason
  }

  func channelActive(context: ChannelHandlerContext) {
    let error = RPCError(.tooManyConnections, reason.message, retryAfterMs: 1000)
    let line = RPCResponse.encode(id: RPCRequest.nullID, .failure(error)) + [0x0A]
    // The socket's own buffer is empty and takes the line whole.
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: line)), promise: nil)
    context.close(promise: nil)
  }
}
