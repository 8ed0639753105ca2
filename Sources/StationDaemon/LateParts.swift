import StationRPC
import StationTransport
import Synchronization

/// What is made after the store, and told of by the store.
final class LateParts: Sendable {
  private struct State {
    var hub: EventHub?
    var server: SocketServer?
    var spooler: Spooler?
  }
  private let state = Mutex(State())

  var hub: EventHub? { state.withLock { $0.hub } }
  func set(_ hub: EventHub) { state.withLock { $0.hub = hub } }
  var spooler: Spooler? { state.withLock { $0.spooler } }
  func set(_ spooler: Spooler) { state.withLock { $0.spooler = spooler } }
  var server: SocketServer? { state.withLock { $0.server } }
  func set(_ server: SocketServer) { state.withLock { $0.server = server } }

  /// On an event loop while there is one: the writer goes on to its next batch.
  func answering(_ body: @escaping @Sendable () -> Void) {
    if let server {
      server.perform(body)
    } else {
      body()
    }
  }

  func serverStops() { state.withLock { $0.server = nil } }
}
