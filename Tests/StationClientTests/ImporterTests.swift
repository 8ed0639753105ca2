import StationClient
import StationJSON
import Synchronization
import Testing

@Suite struct LineReaderTests {
  /// The text in pieces of so many bytes.
  private func lines(_ text: String, pieces: Int, maximum: Int = 8) throws -> [String] {
    var rest = Array(text.utf8)[...]
    var reader = LineReader(maximum: maximum) {
      defer { rest = rest.dropFirst(pieces) }
      return Array(rest.prefix(pieces))
    }
    var found: [String] = []
    while let line = try reader.next() {
      let text = line.text.map { String(decoding: $0, as: UTF8.self) } ?? "-"
      found.append("\(line.number) \(text) \(line.bytes)")
    }
    return found
  }

  @Test(arguments: [1, 2, 3, 7, 64])
  func `lines come whole, whatever the pieces`(_ pieces: Int) throws {
    #expect(try lines("", pieces: pieces) == [])
    #expect(try lines("\n", pieces: pieces) == ["1  1"])
    #expect(try lines("ab\n\ncd", pieces: pieces) == ["1 ab 3", "2  1", "3 cd 2"])
    #expect(try lines("12345678\n", pieces: pieces) == ["1 12345678 9"])
    #expect(try lines("123456789\nab\n", pieces: pieces) == ["1 - 10", "2 ab 3"])
    #expect(try lines("ab\n12345678901234567890", pieces: pieces) == ["1 ab 3", "2 - 20"])
  }
}

@Suite struct ImportTargetTests {
  private static func method(_ params: JSONValue, items: JSONValue) -> JSONValue {
    [
      "methods": [
        ["name": "a.import", "params": params, "result": ["schema": ["properties": ["items": items]]]]
      ]
    ]
  }

  private static let list: JSONValue = [
    "name": "rows", "required": true, "schema": ["type": "array", "maxItems": 7],
  ]
  private static let meta: JSONValue = ["name": "meta", "required": false]
  private static let items: JSONValue = ["items": ["properties": ["outcome": ["type": "string"]]]]

  @Test func `a method that takes a list and answers each item`() throws {
    let target = try ImportTarget("a.import", in: Self.method([Self.list, Self.meta], items: Self.items))
    #expect(target.parameter == "rows")
    #expect(target.maximum == 7)
  }

  @Test func `any other method is refused`() {
    let text: JSONValue = ["name": "rows", "required": true, "schema": ["type": "string"]]
    for document in [
      Self.method([Self.list], items: [:]), Self.method([Self.list, Self.list], items: Self.items),
      Self.method([text], items: Self.items), Self.method([Self.meta], items: Self.items), [:],
    ] {
      #expect(throws: UsageError.self) { try ImportTarget("a.import", in: document) }
    }
  }
}

@Suite struct ImportRefusalTests {
  @Test(arguments: [
    ("/rows/2/key", "/key"), ("/rows/2", ""), ("/rows/20/key", "/rows/20/key"), ("/meta", "/meta"),
  ])
  func `a pointer leads from the line on, not from its place in a call`(told: String, shown: String) throws {
    let target = try #require(ImporterTests.target)
    let error: JSONValue = ["kind": "invalid_params", "pointer": .string(told)]
    #expect(target.relative(error, place: 2) == ["kind": "invalid_params", "pointer": .string(shown)])
    #expect(target.relative(["kind": "denied"], place: 2) == ["kind": "denied"])
  }
}

@Suite struct ImporterTests {
  /// What a server knows of the keys that it was sent.
  final class Known: Sendable {
    let keys = Mutex<[String]>([])

    /// The answer of an import method.
    func enter(_ request: JSONValue) -> JSONValue {
      let items = (request["params"]?["rows"]?.arrayValue ?? []).map { item -> JSONValue in
        guard let key = item["key"]?.stringValue else {
          return ["outcome": "refused", "error": ["kind": "invalid_params", "message": "no key"]]
        }
        let isNew = keys.withLock { keys in
          guard !keys.contains(key) else { return false }
          keys.append(key)
          return true
        }
        return ["key": .string(key), "outcome": isNew ? "accepted" : "duplicate"]
      }
      return result(request, ["items": .array(items)])
    }
  }

  private struct Run {
    var tally: ImportTally
    var refusals: [ImportRefusal]
  }

  static let target: ImportTarget? = try? ImportTarget(
    "a.import",
    in: [
      "methods": [
        [
          "name": "a.import",
          "params": [["name": "rows", "required": true, "schema": ["type": "array", "maxItems": 50]]],
          "result": ["schema": ["properties": ["items": ["items": ["properties": ["outcome": [:]]]]]]],
        ]
      ]
    ])

  private func run(
    _ text: String, _ server: FakeServer, perCall: Int = 10, inFlight: Int = 4,
    patience: Duration = .seconds(20)
  ) throws -> Run {
    var rest = Array(text.utf8)[...]
    let path = server.path
    var importer = Importer(
      try #require(Self.target), meta: CallMeta(), perCall: perCall, inFlight: inFlight, patience: patience,
      reader: LineReader(maximum: 100_000) {
        defer { rest = rest.dropFirst(1_000) }
        return Array(rest.prefix(1_000))
      }
    ) { () throws(ClientError) -> Client in try Client.connect(path, timeout: .seconds(20)) }
    var refusals: [ImportRefusal] = []
    var last = ImportTally()
    let tally = try importer.run(refused: { refusals.append($0) }, progress: { last = $0 })
    #expect(last == tally)
    #expect(tally.bytes == text.utf8.count)
    return Run(tally: tally, refusals: refusals)
  }

