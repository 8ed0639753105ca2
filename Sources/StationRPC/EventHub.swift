import StationKit
import StationStore
import Synchronization

/// Wakes subscriptions when events are on disk. It keeps no events: subscriptions read the store.
package final class EventHub: Sendable {
  private struct State {
    var newest: Int
    var subscriptions: [ObjectIdentifier: EventSubscription] = [:]
  }
  private let state: Mutex<State>
  /// Of the instants that clients are told.
  let zone: Zone
  /// Hands a page of events after a number to the closure, on a reader thread.
  let fetch: @Sendable (Int, @escaping @Sendable ([StoredEvent]) -> Void) -> Void

  package static let pageSize = 200

  package init(
    newest: Int, zone: Zone,
    fetch: @escaping @Sendable (Int, @escaping @Sendable ([StoredEvent]) -> Void) -> Void
  ) {
    state = Mutex(State(newest: newest))
    self.zone = zone
    self.fetch = fetch
  }

  /// Number of the newest event on disk.
  var newest: Int { state.withLock { $0.newest } }

  package var subscriptionCount: Int { state.withLock { $0.subscriptions.count } }

  /// Events are on disk up to `seq`.
  package func published(upTo seq: Int) {
    let waiting = state.withLock { state -> [EventSubscription] in
      state.newest = max(state.newest, seq)
      return Array(state.subscriptions.values)
    }
    for subscription in waiting { subscription.pump() }
  }

  func add(_ subscription: EventSubscription) {
    state.withLock { $0.subscriptions[ObjectIdentifier(subscription)] = subscription }
    subscription.pump()
  }

  func remove(_ subscription: EventSubscription) {
    subscription.end()
    state.withLock { _ = $0.subscriptions.removeValue(forKey: ObjectIdentifier(subscription)) }
  }
}

/// One client's place in the stream of events: it replays from `since`, then follows, and loses none.
///
/// At any time at most one page is being read for it; a client that does not read makes it pause.
final class EventSubscription: Sendable {
  let id: String
  private let kinds: Set<String>?
  /// Asked for every page, because access rules may change; nil where the right is gone.
  private let scope: @Sendable () -> Scope?
  /// Called where the right is gone: the connection must end, for a client that heard nothing any more would not
  /// know what it missed.
  private let denied: @Sendable () -> Void
  private let connection: any Connection
  private let hub: EventHub

  private struct State {
    var position: Int
    var isReading = false
    var ended = false
  }
  private let state: Mutex<State>

  init(
    id: String, since: Int, kinds: Set<String>?, scope: @escaping @Sendable () -> Scope?,
    denied: @escaping @Sendable () -> Void, connection: any Connection, hub: EventHub
  ) {
    self.id = id
    self.kinds = kinds
    self.scope = scope
    self.denied = denied
    self.connection = connection
    self.hub = hub
    state = Mutex(State(position: since))
  }

  func end() { state.withLock { $0.ended = true } }

  /// Reads on, if there is something to read and the client takes it.
  func pump() {
    let newest = hub.newest
    let from = state.withLock { state -> Int? in
      guard !state.ended, !state.isReading, state.position < newest, connection.isWritable else {
        return nil
      }
      state.isReading = true
      return state.position
    }
    guard let from else { return }
    hub.fetch(from) { [self] events in
      let ended = state.withLock { $0.ended }
      if !ended { send(events) }
      state.withLock { state in
        state.isReading = false
        if let last = events.last { state.position = last.seq }
      }
      if !events.isEmpty { pump() }
    }
  }

  private func send(_ events: [StoredEvent]) {
    guard let scope = scope() else {
      end()
      return denied()
    }
    let wanted = events.filter { (kinds?.contains($0.kind) ?? true) && Self.isVisible($0, in: scope) }
    guard !wanted.isEmpty else { return }
    var params: [UInt8] = Array(#"{"subscription":"#.utf8)
    JSONWriter.write(id, into: &params)
    params += Array(#","events":["#.utf8)
    for (position, event) in wanted.enumerated() {
      if position > 0 { params.append(UInt8(ascii: ",")) }
      params += event.json(zone: hub.zone)
    }
    params += Array("]}".utf8)
    connection.send(RPCResponse.notification("events.event", params: params))
  }

  /// Outside scope `all`, an event is for the units that its payload names.
  private static func isVisible(_ event: StoredEvent, in scope: Scope) -> Bool {
    guard case .units(let units) = scope else { return true }
    guard let payload = try? JSONParser.parse(event.payload) else { return false }
    for member in ["station", "department"] {
      if let unit = payload[member]?.stringValue, units.contains(unit) { return true }
    }
    return payload["to"]?.arrayValue?.contains { $0.stringValue.map(units.contains) ?? false } ?? false
  }
}

extension StoredEvent {
  /// The event as clients see it.
  package func json(zone: Zone) -> [UInt8] {
    var bytes: [UInt8] = Array(#"{"seq":"#.utf8)
    JSONWriter.write(seq, into: &bytes)
    bytes += Array(#","at":""#.utf8)
    at.append(rfc3339: zone, to: &bytes)
    bytes += Array(#"","kind":"#.utf8)
    JSONWriter.write(kind, into: &bytes)
    bytes += Array(#","payload":"#.utf8)
    bytes += payload
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }
}
