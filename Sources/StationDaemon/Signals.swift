import Dispatch
import Glibc
import Synchronization

/// The signals that the daemon heeds, taken from the moment this is made: none is lost while it starts.
package final class Signals: Sendable {
  private let stream: AsyncStream<Int32>
  private let hangUp = Mutex(HangUp())
  // Dispatch sources are objects of their own queue; they are only kept alive here.
  private nonisolated(unsafe) var sources: [any DispatchSourceSignal] = []

  /// Takes SIGTERM, SIGINT and SIGHUP from here on. SIGPIPE, SIGUSR1 and SIGUSR2, which mean nothing here, are ignored.
  package init() {
    for number in [SIGPIPE, SIGUSR1, SIGUSR2] { signal(number, SIG_IGN) }
    let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
    self.stream = stream
    sources = [SIGTERM, SIGINT].map { number in Self.source(number) { continuation.yield(number) } }
    sources.append(Self.source(SIGHUP) { [weak self] in self?.hungUp() })
  }

  private static func source(_ number: Int32, _ body: @escaping () -> Void) -> any DispatchSourceSignal {
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler(handler: body)
    source.resume()
    return source
  }

  private struct HangUp {
    var body: (@Sendable () -> Void)?
    /// Whether one came before there was a body.
    var isWaiting = false
  }

  private func hungUp() {
    let body = hangUp.withLock { hangUp in
      hangUp.isWaiting = hangUp.body == nil
      return hangUp.body
    }
    body?()
  }

  /// Calls `body` at every SIGHUP; at once where one has come already.
  package func onHangUp(_ body: @escaping @Sendable () -> Void) {
    let isWaiting = hangUp.withLock { hangUp in
      hangUp.body = body
      defer { hangUp.isWaiting = false }
      return hangUp.isWaiting
    }
    if isWaiting { body() }
  }

  /// The first that ends the daemon, as soon as it has come.
  package func first() async -> Int32 {
    for await number in stream { return number }
    return SIGTERM
  }
}
