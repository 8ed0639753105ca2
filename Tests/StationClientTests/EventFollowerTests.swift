import StationClient
import StationJSON
import Testing

@Suite struct EventFollowerTests {
  private static func events(_ numbers: ClosedRange<Int>) -> JSONValue {
    let events = numbers.map { number -> JSONValue in
      [
        "seq": .int(number), "at": "2026-11-22T10:00:00.000+08:00", "kind": "a.b",
        "payload": ["n": .int(number)],
      ]
    }
    return [
      "jsonrpc": "2.0", "method": "events.event", "params": ["subscription": "s", "events": .array(events)],
    ]
  }

  @Test func `after a restart of the daemon it goes on where it was, without loss and without doubles`()
    throws
  {
    // Each connection gives three events from the number asked for, the first again, and is then closed.
    let server = FakeServer { request, _ in
      let since = request["params"]?["since"]?.intValue ?? 0
      let answer = result(request, ["subscription": "s", "since": .int(since)])
      return [.send(answer), .send(Self.events(max(1, since)...since + 3)), .close]
    }
    let follower = EventFollower(since: 0) { () throws(ClientError) -> Client in
      try Client.connect(server.path)
    }
    var seen: [Int] = []
    while seen.count < 8, let event = try follower.next() { seen.append(event.seq) }
    #expect(seen == Array(1...8))
  }

  @Test func `without a start it goes on from the newest, even if nothing came before the restart`() throws {
    let server = FakeServer { request, connection in
      let since = request["params"]?["since"]?.intValue
      let answer = result(request, ["subscription": "s", "since": .int(since ?? 41)])
      return connection == 1
        ? [.send(answer), .close] : [.send(answer), .send(Self.events((since ?? 0) + 1...50))]
    }
    let follower = EventFollower(since: nil) { () throws(ClientError) -> Client in
      try Client.connect(server.path)
    }
    #expect(try follower.next()?.seq == 42)
  }

  @Test func `the kinds are asked for`() throws {
    let server = FakeServer { request, _ in
      let isRight = request["params"]?["kinds"] == ["a.b", "c.d"]
      return [.send(result(request, ["since": 0])), .send(Self.events(isRight ? 1...1 : 9...9))]
    }
    let follower = EventFollower(since: 0, kinds: ["a.b", "c.d"]) { () throws(ClientError) -> Client in
      try Client.connect(server.path)
    }
    #expect(try follower.next()?.seq == 1)
  }

  @Test func `a subscription that is refused is not tried again`() {
    let server = FakeServer.answering { _, _ in failure("denied") }
    let follower = EventFollower(since: 0) { () throws(ClientError) -> Client in
      try Client.connect(server.path)
    }
    let error = #expect(throws: ClientError.self) { try follower.next() }
    #expect(error.map(ExitCode.init) == .denied)
  }

  @Test func `a daemon that is not there at the start is an error`() {
    let follower = EventFollower(since: 0) { () throws(ClientError) -> Client in try Client.connect("/nope") }
    #expect(throws: ClientError.self) { try follower.next() }
  }

  @Test func `nothing within the limit is nil`() throws {
    let server = FakeServer { request, _ in [.send(result(request, ["since": 0]))] }
    let follower = EventFollower(since: 0) { () throws(ClientError) -> Client in
      try Client.connect(server.path)
    }
    #expect(try follower.next(limit: TimeLimit(in: .milliseconds(20))) == nil)
  }
}
