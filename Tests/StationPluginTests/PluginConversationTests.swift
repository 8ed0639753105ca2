import StationKit
import StationPluginHost
import StationPluginWire
import Testing

@Suite struct PluginConversationTests {
  /// A plugin that is ready and has one call, number 3, with the token `secret`.
  private func talk() -> PluginConversation {
    var talk = PluginConversation(limits: PluginLimits())
    _ = talk.manifestRequest("p", version: "1")
    _ = talk.receive(["jsonrpc": "2.0", "id": 1, "result": [:]])
    _ = talk.startRequest([:])
    _ = talk.receive(["jsonrpc": "2.0", "id": 2, "result": [:]])
    _ = talk.receive(["jsonrpc": "2.0", "method": "plugin.ready", "params": [:]])
    let call = talk.callRequest(token: "secret", ["method": "do"])
    #expect(call.id == 3)
    return talk
  }

  private func word(_ talk: inout PluginConversation, _ message: JSONValue) -> String {
    switch talk.receive(message) {
    case .broken: "broken"
    case .offence(_, let error, _): "offence \(error.kind.rawValue)"
    case .answer: "answer"
    case .late: "late"
    case .givenUp: "given up"
    case .read: "read"
    case .next: "next"
    case .log: "log"
    case .ready: "ready"
    default: "other"
    }
  }

  @Test(arguments: [
    ("[1,2,3]", "broken"), (#"{"id":3,"result":{}}"#, "broken"), (#"{"jsonrpc":"2.0"}"#, "broken"),
    (#"{"jsonrpc":"2.0","id":3,"result":{}}"#, "answer"),
    (#"{"jsonrpc":"2.0","id":4,"result":{}}"#, "broken"),
    (#"{"jsonrpc":"2.0","id":"3","result":{}}"#, "broken"),
    (#"{"jsonrpc":"2.0","id":1,"result":{}}"#, "broken"),
    (#"{"jsonrpc":"2.0","id":3,"result":{},"error":{}}"#, "broken"),
    (#"{"jsonrpc":"2.0","id":3,"error":{"code":1,"message":"x"}}"#, "broken"),
    (#"{"jsonrpc":"2.0","id":3,"error":{"code":1,"message":"x","data":{"kind":"not_found"}}}"#, "answer"),
    (#"{"jsonrpc":"2.0","method":"plugin.ready"}"#, "broken"),
    (#"{"jsonrpc":"2.0","method":"no.such"}"#, "broken"),
    (#"{"jsonrpc":"2.0","id":9,"method":"no.such"}"#, "offence method_not_found"),
    (#"{"jsonrpc":"2.0","id":null,"method":"store.get","params":{}}"#, "broken"),
    (#"{"jsonrpc":"2.0","method":"log","params":{"level":"info","message":"x"}}"#, "log"),
    (#"{"jsonrpc":"2.0","method":"store.get","params":{}}"#, "broken"),
    (#"{"jsonrpc":"2.0","id":9,"method":"log","params":{}}"#, "offence invalid_request"),
    (
      #"{"jsonrpc":"2.0","id":9,"method":"store.get","params":{"token":"guess","collection":"c","id":"1"}}"#,
      "offence denied"
    ),
    (
      #"{"jsonrpc":"2.0","id":9,"method":"store.get","params":{"token":"secret","collection":"c","id":"1"}}"#,
      "read"
    ),
    (
      #"{"jsonrpc":"2.0","id":9,"method":"store.get","params":{"token":"secret","collection":"c"}}"#,
      "offence invalid_params"
    ),
    (#"{"jsonrpc":"2.0","id":9,"method":"store.next","params":{"token":"secret","series":"s"}}"#, "next"),
    (
      #"{"jsonrpc":"2.0","id":9,"method":"store.next","params":{"token":"secret","series":""}}"#,
      "offence invalid_params"
    ),
    (
      #"{"jsonrpc":"2.0","id":9,"method":"store.next","params":{"token":"secret","series":"s","serie":"t"}}"#,
      "offence invalid_params"
    ),
    (
      #"{"jsonrpc":"2.0","id":9,"method":"store.count","params":{"token":"secret","collection":"c","operations":[]}}"#,
      "read"
    ),
    (
      #"{"jsonrpc":"2.0","id":9,"method":"store.count","params":{"token":"secret","collection":"c","columns":["k"]}}"#,
      "offence invalid_params"
    ),
    (
      #"{"jsonrpc":"2.0","id":9,"method":"store.count","params":{"token":"secret","collection":"c","operations":[{"op":"x"}]}}"#,
      "offence invalid_params"
    ),
  ])
  func `every message means one thing`(line: String, expected: String) throws {
    var talk = talk()
    let found = word(&talk, try JSONParser.parse(Array(line.utf8)))
    #expect(found == expected)
  }

  @Test(
    arguments: [
      ("debug", "debug"), ("error", "error"), ("x\n2026 stationd: forged", "info"), (nil, "info"),
      (7, "info"),
    ] as [(JSONValue, String)])
  func `a log line has one of four levels`(given: JSONValue, level: String) throws {
    var talk = talk()
    let message: JSONValue = [
      "jsonrpc": "2.0", "method": "log", "params": ["level": given, "message": "x"],
    ]
    guard case .log(let found, text: "x") = talk.receive(message) else { return #expect(Bool(false)) }
    #expect(found.rawValue == level)
  }

  @Test func `a param that there is none of is named`() {
    var talk = talk()
    let message: JSONValue = [
      "jsonrpc": "2.0", "id": 9, "method": "store.get",
      "params": ["token": "secret", "collection": "c", "id": "1", "a/b": 1],
    ]
    guard case .offence(_, let error, _) = talk.receive(message) else { return #expect(Bool(false)) }
    #expect(error.kind == .invalidParams && error.pointer == "/a~1b")
  }

  @Test func `a call is answered once`() {
    var talk = talk()
    let answer: JSONValue = ["jsonrpc": "2.0", "id": 3, "result": [:]]
    let found = [word(&talk, answer), word(&talk, answer)]
    #expect(found == ["answer", "broken"])
  }

  @Test func `a token ends with its call, and with its cancellation`() {
    let request: JSONValue = [
      "jsonrpc": "2.0", "id": 9, "method": "store.get",
      "params": ["token": "secret", "collection": "c", "id": "1"],
    ]
    let answer: JSONValue = ["jsonrpc": "2.0", "id": 3, "result": [:]]
    var answered = talk()
    let afterAnswer = [word(&answered, answer), word(&answered, request)]
    #expect(afterAnswer == ["answer", "offence denied"])
    var cancelled = talk()
    let cancellations = [cancelled.cancel(call: 3), cancelled.cancel(call: 3)]
    #expect(cancellations[0] != nil && cancellations[1] == nil)
    let afterCancel = [word(&cancelled, request), word(&cancelled, answer), word(&cancelled, answer)]
    #expect(afterCancel == ["given up", "late", "broken"])
    let afterLate = word(&cancelled, request)
    #expect(afterLate == "offence denied")
  }

  @Test func `requests that wait for an answer are bounded`() {
    var limits = PluginLimits()
    limits.requests = 2
    var talk = PluginConversation(limits: limits)
    func ask(_ id: Int) -> String {
      word(&talk, ["jsonrpc": "2.0", "id": .int(id), "method": "store.get", "params": ["token": "x"]])
    }
    var found = [ask(1), ask(2)]
    _ = talk.answer(1, .success(.null))
    found += [ask(3), ask(4)]
    #expect(found == ["offence denied", "offence denied", "offence denied", "broken"])
  }
}
