import StationJSON

/// Reads events one after another, and goes on where it was when the daemon comes back after a restart.
package final class EventFollower {
  private let connect: () throws(ClientError) -> Client
  private let kinds: [String]
  /// Number of the last event seen, or what the daemon said was the last when it was asked first.
  package private(set) var position: Int?

  private var client: Client?
  private var waiting: [Event] = []
  private var nextWaiting = 0
  private var backOff = BackOff()
  private var hasConnected = false
  private let onLoss: (ClientError) -> Void

  /// - Parameters:
  ///   - since: events after this number are replayed first; nil starts with what happens from now on.
  ///   - kinds: only these; empty is all.
  ///   - onLoss: told when the connection is lost and will be made again.
  ///   - connect: makes a connection; called again after each loss.
  package init(
    since: Int?, kinds: [String] = [], onLoss: @escaping (ClientError) -> Void = { _ in },
    connect: @escaping () throws(ClientError) -> Client
  ) {
    position = since
    self.kinds = kinds
    self.onLoss = onLoss
    self.connect = connect
  }

  /// The next event; nil if the limit passes first.
  ///
  /// Throws if the first connection fails or the daemon refuses the subscription, and `.interrupted`. A connection
  /// lost later is made again, with growing pauses, for as long as the limit allows.
  package func next(limit: TimeLimit = .never, interrupt: Interrupt? = nil) throws(ClientError) -> Event? {
    while true {
      while nextWaiting < waiting.count {
        let event = waiting[nextWaiting]
        nextWaiting += 1
        // After a reconnection an event may come twice.
        if let position, event.seq <= position { continue }
        position = event.seq
        return event
      }
      guard let client = try subscribed(limit: limit, interrupt: interrupt) else { return nil }
      do {
        let notification = try client.notification(limit: limit, interrupt: interrupt)
        guard notification.method == "events.event" else { continue }
        waiting = notification.params["events"]?.arrayValue?.compactMap(Event.init) ?? []
        nextWaiting = 0
        backOff = BackOff()
      } catch .timedOut {
        return nil
      } catch .closed {
        lose(.closed)
      }
    }
  }

  /// Number of the newest event there is; nil if the daemon does not say.
  package static func newest(_ client: Client) throws(ClientError) -> Int? {
    try client.call("events.subscribe")["since"]?.intValue
  }

  /// The connection with the subscription; nil if there is none before the limit.
  private func subscribed(limit: TimeLimit, interrupt: Interrupt?) throws(ClientError) -> Client? {
    while true {
      if let client { return client }
      if hasConnected {
        if backOff.wait(until: limit, interrupt ?? .none) { throw .interrupted }
      }
      do {
        let client = try connect()
        try subscribe(client)
        self.client = client
        hasConnected = true
        return client
      } catch {
        guard hasConnected, error.mayPass else { throw error }
        if limit.hasPassed { return nil }
      }
    }
  }

  private func subscribe(_ client: Client) throws(ClientError) {
    var params = JSONObject()
    if let position { params["since"] = .int(position) }
    if !kinds.isEmpty { params["kinds"] = .array(kinds.map(JSONValue.string)) }
    let result = try client.call("events.subscribe", .object(params))
    // The daemon answers where it starts, which without `since` is the newest event. What happens while the
    // connection is away must be replayed from there, even if nothing has come yet.
    if position == nil { position = result["since"]?.intValue }
  }

  private func lose(_ error: ClientError) {
    client = nil
    onLoss(error)
  }
}
