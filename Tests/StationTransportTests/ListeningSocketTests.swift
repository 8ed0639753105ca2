import Glibc
import StationRPC
import StationTransport
import Testing

@Suite struct ListeningSocketTests {
  @Test("a socket has the mode asked for, whatever the umask", arguments: [0o600, 0o660, 0o666] as [mode_t])
  func mode(mode: mode_t) throws {
    let folder = try TemporaryFolder()
    close(try ListeningSocket.bind(path: folder.path("s"), mode: mode))
    var status = stat()
    #expect(stat(folder.path("s"), &status) == 0)
    #expect(status.st_mode & 0o777 == mode)
  }

  @Test("a socket that nobody answers on is replaced")
  func stale() throws {
    let folder = try TemporaryFolder()
    close(try ListeningSocket.bind(path: folder.path("s"), mode: 0o600))
    let before = ListeningSocket.identity(of: folder.path("s"))
    let descriptor = try ListeningSocket.bind(path: folder.path("s"), mode: 0o600)
    defer { close(descriptor) }
    #expect(before != nil)
    #expect(listen(descriptor, 1) == 0)
    _ = try TestClient(path: folder.path("s"))
  }

  @Test("a socket that somebody answers on is left alone")
  func live() throws {
    let folder = try TemporaryFolder()
    let descriptor = try ListeningSocket.bind(path: folder.path("s"), mode: 0o600)
    defer { close(descriptor) }
    #expect(listen(descriptor, 1) == 0)
    #expect(throws: ListeningSocket.Failure.inUse) {
      try ListeningSocket.bind(path: folder.path("s"), mode: 0o600)
    }
    _ = try TestClient(path: folder.path("s"))
  }

  @Test("a file that is no socket is left alone")
  func file() throws {
    let folder = try TemporaryFolder()
    close(creat(folder.path("s"), 0o600))
    #expect(throws: ListeningSocket.Failure.notASocket) {
      try ListeningSocket.bind(path: folder.path("s"), mode: 0o600)
    }
    #expect(access(folder.path("s"), F_OK) == 0)
  }

  @Test("a path is taken up to 107 bytes, and no longer", arguments: [107, 108])
  func length(count: Int) throws {
    let path = "/tmp/" + String(repeating: "s", count: count - 5)
    defer { unlink(path) }
    if count == 107 {
      close(try ListeningSocket.bind(path: path, mode: 0o600))
    } else {
      #expect(throws: ListeningSocket.Failure.pathTooLong) {
        try ListeningSocket.bind(path: path, mode: 0o600)
      }
    }
  }

  @Test("a server serves on a descriptor that it inherited")
  func inherited() async throws {
    let folder = try TemporaryFolder()
    let descriptor = try ListeningSocket.bind(path: folder.path("s"), mode: 0o600)
    #expect(listen(descriptor, 1) == 0)
    let server = SocketServer(limits: Limits(), sessions: TestSessions())
    try await server.listen(on: .descriptor(descriptor))
    let client = try TestClient(path: folder.path("s"))
    try client.send("{}\n")
    #expect(try client.read(3) == "{}\n")
    await server.stop(drain: .seconds(5))
    // The socket file belongs to whoever made it.
    #expect(access(folder.path("s"), F_OK) == 0)
  }
}
