import StationKit
import StationRPC
import StationStore
import Synchronization
import Testing

@Suite struct DispatcherTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let uid: UInt32
    let method: String
    let params: String
    let kind: String?
    let pointer: String?
    /// What the log says, nil where nothing is recorded.
    let outcome: String?
    /// An administrative act's record that it begins comes first.
    let begins: Bool

    init(
      _ what: String, uid: UInt32 = 1, _ method: String, _ params: String = "{}", kind: String? = nil,
      pointer: String? = nil, outcome: String? = nil, begins: Bool = false
    ) {
      self.begins = begins
      (testDescription, self.uid, self.method, self.params) = (what, uid, method, params)
      (self.kind, self.pointer, self.outcome) = (kind, pointer, outcome ?? kind)
    }
  }

  static let why = #"{"purpose":"audit","reason":"because"}"#
  static let person = #"{"meta":\#(why)}"#
  static let cases: [Case] = [
    Case("a read", "t.echo", #"{"say":"a"}"#),
    Case("positional params", "t.echo", #"["a","b"]"#), Case("too few of them", "t.echo", #"["a"]"#),
    Case("too many", "t.echo", #"["a","b",{},"c"]"#, kind: "invalid_params", pointer: "/3"),
    Case("one of a wrong type", "t.echo", #"["a",1]"#, kind: "invalid_params", pointer: "/1"),
    Case(
      "meta behind them", "t.echo", #"["a","b",{"purpose":"x"}]"#, kind: "invalid_params",
      pointer: "/2/purpose"),
    Case("what is needed before the others", "t.order", #"["a",\#(why),"b","c"]"#, outcome: "ok"),
    Case(
      "without the meta that it needs", "t.order", #"["a"]"#, kind: "purpose_required", pointer: "/1/purpose"),
    Case("without a required one", "t.order", "[]", kind: "invalid_params", pointer: "/0"),
    Case(
      "what the method itself refuses", "t.order", #"["",\#(why)]"#, kind: "not_found",
      pointer: "/0"),
    Case(
      "the same by name", "t.order", #"{"need":"","meta":\#(why)}"#, kind: "not_found", pointer: "/need"),
    Case("positional for a method that takes none", "t.need", #"["a"]"#, kind: "invalid_params", pointer: ""),
    Case("no params as an empty array", "t.open", "[]"),
    Case("an unknown method", "t.nothing", kind: "method_not_found"),
    Case("what is no method name", "DROP TABLE", kind: "method_not_found"),
    Case("a method for modules only", "t.inner", kind: "method_not_found"),
    Case("no role", uid: 9, "t.echo", kind: "denied"), Case("for everyone", uid: 9, "t.open"),
    Case("denied before params are looked at", uid: 9, "t.need", kind: "denied"),
    Case("a missing param", "t.need", kind: "invalid_params", pointer: "/say"),
    Case("an unknown param", "t.echo", #"{"loud":1}"#, kind: "invalid_params", pointer: "/loud"),
    Case("an unknown meta", "t.echo", #"{"meta":{"x":1}}"#, kind: "invalid_params", pointer: "/meta/x"),
    Case("an actor", "t.echo", #"{"meta":{"actor":"P1"}}"#),
    Case(
      "an actor of one who may not", uid: 2, "t.echo", #"{"meta":{"actor":"P1"}}"#, kind: "denied",
      pointer: "/meta/actor"),
    Case("a read that refuses", "t.fail", kind: "wrong_state"),
    Case("a read that breaks", "t.crash", kind: "internal_error"),
    Case("personal data without a purpose", "t.person", kind: "purpose_required", pointer: "/meta/purpose"),
    Case(
      "personal data without a reason", "t.person", #"{"meta":{"purpose":"audit"}}"#,
      kind: "purpose_required",
      pointer: "/meta/reason"),
    Case("personal data with both", "t.person", person, outcome: "ok"),
    Case("a write", "t.make", outcome: "ok"),
    Case("an administrative act", "t.administer", outcome: "ok", begins: true),
    Case(
      "a key for what keeps none", "t.administer", #"{"meta":{"idempotency_key":"k"}}"#,
      kind: "invalid_params", pointer: "/meta/idempotency_key"),
    Case("a write that is refused", "t.make", #"{"id":""}"#, kind: "invalid_params", pointer: "/id"),
    Case("an answer at the limit", "t.big", #"{"bytes":4094}"#),
    Case("an answer past the limit", "t.big", #"{"bytes":4095}"#, kind: "answer_too_large"),
  ]

  @Test(arguments: cases)
  func `every outcome is answered once, and recorded once where it must be`(what: Case) async throws {
    let wire = try Wire { $0.answerBytes = 4096 }
    let (session, connection) = wire.client(uid: what.uid)
    try session.call(what.method, what.params, id: "7")
    let answer = try #require(try await connection.messages(1).first)
    #expect(answer["id"] == 7)
    #expect(answer["error"]?["data"]?["kind"]?.stringValue == what.kind)
    if let pointer = what.pointer { #expect(answer["error"]?["data"]?["pointer"]?.stringValue == pointer) }
    #expect((answer["result"] == nil) == (what.kind != nil))
    let records = try wire.records
    #expect(
      records.map { $0["outcome"]?.stringValue } == (what.begins ? ["begun"] : [])
        + (what.outcome.map { [$0] } ?? []))
    #expect(connection.sent.count == 1)
  }

  @Test func `an administrative act that no record can be made of does not begin`() async throws {
    let begun = Atomic<Bool>(false)
    let wire = try Wire()
    wire.stop()
    let answer = await withCheckedContinuation { waiter in
      wire.dispatcher.act(
        wire.store.environment.ownCause("t.administer"),
        { done in
          begun.store(true, ordering: .relaxed)
          done(.success([:]))
        }, { waiter.resume(returning: $0) })
    }
    #expect(throws: RPCError.self) { try answer.get() }
    let hasBegun = begun.load(ordering: .relaxed)
    #expect(!hasBegun)
  }

  @Test func `a notification does the same and gets no answer`() async throws {
    let wire = try Wire()
    let (session, connection) = wire.client()
    try session.call("t.make", id: nil)
    try session.call("t.nothing", id: nil)
    try session.call("t.make", id: "2")
    #expect(try await connection.messages(1).map { $0["id"] } == [2])
    #expect(try wire.records.map { $0["outcome"] } == ["ok", "method_not_found", "ok"])
  }

  @Test func `a record names who, for whom, what for and by which id, but no words of theirs`() async throws {
    let wire = try Wire()
    let (session, connection) = wire.client()
    let meta = #"{"meta":{"purpose":"audit","reason":"Zhang San","actor":"P001","trace_id":"abc"}}"#
    try session.call("t.person", meta, id: #""req-1""#)
    _ = try await connection.messages(1)
    try session.call("t.make", id: #""Zhang San 110101199001011234""#)
    _ = try await connection.messages(2)
    try session.call("Zhang.San", id: "3")
    _ = try await connection.messages(3)
    try session.call("t.make", id: "110101199003074557")
    _ = try await connection.messages(4)
    try session.call("t.make", id: #""01890a5d-ac96-774b-bcce-b302099a8057""#)
    _ = try await connection.messages(5)
    let records = try wire.records
    #expect(
      records.first?["by"] == ["uid": 1, "gid": 50, "pid": 7, "roles": ["all"], "actor": "P001"])
    #expect(records.first?["purpose"] == "audit" && records.first?["request"] == "req-1")
    #expect(records.first?["detail"] != nil)
    #expect(records[1]["request"] == nil)
    #expect(records[2]["method"] == "(not a method name)")
    // An ID number is no request id for ever; most ids are.
    #expect(records[3]["request"] == nil)
    #expect(records[4]["request"] == "01890a5d-ac96-774b-bcce-b302099a8057")
    #expect(records.allSatisfy { !$0.encodedString.contains("Zhang") })
  }

  @Test func `a batch is answered as one array, without the notifications`() async throws {
    let wire = try Wire()
    let (session, connection) = wire.client()
    try session.receive(
      """
      [{"jsonrpc":"2.0","method":"t.echo","params":["a"],"id":"1"},{"jsonrpc":"2.0","method":"t.make"},
       {"foo":"boo"},{"jsonrpc":"2.0","method":"foo.get","id":"5"},{"jsonrpc":"2.0","result":1,"id":9},
       {"jsonrpc":"2.0","method":"t.make","params":{},"id":2},1]
      """)
    let answer = try #require(try await connection.messages(1).first?.arrayValue)
    #expect(answer.map { $0["id"] } == ["1", .null, "5", 2, .null])
    #expect(answer.map { $0["error"]?["code"]?.intValue } == [nil, -32600, -32601, nil, -32600])
    #expect(connection.sent.count == 1)
  }

  @Test func `a batch of notifications and answers only is not answered`() async throws {
    let wire = try Wire()
    let (session, connection) = wire.client()
    try session.receive(#"[{"jsonrpc":"2.0","method":"t.make"},{"jsonrpc":"2.0","result":1,"id":1}]"#)
    try session.receive(#"{"jsonrpc":"2.0","result":1,"id":1}"#)
    try session.call("t.make", id: "9")
    #expect(try await connection.messages(1).map { $0["id"] } == [9])
  }

  @Test(arguments: [3, 4])
  func `a batch may be as long as the limit`(length: Int) async throws {
    let wire = try Wire { $0.batchLength = 3 }
    let (session, connection) = wire.client()
    try session.receive(
      "["
        + Array(repeating: #"{"jsonrpc":"2.0","method":"t.open","id":1}"#, count: length).joined(
          separator: ",") + "]")
    let answer = try #require(try await connection.messages(1).first)
    #expect(answer.arrayValue?.count == (length == 3 ? 3 : nil))
    #expect(answer["error"]?["data"]?["kind"] == (length == 3 ? nil : "batch_too_long"))
    #expect(try wire.records.map { $0["outcome"] } == (length == 3 ? [] : ["batch_too_long"]))
  }

  @Test func `a batch that is one more than may be under way is refused as a whole, with one record`()
    async throws
  {
    let wire = try Wire { $0.inFlightPerConnection = 1 }
    let (session, connection) = wire.client()
    try session.call("t.wait", id: "1")
    await wire.gate.reached()
    let call = #"{"jsonrpc":"2.0","method":"t.make","id":2}"#
    try session.receive("[\(call),\(call),\(call)]")
    wire.gate.open()
    let refused = try await connection.messages(2).last
    #expect(refused?["id"] == .null && refused?["error"]?["data"]?["kind"] == "too_many_in_flight")
    let records = try wire.records
    #expect(records.map { $0["outcome"] } == ["ok", "too_many_in_flight"])
    #expect(records.last?["method"] == "(batch)")
    // Its place is free again.
    try session.call("t.make", id: "3")
    #expect(try await connection.messages(3).last?["result"] != nil)
  }

  @Test func `as many calls as the limit are under way, one more is refused, and then it goes on`()
    async throws
  {
    let wire = try Wire { $0.inFlightPerConnection = 3 }
    let (session, connection) = wire.client()
    try session.call("t.wait", id: "1")
    await wire.gate.reached()
    try session.call("t.make", id: "2")
    try session.receive(
      #"[{"jsonrpc":"2.0","method":"t.make","id":3},{"jsonrpc":"2.0","method":"t.make","id":33}]"#)
    try session.call("t.make", id: "4")
    wire.gate.open()
    // The refusal is answered once its record is on disk, as any.
    let answers = try await connection.messages(4)
    let refused = answers.filter { $0["error"] != nil }
    #expect(refused.map { $0["id"] } == [4])
    #expect(refused.first?["error"]?["data"]?["kind"] == "too_many_in_flight")
    #expect(try wire.records.last?["outcome"] == "too_many_in_flight")
    try session.call("t.make", id: "5")
    #expect(try await connection.messages(5).last?["result"] != nil)
  }

  @Test
  func `a call that waits can be cancelled, and a connection that closes cancels all but notifications`()
    async throws
  {
    let wire = try Wire()
    let (session, connection) = wire.client()
    let (leaving, gone) = wire.client()
    try session.call("t.wait", id: "1")
    await wire.gate.reached()
    try session.call("t.make", #"{"id":"a"}"#, id: "2")
    try leaving.call("t.make", #"{"id":"b"}"#, id: "1")
    try leaving.call("t.make", #"{"id":"c"}"#, id: nil)
    try leaving.receive(#"[{"jsonrpc":"2.0","method":"t.make","params":{"id":"d"}}]"#)
    try session.call("t.cancel", #"{"id":2}"#, id: "3")
    try session.call("t.cancel", #"{"id":77}"#, id: "4")
    #expect(try await connection.messages(2).map { $0["result"]?["cancelled"] } == [true, false])
    leaving.closed()
    // What it had sent and nobody had looked at yet.
    try leaving.call("t.make", #"{"id":"e"}"#, id: nil)
    try leaving.call("t.make", #"{"id":"f"}"#, id: "2")
    wire.gate.open()
    let answers = try await connection.messages(4)
    #expect(answers.first { $0["id"] == 2 }?["error"]?["data"]?["kind"] == "cancelled")
    _ = try await gone.messages(2)
    try session.call("t.make", id: "5")
    _ = try await connection.messages(5)
    let records = try wire.records
    #expect(records.map { $0["outcome"] } == ["ok", "cancelled", "cancelled", "ok", "ok", "ok", "ok"])
    #expect(records[3...5].map { $0["written"]?.arrayValue?.first?.arrayValue?[1] } == ["c", "d", "e"])
  }

  @Test func `the connection ends when the last answer has left`() async throws {
    let wire = try Wire()
    let (session, connection) = wire.client()
    try session.call("t.wait", id: "1")
    await wire.gate.reached()
    session.inputEnded()
    #expect(!connection.isFinished)
    wire.gate.open()
    _ = try await connection.messages(1)
    // The end follows the answer on the writer's thread: a later write has to wait for it.
    let (other, second) = wire.client()
    try other.call("t.make", id: "1")
    _ = try await second.messages(1)
    #expect(connection.isFinished)
    let (idle, third) = wire.client()
    idle.inputEnded()
    #expect(third.isFinished)
  }

  @Test func `a key makes two calls one, for one person and one payload`() async throws {
    let wire = try Wire()
    let (session, connection) = wire.client()
    let (other, second) = wire.client(uid: 2)
    func key(_ more: String = "") -> String { #"{"meta":{"idempotency_key":"k"}\#(more)}"# }
    try session.call("t.make", key())
    try session.call("t.make", key())
    try session.call("t.make", key(#","id":"x""#))
    try session.call("t.make", #"{"meta":{"idempotency_key":"k","actor":"P1"}}"#)
    let answers = try await connection.messages(4)
    #expect(answers[0]["result"] == answers[1]["result"])
    #expect(answers[2]["error"]?["data"]?["kind"] == "idempotency_mismatch")
    #expect(answers[3]["result"] != nil && answers[3]["result"] != answers[0]["result"])
    try other.call("t.make", key())
    #expect(try await second.messages(1).first?["result"] != answers[0]["result"])
  }

  @Test func `check says what a call would meet, and leaves no record`() async throws {
    let wire = try Wire()
    let (session, connection) = wire.client()
    for params in [#"{"method":"t.need","params":{"say":"a"}}"#, #"{"method":"t.need"}"#, #"{"method":"x"}"#]
    {
      try session.call("t.check", params)
    }
    let kinds = try await connection.messages(3).map { $0["result"]?["error"]?["data"]?["kind"]?.stringValue }
    #expect(kinds == [nil, "invalid_params", "method_not_found"])
    #expect(try wire.records.isEmpty)
  }
}
