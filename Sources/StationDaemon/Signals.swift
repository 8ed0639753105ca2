import Dispatch
import Glibc

/// Waits for the signals that end the daemon.
package enum Signals {
  /// Returns the first of SIGTERM and SIGINT. SIGPIPE is ignored from here on.
  package static func waitForStop() async -> Int32 {
    signal(SIGPIPE, SIG_IGN)
    let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
    let sources = [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { continuation.yield(number) }
      source.resume()
      return source
    }
    defer { for source in sources { source.cancel() } }
    for await number in stream { return number }
    return SIGTERM
  }
}
