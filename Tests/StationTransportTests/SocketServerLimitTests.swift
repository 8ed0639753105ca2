import Glibc
import StationJSON
import StationRPC
import StationTransport
import Synchronization
import Testing

@Suite("SocketServer: limits and the end", .timeLimit(.minutes(1)), .serialized)
struct SocketServerLimitTests {
  @Test(
    "connections are taken up to the limit, and one more is refused in one line",
    arguments: [
      (perUser: 2, inAll: 100, "Too many connections of this user"), (100, 2, "Too many connections"),
    ])
  func connections(perUser: Int, inAll: Int, message: String) async throws {
    var limits = Limits()
    limits.connectionsPerUID = perUser
    limits.connections = inAll
    let sessions = TestSessions()
    try await withServer(sessions, limits: limits) { server, path in
      let first = try TestClient(path: path)
      let second = try TestClient(path: path)
      for client in [first, second] {
        try client.send("{}\n")
        #expect(try client.read(3) == "{}\n")
      }
      let line = try TestClient(path: path).readToEnd()
      #expect(line.hasSuffix("}\n"))
      let error = try #require(try JSONParser.parse(Array(line.utf8.dropLast()))["error"])
      #expect(error["code"] == -32006 && error["message"]?.stringValue == message)
      #expect(error["data"]?["kind"] == "too_many_connections" && error["data"]?["retry_after_ms"] == 1000)
      #expect(error["data"]?["message_zh"]?.stringValue?.isEmpty == false)
      #expect(server.connectionCount == 2)
      first.close()
      await sessions.closed()
      let third = try TestClient(path: path)
      try third.send("[]\n")
      #expect(try third.read(3) == "[]\n")
    }
    #expect(sessions.events.count { $0 == .closed } == 3)
  }

  @Test("a client that does not read is not read from, and loses nothing once it reads")
  func neverReads() async throws {
    var limits = Limits()
    limits.outboundBytes = 32 << 10
    let answer = [UInt8](repeating: UInt8(ascii: "1"), count: 4 << 10)
    let sessions = TestSessions(receive: { _, connection in connection.send(answer) })
    try await withServer(sessions, limits: limits) { _, path in
      let client = try TestClient(path: path)
      // The socket's own buffers hold a few hundred kilobytes; then nothing is taken any more.
      let calls = [UInt8](repeating: 0x20, count: 1024 - 3) + Array("{}\n".utf8)
      var sent = 0
      var idle = 0
      while idle < 200 {
        let count = client.sendWithoutWaiting(calls)
        sent += count
        idle = count > 0 ? 0 : idle + 1
        if count == 0 {
          await Task.yield()
          usleep(1000)
        }
        guard sent < 64 << 20 else { break }
      }
      #expect(sent < 4 << 20)
      let delivered = sessions.events.count { $0 == .message("{}") }
      let kernel = 1 << 20
      #expect(delivered * answer.count < limits.outboundBytes * 2 + kernel)
      // Whole calls that were sent are all answered.
      let whole = sent / calls.count
      #expect(try client.readBytes(whole * (answer.count + 1)).count == whole * (answer.count + 1))
      await sessions.until { events in events.count { $0 == .message("{}") } >= whole }
      #expect(sessions.events.contains(.writable))
    }
  }

  @Test("messages that came together wait while their answers are not read")
  func pipelined() async throws {
    var limits = Limits()
    limits.outboundBytes = 32 << 10
    let answer = [UInt8](repeating: UInt8(ascii: "1"), count: 20 << 10)
    let unwritable = Atomic<Int>(0)
    let sessions = TestSessions(receive: { _, connection in
      if !connection.isWritable { unwritable.add(1, ordering: .relaxed) }
      connection.send(answer)
    })
    try await withServer(sessions, limits: limits) { _, path in
      let client = try TestClient(path: path)
      let calls = 200
      try client.send(String(repeating: "{}\n", count: calls))
      client.endInput()
      let total = calls * (answer.count + 1)
      #expect(try client.readBytes(total + 1).count == total)
      await sessions.closed()
    }
    #expect(unwritable.load(ordering: .relaxed) == 0)
    #expect(sessions.events.count { $0 == .inputEnded } == 1)
  }

