import Glibc
import StationSystemd
import StationTransport
import Testing

@Suite struct InheritedSocketTests {
  @Test(
    "the environment says which descriptors were passed, and to whom",
    arguments: [
      ([:], []),
      (["LISTEN_PID": "42", "LISTEN_FDS": "0"], []),
      (["LISTEN_PID": "41", "LISTEN_FDS": "1"], []),
      (["LISTEN_FDS": "1"], []),
      (["LISTEN_PID": "42", "LISTEN_FDS": "2"], ["unknown", "unknown"]),
      (["LISTEN_PID": "42", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "calls:"], ["calls", ""]),
      (["LISTEN_PID": "42", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "stationd.socket"], ["stationd.socket"]),
      (["LISTEN_PID": "42", "LISTEN_FDS": "0", "LISTEN_FDNAMES": ""], []),
    ] as [([String: String], [String])])
  func parse(environment: [String: String], names: [String]) throws {
    let sockets = try InheritedSocket.parse(pid: 42) { environment[$0] }
    #expect(sockets.map(\.name) == names)
    #expect(sockets.map(\.descriptor) == (0..<Int32(names.count)).map { 3 + $0 })
  }

  @Test(
    "what is no number or has the wrong count is an error",
    arguments: [
      (["LISTEN_PID": "x", "LISTEN_FDS": "1"], .badNumber(variable: "LISTEN_PID")),
      (["LISTEN_PID": "0", "LISTEN_FDS": "1"], .badNumber(variable: "LISTEN_PID")),
      (["LISTEN_PID": "42", "LISTEN_FDS": "-1"], .badNumber(variable: "LISTEN_FDS")),
      (["LISTEN_PID": "42", "LISTEN_FDS": "+1"], .badNumber(variable: "LISTEN_FDS")),
      (["LISTEN_PID": "42", "LISTEN_FDS": "2147483647"], .badNumber(variable: "LISTEN_FDS")),
      (["LISTEN_PID": "42", "LISTEN_FDS": "99999999999"], .badNumber(variable: "LISTEN_FDS")),
      (["LISTEN_PID": "42", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "a"], .wrongNameCount),
      (["LISTEN_PID": "42", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "a:b"], .wrongNameCount),
    ] as [([String: String], InheritedSocket.Failure)])
  func refuse(environment: [String: String], failure: InheritedSocket.Failure) {
    #expect(throws: failure) { try InheritedSocket.parse(pid: 42) { environment[$0] } }
  }

  @Test("a listening Unix stream socket is told from other descriptors")
  func kind() throws {
    let folder = try TemporaryFolder()
    let descriptor = try ListeningSocket.bind(path: folder.path("s"), mode: 0o600)
    defer { close(descriptor) }
    let inherited = InheritedSocket(descriptor: descriptor, name: "s")
    #expect(!inherited.isListeningUnixStream)
    #expect(listen(descriptor, 1) == 0)
    #expect(inherited.isListeningUnixStream)
    #expect(!InheritedSocket(descriptor: -1, name: "none").isListeningUnixStream)
  }
}

@Suite struct WatchdogTests {
  @Test(
    "the environment says how often, and to whom",
    arguments: [
      ([:], nil), (["WATCHDOG_USEC": "30000000"], .seconds(15)),
      (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "42"], .seconds(15)),
      (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "41"], nil), (["WATCHDOG_USEC": "0"], nil),
      (["WATCHDOG_USEC": "soon"], nil), (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": ""], nil),
    ] as [([String: String], Duration?)])
  func parse(environment: [String: String], interval: Duration?) {
    #expect(Watchdog(pid: 42) { environment[$0] }?.interval == interval)
  }
}

@Suite struct NotifyAddressTests {
  @Test(
    "a path and an abstract name are addresses, nothing else is",
    arguments: [
      ("/run/systemd/notify", .path("/run/systemd/notify")), ("@/org/x", .abstract("/org/x")), ("", nil),
      ("/", nil),
      ("@", nil), ("run/notify", nil), ("vsock:2:1", nil), ("/" + String(repeating: "a", count: 107), nil),
      ("/" + String(repeating: "a", count: 106), .path("/" + String(repeating: "a", count: 106))),
    ] as [(String, NotifyAddress?)])
  func parse(text: String, address: NotifyAddress?) {
    #expect(NotifyAddress(text) == address)
  }
}

@Suite struct ServiceNotifierTests {
  @Test(
    "a notification is one assignment a line",
    arguments: [
      ([.ready], "READY=1"), ([.stopping, .status("bye")], "STOPPING=1\nSTATUS=bye"),
      ([.watchdog], "WATCHDOG=1"),
      ([.status("a\nREADY=1\r")], "STATUS=a READY=1 "), ([.status("警察")], "STATUS=警察"),
      ([.reloading(monotonicMicroseconds: 7)], "RELOADING=1\nMONOTONIC_USEC=7"),
      ([.extendTimeout(microseconds: 9)], "EXTEND_TIMEOUT_USEC=9"),
    ] as [([ServiceNotifier.State], String)])
  func payload(states: [ServiceNotifier.State], text: String) {
    #expect(ServiceNotifier.payload(of: states) == text)
  }

  @Test("a notification arrives at a path and at an abstract name", arguments: [false, true])
  func arrives(isAbstract: Bool) throws {
    let folder = try TemporaryFolder()
    let text = (isAbstract ? "@" : "") + folder.path("s")
    let address = try #require(NotifyAddress(text))
    let manager = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(manager) }
    #expect(address.withSocketAddress { bind(manager, $0, $1) } == 0)
    #expect(ServiceNotifier(address: address).notify(.ready, .status("serving")))
    var space = [UInt8](repeating: 0, count: 100)
    let count = recv(manager, &space, space.count, Int32(MSG_DONTWAIT))
    #expect(String(decoding: space.prefix(max(0, count)), as: UTF8.self) == "READY=1\nSTATUS=serving")
  }

  @Test("nobody to tell is no failure of the daemon")
  func nobody() {
    #expect(!ServiceNotifier(address: nil).notify(.ready))
    #expect(!ServiceNotifier(address: .path("/nonexistent/notify")).notify(.ready))
  }
}
