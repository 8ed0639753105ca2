import Glibc
import NIOCore
import NIOPosix
import StationRPC
import Synchronization

/// Listens on Unix sockets and makes a session for every client.
package final class SocketServer: Sendable {
  /// Where to listen.
  package enum Endpoint: Sendable, Hashable {
    /// A path, made with these permission bits and removed again at the stop.
    case path(String, mode: UInt16)
    /// A bound stream socket that was inherited, such as from systemd; the server closes it at the stop.
    case descriptor(Int32)
  }

  private struct Listener: Sendable {
    let channel: any Channel
    /// The socket file to remove at the stop.
    let file: (path: String, identity: FileIdentity?)?
  }

  private let group: MultiThreadedEventLoopGroup
  private let performer: any EventLoop
  private let desks: [ObjectIdentifier: LoopDesk]
  private let limits: LiveLimits
  private let sessions: any SessionFactory
  private let listeners = Mutex<[Listener]>([])
  private let census: Census
  private let trouble: AcceptTrouble

  /// A server that runs its connections on that many threads.
  /// - Parameter report: told once when clients cannot be accepted any more.
  package init(
    limits: Limits, threads: Int = 1, sessions: any SessionFactory,
    report: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    trouble = AcceptTrouble(report: report)
    self.limits = LiveLimits(limits)
    self.sessions = sessions
    group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, threads))
    performer = group.next()
    desks = group.makeIterator().reduce(into: [:]) { desks, loop in
      desks[ObjectIdentifier(loop)] = LoopDesk(eventLoop: loop)
    }
    census = Census(limits: limits)
  }

  /// Connections open now.
  package var connectionCount: Int { census.count }

  /// Whether clients wait that cannot be accepted, since the process or the system is out of descriptors.
  package var turnsNobodyIn: Bool { trouble.isPresent }

  /// Runs `body`, which sends to many connections, on an event loop: one wake-up for all of them, and the
  /// caller does not wait.
  /// Always the same loop, so that what is handed over first runs first.
  package func perform(_ body: @escaping @Sendable () -> Void) { performer.execute(body) }

  /// From here on new connections have these limits; the counts of connections hold at once.
  package func apply(_ limits: Limits) {
    self.limits.replace(limits)
    census.apply(limits)
  }

  /// Calls `done` once every event loop has come round, on one of them.
  package func roundTrip(_ done: @escaping @Sendable () -> Void) {
    let loops = desks.values.map(\.eventLoop)
    EventLoopFuture.andAllComplete(loops.map { $0.submit {} }, on: performer).whenComplete { _ in done() }
  }

  /// Starts to accept clients. May be called for several endpoints.
  ///
  /// Throws ``ListeningSocket/Failure`` where the path cannot be used, or NIO's error where the descriptor
  /// cannot.
  /// - Parameter socketClass: what the socket is for; nil caps nothing.
  package func listen(
    on endpoint: Endpoint, framing: Framing = .automatic, socketClass: SocketClass? = nil,
    backlog: Int32 = 4096
  ) async throws {
    let descriptor: Int32
    let file: (path: String, identity: FileIdentity?)?
    switch endpoint {
    case .path(let path, let mode):
      descriptor = try ListeningSocket.bind(path: path, mode: mode_t(mode))
      file = (path, ListeningSocket.identity(of: path))
    case .descriptor(let inherited):
      descriptor = inherited
      file = nil
    }
    let acceptor = Acceptor(
      desks: desks, limits: limits, framing: framing, socketClass: socketClass, sessions: sessions,
      census: census)
    let trouble = trouble
    let channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.maxMessagesPerRead, value: 32)
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptPause(trouble: trouble))
        }
      }
      .childChannelInitializer { acceptor.open($0) }
      .withBoundSocket(descriptor)
      .get()
    // NIO listens with a backlog of its own choice; the second call only changes that.
    _ = Glibc.listen(descriptor, backlog)
    listeners.withLock { $0.append(Listener(channel: channel, file: file)) }
  }

  /// Accepts nobody any more, lets every session finish the calls under way, and closes what has not
  /// finished after `drain`. The server cannot be started again.
  package func stop(drain: Duration) async {
    let stopped = listeners.withLock { listeners in
      defer { listeners = [] }
      return listeners
    }
    for listener in stopped {
      try? await listener.channel.close().get()
      if let (path, identity) = listener.file, identity != nil, ListeningSocket.identity(of: path) == identity
      {
        unlink(path)
      }
    }
    for desk in desks.values { try? await desk.eventLoop.submit { desk.stopInput() }.get() }
    if await !census.drained(within: drain, on: group.next()) {
      for desk in desks.values { try? await desk.eventLoop.submit { desk.abort() }.get() }
    }
    try? await group.shutdownGracefully()
  }
}