  @Test("what a client sent before it left is taken, although it read no answer")
  func leavesUnread() async throws {
    var limits = Limits()
    limits.outboundBytes = 32 << 10
    let answer = [UInt8](repeating: UInt8(ascii: "1"), count: 64 << 10)
    let sessions = TestSessions(receive: { _, connection in connection.send(answer) })
    try await withServer(sessions, limits: limits) { _, path in
      let client = try TestClient(path: path)
      try client.send(String(repeating: "{}\n", count: 200))
      await sessions.until { $0.contains(.message("{}")) }
      client.close()
      await sessions.until { events in events.count { $0 == .message("{}") } == 200 }
    }
    #expect(sessions.events.count { $0 == .closed } == 1)
  }

  @Test("a connection says when it takes no more, and when it does again")
  func writability() async throws {
    var limits = Limits()
    limits.outboundBytes = 10_000
    let sessions = TestSessions(receive: { _, _ in })
    try await withServer(sessions, limits: limits) { _, path in
      let client = try TestClient(path: path)
      try client.send("{}\n")
      await sessions.until { $0.contains(.message("{}")) }
      let connection = sessions.connections[0]
      let piece = [UInt8](repeating: UInt8(ascii: "1"), count: 2000)
      var sent = 0
      // Far more than the socket's own buffer.
      while sent < 2000 {
        connection.send(piece)
        sent += 1
      }
      #expect(!connection.isWritable)
      let total = sent * (piece.count + 1)
      #expect(try client.readBytes(total).count == total)
      await sessions.until { $0.contains(.writable) }
      #expect(connection.isWritable)
    }
  }

  @Test("a stop lets the calls under way finish, and removes the socket")
  func stop() async throws {
    let folder = try TemporaryFolder()
    let sessions = TestSessions(finishesAtEnd: false, receive: { _, _ in })
    let server = SocketServer(limits: Limits(), sessions: sessions)
    try await server.listen(on: .path(folder.path("s"), mode: 0o600))
    let client = try TestClient(path: folder.path("s"))
    try client.send("{}\n")
    await sessions.until { $0.contains(.message("{}")) }
    async let stopped: Void = server.stop(drain: .seconds(30))
    await sessions.until { $0.contains(.inputEnded) }
    #expect(throws: TestClient.Failure.self) { try TestClient(path: folder.path("s")) }
    sessions.connections[0].send(Array("[]".utf8))
    sessions.connections[0].finish()
    #expect(try client.readToEnd() == "[]\n")
    await stopped
    #expect(access(folder.path("s"), F_OK) != 0)
    #expect(sessions.events.last == .closed)
  }

  @Test("a stop closes what has not finished in time")
  func stopStuck() async throws {
    let sessions = TestSessions(finishesAtEnd: false, receive: { _, _ in })
    let folder = try TemporaryFolder()
    let server = SocketServer(limits: Limits(), sessions: sessions)
    try await server.listen(on: .path(folder.path("s"), mode: 0o600))
    let client = try TestClient(path: folder.path("s"))
    try client.send("{}\n")
    await sessions.until { $0.contains(.message("{}")) }
    await server.stop(drain: .milliseconds(10))
    #expect(sessions.events.last == .closed)
    #expect(try client.readToEnd() == "")
  }

  @Test("several threads serve several clients")
  func threads() async throws {
    let folder = try TemporaryFolder()
    let server = SocketServer(limits: Limits(), threads: 2, sessions: TestSessions())
    try await server.listen(on: .path(folder.path("s"), mode: 0o600))
    let clients = try (0..<8).map { _ in try TestClient(path: folder.path("s")) }
    for client in clients { try client.send("{}\n") }
    for client in clients { #expect(try client.read(3) == "{}\n") }
    #expect(server.connectionCount == 8)
    await server.stop(drain: .seconds(5))
    for client in clients { #expect(try client.readToEnd() == "") }
  }
}
