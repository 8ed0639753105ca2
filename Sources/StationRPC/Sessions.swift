import StationKit

/// Makes a session for every accepted connection.
package struct Sessions: SessionFactory {
  private let dispatcher: Dispatcher
  private let hub: EventHub

  package init(dispatcher: Dispatcher, hub: EventHub) {
    self.dispatcher = dispatcher
    self.hub = hub
  }

  package func session(for peer: Peer, connection: any Connection) -> any Session {
    ClientSession(peer: peer, dispatcher: dispatcher, connection: connection, hub: hub)
  }
}
