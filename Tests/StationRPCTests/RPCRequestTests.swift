import StationKit
import StationRPC
import Testing

@Suite struct RPCRequestTests {
  /// What a message is, in words.
  private static func kind(_ message: RPCRequest.Message) -> String {
    func text(_ bytes: [UInt8]?) -> String { bytes.map { String(decoding: $0, as: UTF8.self) } ?? "-" }
    switch message {
    case .request(let request):
      return "request \(request.method) \(text(request.id)) \(request.params?.encodedString ?? "-")"
    case .batch(let messages): return "batch [\(messages.map(kind).joined(separator: ", "))]"
    case .response: return "response"
    case .invalid(let id): return "invalid \(text(id))"
    }
  }

  @Test(arguments: [
    // Section 4: a request.
    (#"{"jsonrpc":"2.0","method":"a.b","id":1}"#, "request a.b 1 -"),
    (#"{"jsonrpc":"2.0","method":"a","params":[1,2],"id":"x"}"#, #"request a "x" [1,2]"#),
    (#"{"jsonrpc":"2.0","method":"a","params":{"b":1},"id":"x"}"#, #"request a "x" {"b":1}"#),
    (#"{"jsonrpc":"2.0","method":"","id":1}"#, "request  1 -"),
    // 4.1: a notification has no id; one with a null id is a request.
    (#"{"jsonrpc":"2.0","method":"a"}"#, "request a - -"),
    (#"{"jsonrpc":"2.0","method":"a","id":null}"#, "request a null -"),
    // Ids come back byte for byte.
    (#"{"jsonrpc":"2.0","method":"a","id":18446744073709551616}"#, "request a 18446744073709551616 -"),
    (#"{"jsonrpc":"2.0","method":"a","id":1.50}"#, "request a 1.50 -"),
    (#"{"jsonrpc":"2.0","method":"a","id":-0}"#, "request a -0 -"),
    (#"{"jsonrpc":"2.0","method":"a","id":1e2}"#, "request a 1e2 -"),
    // Not a request.
    (#"{"jsonrpc":"2.0","method":1,"params":"bar"}"#, "invalid -"),
    (#"{"jsonrpc":"2.0","method":1,"id":"3"}"#, #"invalid "3""#),
    (#"{"jsonrpc":"2.0","id":3}"#, "invalid 3"),
    (#"{"jsonrpc":"1.0","method":"a","id":3}"#, "invalid 3"),
    (#"{"jsonrpc":2.0,"method":"a","id":3}"#, "invalid 3"),
    (#"{"method":"a","id":3}"#, "invalid 3"),
    (#"{"jsonrpc":"2.0","method":"a","params":"x","id":3}"#, "invalid 3"),
    (#"{"jsonrpc":"2.0","method":"a","params":null,"id":3}"#, "invalid 3"),
    (#"{"jsonrpc":"2.0","method":"a","id":{}}"#, "invalid -"),
    (#"{"jsonrpc":"2.0","method":"a","id":[1]}"#, "invalid -"),
    (#"{"jsonrpc":"2.0","method":"a","id":true}"#, "invalid -"),
    (#"{"foo":"boo"}"#, "invalid -"), ("{}", "invalid -"), ("1", "invalid -"), ("null", "invalid -"),
    (#""a""#, "invalid -"), ("true", "invalid -"),
    // Section 5: an answer is never answered.
    (#"{"jsonrpc":"2.0","result":1,"id":1}"#, "response"),
    (#"{"jsonrpc":"2.0","error":{"code":1,"message":"x"},"id":null}"#, "response"),
    (#"{"result":1}"#, "response"),
    // Section 6: batches.
    ("[]", "invalid -"), ("[1]", "batch [invalid -]"), ("[1,2,3]", "batch [invalid -, invalid -, invalid -]"),
    ("[[]]", "batch [invalid -]"),
    (
      #"[{"jsonrpc":"2.0","method":"a","id":1},{"jsonrpc":"2.0","method":"b"},{"result":1,"id":2}]"#,
      "batch [request a 1 -, request b - -, response]"
    ),
  ])
  func `a message is what sections 4 to 6 say`(text: String, expected: String) throws {
    #expect(Self.kind(RPCRequest.message(try JSONParser.parse(text))) == expected)
  }

  @Test func `answers are these bytes`() throws {
    func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
    #expect(
      text(RPCResponse.encode(id: Array("1.50".utf8), .success(Array(#"{"a":1}"#.utf8))))
        == #"{"jsonrpc":"2.0","id":1.50,"result":{"a":1}}"#)
    #expect(
      text(RPCResponse.encode(id: RPCRequest.nullID, .failure(RPCError(.parseError))))
        == #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error","#
        + #""data":{"kind":"parse_error","message_zh":"不是有效的 JSON"}}}"#)
    #expect(
      text(RPCResponse.notification("events.event", params: Array("{}".utf8)))
        == #"{"jsonrpc":"2.0","method":"events.event","params":{}}"#)
  }
}
