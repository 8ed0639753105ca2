import StationClient
import Testing

@Suite struct SocketNameTests {
  @Test(
    arguments: [
      ("audit", .auditor), ("audit.checkpoint", .auditor), ("plugin", .administrator),
      ("plugin.list", .administrator), ("key", .administrator), ("personal", .administrator),
      ("retention", .administrator), ("system", .administrator), ("system.ping", .administrator),
      ("support", .member), ("directory.unit.put", .member), ("keyperson", .member), ("auditor", .member),
      ("", .member),
    ] as [(String, SocketName)])
  func `methods are called on the socket of their module`(name: String, socket: SocketName) {
    #expect(SocketName(for: name) == socket)
  }

  @Test(arguments: SocketName.allCases)
  func `a socket that is not there, or not for this user, gives way to the members'`(name: SocketName) {
    #expect(name.pathOrMembers { $0 == name.path } == name.path)
    #expect(name.pathOrMembers { _ in false } == "/run/stationd/stationd.sock")
  }

  @Test func `what may be opened is asked of the system`() {
    let server = FakeServer.answering { _, _ in [:] }
    #expect(SocketName.mayOpen(server.path))
    #expect(!SocketName.mayOpen(server.path + ".gone"))
  }
}
