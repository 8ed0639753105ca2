import StationClient
import StationJSON
import Testing

@Suite struct ClientTests {
  @Test func `a result comes back with its numbers as they were written`() throws {
    let server = FakeServer { request, _ in
      [.raw(#"{"jsonrpc":"2.0","id":\#(request["id"]?.encodedString ?? ""),"result":{"n":1.50}}"# + "\n")]
    }
    #expect(try Client.connect(server.path).call("x").encodedString == #"{"n":1.50}"#)
  }

  @Test func `an error keeps its kind, pointer and both texts`() throws {
    let server = FakeServer.answering { _, _ in
      [
        "error": [
          "code": -32_602, "message": "bad",
          "data": ["kind": "invalid_params", "message_zh": "错", "pointer": "/a"],
        ]
      ]
    }
    let error = #expect(throws: ClientError.self) { try Client.connect(server.path).call("x") }
    guard case .rpc(let found)? = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
    #expect(found.kind == "invalid_params")
    #expect(found.pointer == "/a")
    #expect(ErrorText(.rpc(found), language: .zh).message == "错 (invalid_params, /a)")
    #expect(ErrorText(.rpc(found), language: .en).message == "bad (invalid_params, /a)")
  }

  @Test func `outcomes of many calls are in the order of the calls, whatever order they come in`() throws {
    // Answers in pairs, the second first.
    let held = Held()
    let server = FakeServer { request, _ in
      let answer = result(request, request["params"]?["n"] ?? .null)
      guard let first = held.swap(answer) else { return [] }
      return [.send(answer), .send(first)]
    }
    let calls = (0..<200).map { Client.Call("x", ["n": .int($0)]) }
    let outcomes = try Client.connect(server.path).callMany(calls)
    #expect(try outcomes.map { try $0.get().intValue } == (0..<200).map { $0 })
  }

  @Test func `a notification that comes before an answer is kept`() throws {
    let server = FakeServer { request, _ in
      [.send(["jsonrpc": "2.0", "method": "tick", "params": [1]]), .send(result(request, true))]
    }
    let client = try Client.connect(server.path)
    #expect(try client.call("x") == true)
    let notification = try client.notification()
    #expect(notification.method == "tick")
    #expect(notification.params == [1])
  }

  @Test func `an answer that never comes times out`() throws {
    let server = FakeServer { _, _ in [] }
    let client = try Client.connect(server.path, timeout: .milliseconds(20))
    #expect(throws: ClientError.timedOut) { try client.call("x") }
  }

  @Test func `a late answer to a call that was given up is not taken for the next one`() throws {
    let held = Held()
    let server = FakeServer { request, _ in
      guard let late = held.swap(result(request, "late")) else { return [] }
      return [.send(late), .send(result(request, "mine"))]
    }
    let client = try Client.connect(server.path, timeout: .milliseconds(20))
    #expect(throws: ClientError.timedOut) { try client.call("x") }
    client.timeout = nil
    #expect(try client.call("y") == "mine")
  }

  @Test func `a connection that the daemon closes is no answer`() throws {
    let server = FakeServer { _, _ in [.close] }
    #expect(throws: ClientError.closed) { try Client.connect(server.path).call("x") }
  }

  @Test(arguments: ["hello\n", "{\"id\":1}\n", "[]\n"])
  func `what is not JSON-RPC is refused`(text: String) throws {
    let server = FakeServer { _, _ in [.raw(text)] }
    let error = #expect(throws: ClientError.self) { try Client.connect(server.path).call("x") }
    guard case .protocolError? = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
  }

  @Test func `an error without an id is about the connection`() throws {
    let server = FakeServer { _, _ in
      [
        .raw(
          #"{"jsonrpc":"2.0","id":null,"error":{"code":-32006,"message":"m","data":{"kind":"too_many_connections"}}}"#
            + "\n")
      ]
    }
    let error = #expect(throws: ClientError.self) { try Client.connect(server.path).call("x") }
    guard case .rpc(let found)? = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
    #expect(found.kind == "too_many_connections")
  }

  @Test func `a socket that is not there is unreachable, and a path that is too long is said to be`() {
    #expect(throws: ClientError.unreachable(path: "/nope", code: 2)) { try Client.connect("/nope") }
    let long = String(repeating: "x", count: 108)
    #expect(throws: ClientError.pathTooLong(path: long)) { try Client.connect(long) }
  }

  @Test func `megabytes in both directions do not wait for each other`() throws {
    let server = FakeServer { request, _ in [.send(result(request, request["params"] ?? .null))] }
    let big = JSONValue.string(String(repeating: "x", count: 1 << 20))
    let client = try Client.connect(server.path)
    let outcomes = try client.callMany((0..<2).map { _ in Client.Call("x", ["a": big]) })
    #expect(try outcomes.allSatisfy { try $0.get()["a"] == big })
  }
}
