import Glibc
import StationJSON
import StationRPC
import StationTransport
import Testing

/// A server on a socket in a folder of its own, for the time of one test.
func withServer(
  _ sessions: TestSessions, limits: Limits = Limits(), framing: Framing = .automatic,
  drain: Duration = .seconds(5),
  _ body: (SocketServer, _ path: String) async throws -> Void
) async throws {
  let folder = try TemporaryFolder()
  let server = SocketServer(limits: limits, sessions: sessions)
  do {
    try await server.listen(on: .path(folder.path("s"), mode: 0o600), framing: framing)
    try await body(server, folder.path("s"))
  } catch {
    await server.stop(drain: .zero)
    throw error
  }
  await server.stop(drain: drain)
}

final class TemporaryFolder {
  private let root: String

  init() throws {
    var template = Array("/tmp/station-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw TestClient.Failure(call: "mkdtemp", code: errno) }
    root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in ["s", "t"] { unlink(path(name)) }
    rmdir(root)
  }

  func path(_ name: String) -> String { "\(root)/\(name)" }
}

@Suite(.timeLimit(.minutes(1)), .serialized) struct SocketServerTests {
  @Test(
    "an answer is framed as the client frames",
    arguments: [
      ("{\"id\":1}", "{\"id\":1}\n\n"), ("{\n\"id\":1\n}", "{\"id\":1}\n\n"),
      ("{\"id\":1}\n", "{\"id\":1}\n"),
      ("{\"id\":1}\r\n", "{\"id\":1}\n"), ("{\"id\":1}\0", "{\"id\":1}\0"), ("[]{}\n", "[]\n\n{}\n"),
      ("Content-Length: 8\r\n\r\n{\"id\":1}", "Content-Length: 8\r\n\r\n{\"id\":1}"),
      ("{]\n[]\n", "\"error\"\n[]\n"), ("Content-Length: 0\r\n\r\n", "Content-Length: 7\r\n\r\n\"error\""),
    ])
  func framing(request: String, answer: String) async throws {
    try await withServer(TestSessions()) { _, path in
      let client = try TestClient(path: path)
      try client.send(request)
      #expect(try client.read(answer.utf8.count) == answer)
      client.endInput()
      #expect(try client.readToEnd() == "")
    }
  }

  @Test("a pinned framing is used for every answer")
  func pinned() async throws {
    try await withServer(TestSessions(), framing: .line) { _, path in
      let client = try TestClient(path: path)
      try client.send("{}")
      #expect(try client.read(3) == "{}\n")
    }
  }

  @Test(
    "a delimiter that arrives before the answer leaves counts, even in a read of its own",
    arguments: ["\n", "\r\n", "\0"])
  func lateDelimiter(delimiter: String) async throws {
    let sessions = TestSessions(receive: { _, _ in })
    try await withServer(sessions) { _, path in
      let client = try TestClient(path: path)
      try client.send("{}")
      await sessions.until { $0.contains(.message("{}")) }
      try client.send(delimiter)
      sessions.connections[0].send(Array("[]".utf8))
      #expect(try client.read(3) == (delimiter == "\0" ? "[]\0" : "[]\n"))
      client.endInput()
      #expect(try client.readToEnd() == "")
    }
  }

  @Test(
    "a message as long as the receive buffer is answered as it was framed",
    arguments: [1023, 2047, 2048, 4096, 8192], ["\n", "\0"])
  func receiveBufferFull(length: Int, delimiter: String) async throws {
    try await withServer(TestSessions()) { _, path in
      let client = try TestClient(path: path)
      let text = "\"" + String(repeating: "a", count: length - 2) + "\""
      try client.send(text + delimiter)
      #expect(try client.read(length + 1) == text + delimiter)
      client.endInput()
      #expect(try client.readToEnd() == "")
    }
  }

  @Test("a client that has shut down its sending side gets the answers under way, then the end")
  func halfClose() async throws {
    let sessions = TestSessions(finishesAtEnd: false, receive: { _, _ in })
    try await withServer(sessions) { server, path in
      let client = try TestClient(path: path)
      try client.send("{\"id\":1}")
      client.endInput()
      await sessions.until { $0.contains(.inputEnded) }
      sessions.connections[0].send(Array("{\"late\":true}".utf8))
      sessions.connections[0].finish()
      #expect(try client.readToEnd() == "{\"late\":true}\n\n")
      await sessions.closed()
      #expect(server.connectionCount == 0)
    }
    #expect(sessions.events.dropFirst() == [.message("{\"id\":1}"), .inputEnded, .closed])
  }

  @Test("a message that the end of the stream cuts off is one error")
  func cutOff() async throws {
    let sessions = TestSessions()
    try await withServer(sessions) { _, path in
      let client = try TestClient(path: path)
      try client.send("{}\n{\"a\":")
      client.endInput()
      #expect(try client.readToEnd() == "{}\n\"error\"\n")
    }
  }

  @Test("a client that disconnects while its calls are under way leaves nothing behind")
  func disconnect() async throws {
    let sessions = TestSessions(finishesAtEnd: false, receive: { _, _ in })
    try await withServer(sessions) { server, path in
      let client = try TestClient(path: path)
      try client.send("{}\n[]\n")
      await sessions.until { $0.contains(.message("[]")) }
      client.close()
      await sessions.closed()
      #expect(server.connectionCount == 0)
      sessions.connections[0].send([UInt8](repeating: 0x31, count: 100))
      sessions.connections[0].finish()
      // The server is well: a next client is served.
      let next = try TestClient(path: path)
      try next.send("1 ")
      await sessions.until { $0.contains(.message("1")) }
    }
    #expect(sessions.events.count { $0 == .closed } == 2)
  }

  @Test("what a client sent before it disconnected is delivered")
  func sentThenClosed() async throws {
    let sessions = TestSessions(receive: { _, _ in })
    try await withServer(sessions) { _, path in
      let client = try TestClient(path: path)
      try client.send("{}\n")
      client.close()
      await sessions.closed()
    }
    #expect(sessions.events.dropFirst() == [.message("{}"), .inputEnded, .closed])
  }

  @Test("a message of the largest size makes the round trip", arguments: ["\n", ""])
  func large(terminator: String) async throws {
    try await withServer(TestSessions()) { _, path in
      let client = try TestClient(path: path)
      let message = "\"" + String(repeating: "x", count: (1 << 20) - 2) + "\""
      try client.send(message + terminator)
      let answer = message + (terminator == "\n" ? "\n" : "\n\n")
      #expect(try client.read(answer.utf8.count) == answer)
    }
  }

  @Test("a client still writing a message that is too long gets to read the error")
  func tooLarge() async throws {
    let sessions = TestSessions()
    try await withServer(sessions) { _, path in
      let client = try TestClient(path: path)
      try client.send([UInt8(ascii: "\"")] + [UInt8](repeating: 0x61, count: 3 << 20))
      client.endInput()
      #expect(try client.readToEnd() == "\"error\"\n\n")
    }
    #expect(sessions.events.contains(.malformed(.frameTooLarge)))
  }

  @Test("messages of one thread arrive in their order")
  func order() async throws {
    let sessions = TestSessions(receive: { _, _ in })
    try await withServer(sessions) { _, path in
      let client = try TestClient(path: path)
      try client.send("{}\n")
      await sessions.until { $0.contains(.message("{}")) }
      let numbers = 10_000..<20_000
      let connection = sessions.connections[0]
      for number in numbers { connection.send(Array("\(number)".utf8)) }
      connection.finish()
      connection.send(Array("never".utf8))
      #expect(try client.readToEnd() == numbers.map { "\($0)\n" }.joined())
    }
  }

  @Test("the session knows who is connected")
  func peer() async throws {
    let sessions = TestSessions()
    try await withServer(sessions) { _, path in
      _ = try TestClient(path: path)
      await sessions.closed()
    }
    var groups = [gid_t](repeating: 0, count: Int(getgroups(0, nil)))
    getgroups(Int32(groups.count), &groups)
    #expect(
      sessions.events.first == .opened(Peer(uid: getuid(), gid: getgid(), groups: groups, pid: getpid())))
  }

