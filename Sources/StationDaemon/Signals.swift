import Dispatch
import Glibc

/// The signals that the daemon heeds, taken from the moment this is made: none is lost while it starts.
package final class Signals: Sendable {
  private let ends: AsyncStream<Int32>
  private let hangUps: AsyncStream<Int32>
  // Dispatch sources are objects of their own queue; they are only kept alive here.
  private nonisolated(unsafe) var sources: [any DispatchSourceSignal] = []

  /// Takes SIGTERM, SIGINT and SIGHUP from here on. SIGPIPE, SIGUSR1 and SIGUSR2, which mean nothing here, are ignored.
  package init() {
    for number in [SIGPIPE, SIGUSR1, SIGUSR2] { signal(number, SIG_IGN) }
    let (ends, end) = AsyncStream.makeStream(of: Int32.self)
    // Several that wait are one, as the kernel has it.
    let (hangUps, hangUp) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(1))
    (self.ends, self.hangUps) = (ends, hangUps)
    sources = [SIGTERM, SIGINT].map { Self.source($0, end) } + [Self.source(SIGHUP, hangUp)]
  }

  private static func source(
    _ number: Int32, _ stream: AsyncStream<Int32>.Continuation
  ) -> any DispatchSourceSignal {
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler { stream.yield(number) }
    source.resume()
    return source
  }

  /// Calls `body` at every SIGHUP, also for one that has come already.
  package func onHangUp(_ body: @escaping @Sendable () -> Void) {
    Task { [hangUps] in for await _ in hangUps { body() } }
  }

  /// The first that ends the daemon, as soon as it has come.
  package func first() async -> Int32 {
    for await number in ends { return number }
    return SIGTERM
  }
}
