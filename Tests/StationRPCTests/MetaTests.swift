import StationKit
import StationRPC
import Testing

@Suite struct MetaTests {
  @Test func `every member is taken`() throws {
    let meta = try Meta([
      "idempotency_key": "k", "deadline_ms": 5, "trace_id": "t", "actor": "P001", "purpose": "audit",
      "reason": "why",
    ])
    #expect(meta.idempotencyKey == "k" && meta.deadlineMs == 5 && meta.traceID == "t")
    #expect(meta.actor == "P001" && meta.purpose == "audit" && meta.reason == "why")
    #expect(try Meta([:]).actor == nil)
  }

  private static let fraction = (try? JSONParser.parse("1.5")) ?? .null

  static let refused: [(JSONValue, String)] = [
    ([], "/meta"), (.null, "/meta"), (["more": 1], "/meta/more"), (["deadline_ms": 0], "/meta/deadline_ms"),
    (["deadline_ms": 3_600_001], "/meta/deadline_ms"), (["deadline_ms": fraction], "/meta/deadline_ms"),
    (["deadline_ms": "5"], "/meta/deadline_ms"), (["purpose": "curiosity"], "/meta/purpose"),
    (["actor": ""], "/meta/actor"), (["actor": .null], "/meta/actor"),
    (["actor": .string(String(repeating: "x", count: 65))], "/meta/actor"),
    (["idempotency_key": ""], "/meta/idempotency_key"),
    (["idempotency_key": .string(String(repeating: "x", count: 129))], "/meta/idempotency_key"),
    (["reason": .string(String(repeating: "x", count: 501))], "/meta/reason"),
    (["reason": " \t\u{3000}"], "/meta/reason"), (["actor": " "], "/meta/actor"),
    (["actor": "P1\u{0}"], "/meta/actor"), (["actor": "P1\nP2"], "/meta/actor"),
    (["trace_id": "\u{1B}[2J"], "/meta/trace_id"), (["idempotency_key": " "], "/meta/idempotency_key"),
    (["actor": "11010519491231002X"], "/meta/actor"),
    (["trace_id": "trace of 110101199003074557"], "/meta/trace_id"),
    (["reason": "asked about 110101199003074557"], "/meta/reason"),
    (["reason": "seen at 31.2304,121.4737"], "/meta/reason"),
  ]

  @Test(arguments: refused.indices)
  func `anything else is refused with its pointer`(index: Int) {
    let (value, pointer) = Self.refused[index]
    let error = #expect(throws: RPCError.self) { try Meta(value) }
    #expect(error?.kind == .invalidParams && error?.pointer == pointer)
  }

  @Test func `limits are met exactly`() throws {
    #expect(try Meta(["deadline_ms": 1]).deadlineMs == 1)
    #expect(try Meta(["deadline_ms": 3_600_000]).deadlineMs == 3_600_000)
    #expect(try Meta(["reason": .string(String(repeating: "警", count: 500))]).reason?.count == 500)
    // A number that is nobody's ID number.
    #expect(try Meta(["reason": "case 110101199003074558"]).reason != nil)
  }
}