  @Test("no socket is passed on to a child process")
  func closeOnExec() async throws {
    try await withServer(TestSessions()) { _, path in
      let client = try TestClient(path: path)
      try client.send("{}\n")
      #expect(try client.read(3) == "{}\n")
      let ours = (3..<1024).filter { name(of: $0) == path }
      // The listening socket and the connection.
      #expect(ours.count == 2)
      for descriptor in ours { #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0) }
    }
  }

  /// The path that a descriptor is bound to.
  private func name(of descriptor: Int32) -> String? {
    var address = sockaddr_un()
    var size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let code = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    guard code == 0, address.sun_family == AF_UNIX else { return nil }
    return withUnsafeBytes(of: address.sun_path) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  @Test("five thousand connections leave no descriptor behind")
  func manyConnections() async throws {
    let before = openDescriptors()
    let sessions = TestSessions()
    try await withServer(sessions) { server, path in
      for _ in 0..<5000 {
        let client = try TestClient(path: path)
        try client.send("{}\n")
        #expect(try client.read(3) == "{}\n")
        client.close()
      }
      await sessions.closed(5000)
      #expect(server.connectionCount == 0)
    }
    // Other suites open stores meanwhile; one that stays of every ten connections is more.
    #expect(openDescriptors() <= before + 500)
  }

  private func openDescriptors() -> Int {
    guard let folder = opendir("/proc/self/fd") else { return -1 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
  }
}
