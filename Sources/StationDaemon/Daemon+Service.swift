import StationKit
import StationStore

/// What the service manager's side asks of the daemon.
extension Daemon {
  /// Calls itself as a client would, on every socket that it listens on.
  /// - Throws: when an answer does not come.
  package func callItself() async throws {
    for path in ownSockets.withLock({ $0 }) { try await SelfCall.ping(path, framing: framing) }
  }

  /// What must go on for the daemon to be alive: see ``Heartbeat``.
  package var vitalParts: [Heartbeat.Part] {
    let server = server
    let store = store
    return [
      Heartbeat.Part(name: "sockets") { done in server.roundTrip { done(true) } },
      Heartbeat.Part(
        name: "writer",
        progress: {
          let reading = store.health.now
          return reading.batches &+ reading.failedBatches
        }, ask: { done in store.proveProgress(done) }),
    ]
  }

  /// A number that changes while a stop gets on.
  package var progress: Int {
    let reading = store.health.now
    return reading.batches &+ reading.calls &- server.connectionCount &- store.waiting
  }
}
