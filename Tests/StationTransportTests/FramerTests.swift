import StationTransport
import Testing

/// What a client sends, and what must come of it however it is cut.
struct Stream: Sendable, CustomTestStringConvertible {
  let client: String
  let bytes: [UInt8]
  let messages: [String]
  let framing: AnswerFraming

  init(_ client: String, _ text: String, _ messages: [String], _ framing: AnswerFraming) {
    self.client = client
    self.bytes = Array(text.utf8)
    self.messages = messages
    self.framing = framing
  }

  var testDescription: String { client }

  static let all: [Stream] = [
    Stream("one value, no terminator (pyln-client)", #"{"id":1}"#, [#"{"id":1}"#], .blankLine),
    Stream(
      "values printed over lines, no terminator (spdk)", "{\n  \"id\": [\n 1]\n}{\n\"id\":2}",
      [#"{"id":[1]}"#, #"{"id":2}"#], .blankLine),
    Stream("one line (aiorpcX, web3)", "{\"id\":1}\n", [#"{"id":1}"#], .lineFeed),
    Stream("lines with CR LF", "{\"id\":1}\r\n[2]\r\n", [#"{"id":1}"#, "[2]"], .lineFeed),
    Stream("printed over lines, with a line feed (a shell)", "{\n\"id\":1\n}\n", [#"{"id":1}"#], .lineFeed),
    Stream("a line feed in front", "\n{\"id\":1}", [#"{"id":1}"#], .lineFeed),
    Stream("values with blanks between", " {} \t[]\r{}", ["{}", "[]", "{}"], .blankLine),
    Stream("many values on a line", "{}[][1]{\"a\":{}}\n", ["{}", "[]", "[1]", #"{"a":{}}"#], .lineFeed),
    Stream("scalars", "1 true \"a\"null\n-0.5e3\n", ["1", "true", "\"a\"", "null", "-0.5e3"], .lineFeed),
    Stream("a header block (pygls)", "Content-Length: 8\r\n\r\n{\"id\":1}", [#"{"id":1}"#], .contentLength),
    Stream(
      "header blocks with other headers and other case",
      "content-type: application/vscode-jsonrpc; charset=utf-8\r\nCONTENT-LENGTH:8 \r\n\r\n{\"id\":1}"
        + "Content-Length:2\r\nX-Y: z\r\n\r\n[]", [#"{"id":1}"#, "[]"], .contentLength),
    Stream("a header block with bare line feeds", "Content-Length: 2\n\n{}", ["{}"], .contentLength),
    Stream("a body with white space around", "Content-Length: 6\r\n\r\n\n {} \n", ["{}"], .contentLength),
    Stream("NUL behind a value", "{\"id\":1}\0", [#"{"id":1}"#], .nul),
    Stream("NUL between values", "{}\0{}\0\0[]\0", ["{}", "{}", "[]"], .nul),
    Stream(
      "strings that hold what ends a message", #"{"a":"}\n]{\"\\"}"# + "\n{}\n",
      [#"{"a":"}\n]{\"\\"}"#, "{}"], .lineFeed),
    Stream("beyond ASCII", "{\"é\":\"警察\u{1F600}\"}\n", ["{\"é\":\"警察\u{1F600}\"}"], .lineFeed),
  ]
}

@Suite struct FramerTests {
  @Test("every client style is understood in one piece", arguments: Stream.all)
  func whole(stream: Stream) {
    var client = FramedClient()
    client.feed(stream.bytes)
    client.end()
    #expect(client.heard == stream.messages)
    #expect(client.framer.answerFraming == stream.framing)
  }

  @Test("a stream means the same a byte at a time", arguments: Stream.all)
  func bytewise(stream: Stream) {
    var client = FramedClient()
    for byte in stream.bytes { client.feed([byte]) }
    client.end()
    #expect(client.heard == stream.messages)
    #expect(client.framer.answerFraming == stream.framing)
  }

  @Test("a stream means the same cut in two at any place", arguments: Stream.all)
  func cutInTwo(stream: Stream) {
    for cut in 0...stream.bytes.count {
      var client = FramedClient()
      client.feed(stream.bytes[..<cut])
      client.feed(stream.bytes[cut...])
      client.end()
      #expect(client.heard == stream.messages, "cut at \(cut)")
      #expect(client.framer.answerFraming == stream.framing, "cut at \(cut)")
    }
  }

  @Test("a line feed that came with the value counts for its answer")
  func lineFeedInTheSameRead() {
    var client = FramedClient()
    client.feed(Array("{}\n".utf8))
    #expect(client.framings == [.lineFeed])
  }

  @Test("a line feed that comes later counts from then on, and one inside a value never")
  func lineFeedLater() {
    var client = FramedClient()
    client.feed(Array("{}".utf8))
    #expect(client.framer.awaitsDelimiter)
    client.feed(Array("{\n}".utf8))
    #expect(client.framer.answerFraming == .blankLine)
    client.feed(Array("\n".utf8))
    #expect(client.framer.answerFraming == .lineFeed)
    #expect(!client.framer.awaitsDelimiter)
    #expect(client.framings == [.blankLine, .blankLine])
  }

  @Test("the length of a message leaves its framing out")
  func length() {
    var client = FramedClient()
    client.feed(Array(" {\"a\": 1} \n[]".utf8))
    #expect(client.lengths == [8, 2])
  }

  @Test(
    "a pinned framing does not depend on the client",
    arguments: [
      (Framing.line, "{}", AnswerFraming.lineFeed), (.nul, "{}\n", .nul),
      (.nul, "\0{}", .nul), (.line, "{\n}", .lineFeed),
      (.contentLength, "Content-Length: 2\r\n\r\n{}", .contentLength),
    ])
  func pinned(framing: Framing, text: String, answer: AnswerFraming) {
    var client = FramedClient(framing: framing)
    #expect(client.framer.answerFraming == answer)
    client.feed(Array(text.utf8))
    #expect(client.heard == ["{}"])
    #expect(client.framer.answerFraming == answer)
  }

  @Test("a value is no header block where those are pinned")
  func pinnedHeaders() {
    var client = FramedClient(framing: .contentLength)
    client.feed(Array("{}\n".utf8))
    #expect(client.heard == ["badHeader, closes"])
  }
}
