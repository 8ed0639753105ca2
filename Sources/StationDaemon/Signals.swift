import Dispatch
import Glibc

/// The signals that end the daemon, taken from the moment this is made: none is lost while it starts.
package final class Signals: Sendable {
  private let stream: AsyncStream<Int32>
  // Dispatch sources are objects of their own queue; they are only kept alive here.
  private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

  /// Takes SIGTERM and SIGINT from here on. SIGPIPE is ignored.
  package init() {
    signal(SIGPIPE, SIG_IGN)
    let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
    self.stream = stream
    sources = [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { continuation.yield(number) }
      source.resume()
      return source
    }
  }

  /// The first of them, as soon as it has come.
  package func first() async -> Int32 {
    for await number in stream { return number }
    return SIGTERM
  }
}
