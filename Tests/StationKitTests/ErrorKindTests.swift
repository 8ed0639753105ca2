import StationKit
import Testing

@Suite struct ErrorKindTests {
  @Test func `codes are those of JSON-RPC or of its range for servers, each once`() {
    let codes = ErrorKind.allCases.map(\.code)
    #expect(Set(codes).count == codes.count)
    let own = [-32700, -32600, -32601, -32602, -32603]
    #expect(Set(own).isSubset(of: codes))
    for code in codes where !own.contains(code) { #expect((-32099 ... -32000).contains(code)) }
  }

  @Test(arguments: ErrorKind.allCases)
  func `every kind has a stable word and a message in both languages`(kind: ErrorKind) {
    #expect(kind.rawValue.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") })
    #expect(!kind.message.en.isEmpty && !kind.message.zh.isEmpty)
    #expect(kind.message.zh.unicodeScalars.contains { $0.value > 0x2E80 })
  }

  @Test func `an error is written with its kind, and details never hide it`() throws {
    let error = RPCError(
      .conflict, Text("Changed", zh: "已变"), pointer: "/a", rule: "r", retryAfterMs: 5,
      details: ["kind": "other", "version": 3])
    let expected: JSONValue = [
      "code": -32002, "message": "Changed",
      "data": [
        "kind": "conflict", "pointer": "/a", "rule": "r", "retry_after_ms": 5, "message_zh": "已变",
        "version": 3,
      ],
    ]
    #expect(error.json == expected)
  }
}
