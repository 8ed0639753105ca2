import StationKit
import StationRPC
import StationStore
import Testing

@Suite struct EventSubscriptionTests {
  /// The numbers of the events in the notifications among these messages.
  private static func seqs(_ messages: [JSONValue]) -> [Int] {
    messages.filter { $0["method"] == "events.event" }.flatMap { message in
      (message["params"]?["events"]?.arrayValue ?? []).compactMap { $0["seq"]?.intValue }
    }
  }

  private static func emit(_ wire: Wire, _ count: Int = 1, unit: String = "st-01") async throws {
    let (session, connection) = wire.client()
    try session.call("t.emit", #"{"unit":"\#(unit)","count":\#(count)}"#)
    _ = try await connection.messages(1)
  }

  @Test func `a subscription replays from its number and follows, after its answer`() async throws {
    let wire = try Wire()
    try await Self.emit(wire, 5)
    let (session, connection) = wire.client()
    try session.call("events.subscribe", #"{"since":2}"#)
    let replayed = try await connection.messages(2)
    #expect(replayed[0]["result"] == ["subscription": "sub-1", "since": 2])
    #expect(Self.seqs(replayed) == [3, 4, 5])
    try await Self.emit(wire, 2)
    #expect(Self.seqs(try await connection.messages(3)) == [3, 4, 5, 6, 7])
  }

  @Test func `without a number it starts with what comes`() async throws {
    let wire = try Wire()
    try await Self.emit(wire, 3)
    let (session, connection) = wire.client()
    try session.call("events.subscribe")
    #expect(try await connection.messages(1)[0]["result"]?["since"] == 3)
    try await Self.emit(wire)
    #expect(Self.seqs(try await connection.messages(2)) == [4])
  }

  @Test func `kinds are filtered`() async throws {
    let wire = try Wire()
    let (session, connection) = wire.client()
    try session.call("events.subscribe", #"{"since":0,"kinds":["t.changed"]}"#)
    _ = try await connection.messages(1)
    try await Self.emit(wire)
    try session.call("t.other", id: "2")
    #expect(Self.seqs(try await connection.messages(3)) == [2])
  }

  @Test func `outside scope all only events of one's own units come`() async throws {
    let wire = try Wire()
    try await Self.emit(wire, unit: "st-02")
    try await Self.emit(wire, unit: "st-01")
    let (session, connection) = wire.client(uid: 2)
    try session.call("events.subscribe", #"{"since":0}"#)
    #expect(Self.seqs(try await connection.messages(2)) == [2])
  }

  /// Payloads, and whether st-01 hears of them.
  private static let payloads: [(payload: String, isHeard: Bool)] = [
    (#"{"station":"st-01"}"#, true), (#"{"department":"st-01"}"#, true), (#"{"to":["st-01"]}"#, true),
    (#"{"station":"st-02","to":["st-03","st-01"]}"#, true),
    (#"{"station":"st-02","department":"st-01","to":["st-02"]}"#, true),
    (#"{"station":"st-02","department":"st-03","to":["st-02","st-03"]}"#, false),
    (#"{"unit":"st-01","owner":"st-01"}"#, false), (#"{"to":"st-01"}"#, false), ("{}", false),
    (#"{"to":["st-01"]}"#, true),
  ]

  @Test func `outside scope all an event is for its station, its department and whom it is sent to`()
    async throws
  {
    let wire = try Wire()
    let (writer, written) = wire.client()
    for (payload, _) in Self.payloads { try writer.call("t.other", #"{"payload":\#(payload)}"#) }
    _ = try await written.messages(Self.payloads.count)
    let (session, connection) = wire.client(uid: 2)
    try session.call("events.subscribe", #"{"since":0}"#)
    let heard = Self.payloads.indices.filter { Self.payloads[$0].isHeard }.map { $0 + 1 }
    #expect(Self.seqs(try await connection.messages(2)) == heard)
  }

  @Test func `a client that does not read is left alone, and then misses nothing`() async throws {
    let wire = try Wire()
    let (session, connection) = wire.client()
    try session.call("events.subscribe", #"{"since":0}"#)
    _ = try await connection.messages(1)
    connection.set(writable: false)
    for _ in 0..<3 { try await Self.emit(wire, 300) }
    #expect(connection.sent.count == 1)
    connection.set(writable: true)
    session.writable()
    let messages = try await connection.messages(1 + 5)
    #expect(Self.seqs(messages) == Array(1...900))
  }

  @Test func `an ended subscription and a closed connection hear no more`() async throws {
    let wire = try Wire()
    let (session, connection) = wire.client()
    try session.call("events.subscribe", #"{"since":0}"#)
    try session.call("events.unsubscribe", #"{"subscription":"sub-1"}"#, id: "2")
    try session.call("events.unsubscribe", #"{"subscription":"sub-1"}"#, id: "3")
    #expect(try await connection.messages(3).last?["error"]?["data"]?["kind"] == "not_found")
    try session.call("events.subscribe", #"{"since":0}"#, id: "4")
    _ = try await connection.messages(4)
    #expect(wire.hub.subscriptionCount == 1)
    session.closed()
    #expect(wire.hub.subscriptionCount == 0)
    try await Self.emit(wire)
    #expect(connection.sent.count == 4)
  }

  @Test func `a connection has as many subscriptions as the limit`() async throws {
    let wire = try Wire { $0.subscriptionsPerConnection = 2 }
    let (session, connection) = wire.client()
    for id in 1...3 { try session.call("events.subscribe", id: "\(id)") }
    let kinds = try await connection.messages(3).map { $0["error"]?["data"]?["kind"]?.stringValue }
    #expect(kinds == [nil, nil, "too_many_subscriptions"])
  }
}