  private static func lines(_ count: Int) -> String {
    (0..<count).reduce(into: "") { $0 += #"{"key":"k\#($1)"}"# + "\n" }
  }

  @Test func `calls hold no more items than asked for nor than the method takes`() throws {
    for (perCall, expected) in [(10, 10), (1_000, 50)] {
      let known = Known()
      let largest = Mutex(0)
      let server = FakeServer { request, _ in
        let count = request["params"]?["rows"]?.arrayValue?.count ?? 0
        largest.withLock { $0 = max($0, count) }
        return [.send(known.enter(request))]
      }
      let run = try run(Self.lines(120), server, perCall: perCall)
      #expect(run.tally.accepted == 120 && run.tally.items == 120)
      #expect(largest.withLock { $0 } == expected)
    }
  }

  @Test func `no more calls are ahead of their answers than asked for`() throws {
    // Answers only once all of the window is there; the last calls one by one.
    let known = Known()
    let held = Mutex<[JSONValue]>([])
    let server = FakeServer { request, _ in
      held.withLock { held in
        held.append(request)
        guard held.count == 3 else { return [] }
        defer { held = [] }
        return held.reversed().map { .send(known.enter($0)) }
      }
    }
    let run = try run(Self.lines(60), server, perCall: 10, inFlight: 3)
    #expect(run.tally.accepted == 60)
  }

  @Test func `a call whose answer is lost is sent again`() throws {
    let known = Known()
    let calls = Mutex(0)
    let server = FakeServer { request, _ in
      let answer = known.enter(request)
      let number = calls.withLock { calls in
        calls += 1
        return calls
      }
      return number % 3 == 0 ? [.close] : [.send(answer)]
    }
    let run = try run(Self.lines(100), server)
    #expect(run.tally.accepted + run.tally.duplicate == 100)
    #expect(run.tally.duplicate > 0)
    #expect(known.keys.withLock { $0.count } == 100)
  }

  @Test func `what has no outcome that is known, or not for each item, is no answer`() throws {
    for items: JSONValue in [
      [], [["outcome": "accepted"], ["outcome": "accepted"]], [["outcome": "perhaps"]],
    ] {
      let server = FakeServer { request, _ in [.send(result(request, ["items": items]))] }
      #expect(throws: ClientError.self) { try run(Self.lines(1), server) }
    }
  }

  @Test func `a refusal of the whole call ends the import`() throws {
    let server = FakeServer.answering { _, _ in failure("denied") }
    let error = #expect(throws: ClientError.self) { try run(Self.lines(1), server) }
    #expect(error.map { ExitCode($0) } == .denied)
  }

  @Test func `a daemon that stays away is given up after the patience`() throws {
    let server = FakeServer { _, _ in [.close] }
    #expect(throws: ClientError.closed) {
      try run(Self.lines(1), server, patience: .milliseconds(150))
    }
  }

  @Test func `a busy daemon is asked again`() throws {
    let known = Known()
    let calls = Mutex(0)
    let server = FakeServer { request, _ in
      let number = calls.withLock { calls in
        calls += 1
        return calls
      }
      guard number > 1 else {
        var answer = failure("queue_full")
        answer["id"] = request["id"] ?? .null
        return [.send(.object(answer))]
      }
      return [.send(known.enter(request))]
    }
    #expect(try run(Self.lines(5), server).tally.accepted == 5)
  }

  @Test func `a bound on messages splits calls; a line beyond it is refused`() throws {
    let known = Known()
    let limit = 400
    let server = FakeServer { request, _ in
      guard request.encodedString.utf8.count <= limit else {
        let error: JSONValue = [
          "code": -32_020, "message": "too large",
          "data": ["kind": "frame_too_large", "limit_bytes": .int(limit)],
        ]
        return [.send(["jsonrpc": "2.0", "id": .null, "error": error]), .close]
      }
      return [.send(known.enter(request))]
    }
    let long = #"{"key":"long","text":"\#(String(repeating: "x", count: 400))"}"# + "\n"
    let run = try run(Self.lines(30) + long + Self.lines(31), server, perCall: 20)
    #expect(known.keys.withLock { $0.count } == 31)
    #expect(run.refusals.map(\.line) == [31])
    #expect(run.refusals.first?.error["kind"] == "frame_too_large")
  }

  @Test(arguments: ["{", "[1,]", "{\"a\":1}}", "\u{FEFF}{}", "nul", String(repeating: "[", count: 70)])
  func `a line that is not JSON is refused with its number and without its text`(_ line: String) throws {
    let known = Known()
    let server = FakeServer { request, _ in [.send(known.enter(request))] }
    let run = try run(#"{"key":"a"}"# + "\n\n" + line + "\n" + #"{"key":"b"}"#, server)
    #expect(run.tally.accepted == 2 && run.tally.refused == 1)
    #expect(run.refusals.map(\.line) == [3])
    #expect(run.refusals.first?.error["message"]?.stringValue?.contains(line) == false)
  }

  @Test func `time left is what the bytes so far say`() {
    var tally = ImportTally()
    (tally.accepted, tally.refused, tally.bytes) = (90, 10, 1_000)
    let text = tally.progress(elapsed: .seconds(2), whole: 31_000, language: .en)
    #expect(text == "100 items, 10 refused, 50/s, 0:01:00 left")
    #expect(tally.progress(elapsed: .zero, whole: nil, language: .zh) == "已处理 100 条，退回 10 条，每秒 0 条")
  }
}
