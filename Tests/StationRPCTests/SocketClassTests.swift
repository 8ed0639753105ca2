import StationKit
import StationRPC
import Testing

@Suite struct SocketClassTests {
  private static let policy = AccessPolicy(
    roles: SocketClass.allCases.map {
      AccessPolicy.Role(
        name: $0.rawValue, methods: ["t.*", "events.*"].compactMap(MethodPattern.init), scope: .all,
        socketClass: $0)
    },
    bindings: [
      .init(
        uids: [1], gids: [], roles: SocketClass.allCases.map(\.rawValue), unit: nil, supports: [],
        mayActFor: false)
    ])

  @Test(arguments: SocketClass.allCases)
  func `a role counts on sockets of its class only`(socketClass: SocketClass) {
    let peer = Peer(uid: 1, gid: 1, groups: [], pid: 1, socketClass: socketClass)
    #expect(Self.policy.identity(of: peer).roles.map(\.name) == [socketClass.rawValue])
  }

  @Test func `where nothing is capped every role counts`() {
    let peer = Peer(uid: 1, gid: 1, groups: [], pid: 1)
    #expect(Self.policy.identity(of: peer).roles.count == 3)
  }

  @Test func `the daemon's own user may ask for a reload and nothing else`() {
    let identity = Self.policy.withDaemon(uid: 5)
      .identity(of: Peer(uid: 5, gid: 1, groups: [], pid: 1, socketClass: .administrator))
    #expect(identity.scope(for: "system.reload") != nil && identity.scope(for: "t.make") == nil)
  }

  @Test(
    arguments: [
      (SocketClass.member, "t.make", nil), (.member, "t.administer", "denied"), (.auditor, "t.echo", nil),
      (.auditor, "t.make", "denied"), (.auditor, "t.administer", "denied"), (.administrator, "t.make", nil),
      (.administrator, "t.administer", nil), (nil, "t.administer", nil), (nil, "t.make", nil),
    ] as [(SocketClass?, String, String?)])
  func `the class caps what any role may do`(
    socketClass: SocketClass?, method: String, kind: String?
  ) async throws {
    let wire = try Wire()
    wire.dispatcher.apply(policy: Self.policy, limits: Limits())
    let (session, connection) = wire.client(uid: 1, socketClass: socketClass)
    try session.call(method)
    let answer = try await connection.messages(1)[0]
    #expect(answer["error"]?["data"]?["kind"]?.stringValue == kind, "\(answer)")
  }
}

@Suite struct ChangedRulesTests {
  private static let nobody = AccessPolicy(roles: [], bindings: [])

  @Test func `a connection that is open is judged by the rules that hold now`() async throws {
    let wire = try Wire()
    let (session, connection) = wire.client()
    try session.call("t.echo")
    #expect(try await connection.messages(1)[0]["result"] != nil)
    wire.dispatcher.apply(policy: Self.nobody, limits: Limits())
    try session.call("t.echo", id: "2")
    #expect(try await connection.messages(2)[1]["error"]?["data"]?["kind"] == "denied")
  }

  @Test func `a connection ends when an event comes that it has no right to any more`() async throws {
    let wire = try Wire()
    let (session, connection) = wire.client()
    try session.call("events.subscribe", #"{"since":0}"#)
    _ = try await connection.messages(1)
    let (other, answers) = wire.client()
    try other.call("t.emit")
    #expect(try await connection.messages(2)[1]["method"] == "events.event")
    _ = try await answers.messages(1)
    // The other keeps the right to emit alone.
    let emits = AccessPolicy(
      roles: [.init(name: "e", methods: ["t.emit"].compactMap(MethodPattern.init), scope: .all)],
      bindings: [.init(uids: [1], gids: [], roles: ["e"], unit: nil, supports: [], mayActFor: false)])
    wire.dispatcher.apply(policy: emits, limits: Limits())
    try other.call("t.emit", id: "2")
    _ = try await answers.messages(2)
    await connection.finished()
    #expect(connection.sent.count == 2)
  }

  @Test func `limits hold at once`() async throws {
    let wire = try Wire()
    let (session, connection) = wire.client()
    var limits = Limits()
    limits.batchLength = 1
    wire.dispatcher.apply(policy: Self.nobody, limits: limits)
    try session.receive("[1,2]")
    #expect(try await connection.messages(1)[0]["error"]?["data"]?["kind"] == "batch_too_long")
  }
}

@Suite struct FarewellTests {
  @Test func `a client that follows events is told to connect again when its last answer has left`()
    async throws
  {
    let wire = try Wire()
    let (session, connection) = wire.client()
    try session.call("events.subscribe", #"{"kinds":["t.changed"]}"#)
    try session.call("t.make", id: "2")
    session.stopping()
    await connection.finished()
    let messages = try await connection.messages(3)
    #expect(messages[1]["id"] == 2)
    #expect(
      messages[2]["method"] == "system.stopping" && messages[2]["params"]?["reconnect_after_ms"] == 1000)
  }

  @Test func `a client that did not ask for notifications gets none`() async throws {
    let wire = try Wire()
    let (session, connection) = wire.client()
    try session.call("t.make")
    session.stopping()
    await connection.finished()
    #expect(connection.sent.count == 1)
  }

  @Test func `a follower that has ended its own input is not told`() async throws {
    let wire = try Wire()
    let (session, connection) = wire.client()
    try session.call("events.subscribe")
    session.inputEnded()
    await connection.finished()
    #expect(connection.sent.count == 1)
  }
}

@Suite struct CallReportTests {
  @Test func `every call is reported once, with nothing of what was said`() async throws {
    let reports = Reports()
    let wire = try Wire(observe: { reports.add($0) })
    let (session, connection) = wire.client(uid: 2)
    try session.call("t.echo", #"{"say":"Li Hua"}"#)
    try session.call("li.hua", id: "2")
    try session.call("t.fail", id: "3")
    _ = try await connection.messages(3)
    let all = reports.all.sorted { $0.method < $1.method }
    #expect(all.map(\.method) == ["(unknown)", "t.echo", "t.fail"])
    #expect(all.map(\.outcome) == ["method_not_found", "ok", "wrong_state"])
    #expect(all.allSatisfy { $0.uid == 2 && $0.unit == "st-01" && $0.microseconds < 60_000_000 })
  }
}
