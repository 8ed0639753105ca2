import StationRPC
import StationTransport
import Testing

@Suite("Framer: errors and limits") struct FramerErrorTests {
  @Test(
    "a broken message is one error, and the stream goes on where its end can be found",
    arguments: [
      // The line feed is at hand, or was seen before.
      ("{]\n{}\n", ["syntax@1", "{}"]),
      ("{} x y\n{}\n", ["{}", "syntax@0", "{}"]),
      ("{}\n{\"a\":tru}}}\n[1]\n", ["{}", "syntax@8", "[1]"]),
      ("[\"a\nb\"]\n[2]\n", ["syntax@3", "syntax@0", "[2]"]),
      ("{\"a\":1,\"a\":2}{}", ["syntax@7", "{}"]),
      ("Cat\n{}\n", ["syntax@0", "{}"]),
      ("hello\n{}\n", ["syntax@0", "{}"]),
      ("\u{FEFF}{}\n{}\n", ["syntax@0", "{}"]),
      ("\0{}\n{}\n", ["syntax@0", "{}"]),
      // A NUL ends it.
      ("{]\0", ["syntax@1"]),
      ("{}\0{]}\0[1]\0", ["{}", "syntax@1", "[1]"]),
      // A declared length ends it.
      ("Content-Length: 2\r\n\r\n{]Content-Length: 2\r\n\r\n{}", ["syntax@1", "{}"]),
      ("Content-Length: 0\r\n\r\nContent-Length: 2\r\n\r\n{}", ["syntax@0", "{}"]),
      ("Content-Length: 3\r\n\r\n\u{FEFF}Content-Length: 2\r\n\r\n{}", ["syntax@0", "{}"]),
      ("Content-Length: 5\r\n\r\n{}{} Content-Length: 2\r\n\r\n{}", ["syntax@2", "{}"]),
      // Nothing does.
      ("{]", ["syntax@1, closes"]),
      ("\u{FEFF}{}", ["syntax@0, closes"]),
      ("{\n\"a\":x\n}\n{}\n", ["syntax@6, closes"]),
      ("{}{]{}", ["{}", "syntax@1, closes"]),
      ("Content-Type: x\r\n\r\n{}", ["badHeader, closes"]),
      ("Content-Length: x\r\n\r\n{}", ["badHeader, closes"]),
      ("Content-Length: -2\r\n\r\n{}", ["badHeader, closes"]),
      ("Content-Length: +2\r\n\r\n{}", ["badHeader, closes"]),
      ("Content-Length:\r\n\r\n{}", ["badHeader, closes"]),
      ("Content-Length: 2 2\r\n\r\n{}", ["badHeader, closes"]),
      ("Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", ["badHeader, closes"]),
      ("Content-Length\r\n\r\n{}", ["badHeader, closes"]),
      ("Content Length: 2\r\n\r\n{}", ["syntax@0", "{}"]),
      ("Content-Length: 99999999999999999999\r\n\r\n{}", ["frameTooLarge, closes"]),
      ("Content-Length: 2\r\n\r\n{}{}", ["{}", "badHeader, closes"]),
    ])
  func errors(text: String, heard: [String]) {
    var client = FramedClient()
    client.feed(text)
    #expect(client.heard == heard)
  }

  @Test(
    "once a line feed was seen, errors are the same cut in two at any place",
    arguments: [
      ("\n{]\n{}\n", ["syntax@1", "{}"]),
      ("{}\n{\"a\":tru}}}\n[1]\n", ["{}", "syntax@8", "[1]"]),
      ("{}\n\u{FEFF}{}\n[]\n", ["{}", "syntax@0", "[]"]),
      ("[]\0{]}\0[1]\0", ["[]", "syntax@1", "[1]"]),
      ("Content-Length: 2\r\n\r\n{]Content-Length: 2\r\n\r\n{}", ["syntax@1", "{}"]),
    ])
  func errorsCut(text: String, heard: [String]) {
    let bytes = Array(text.utf8)
    for cut in 0...bytes.count {
      var client = FramedClient()
      client.feed(bytes[..<cut])
      client.feed(bytes[cut...])
      #expect(client.heard == heard, "cut at \(cut)")
    }
  }

  @Test(
    "a pinned framing says where a broken message ends",
    arguments: [
      (Framing.line, ["{]", " {}", "\n[]"], ["syntax@1", "[]"]),
      (.line, ["{\n\"a\":x\n", "}\n[]"], ["syntax@6", "syntax@0", "[]"]),
      (.nul, ["{]", "\n{}", "\0[]"], ["syntax@1", "[]"]),
    ])
  func pinned(framing: Framing, pieces: [String], heard: [String]) {
    var client = FramedClient(framing: framing)
    for piece in pieces { client.feed(piece) }
    #expect(client.heard == heard)
  }

  @Test(
    "a message that the end of the stream cuts off is an error",
    arguments: [
      ("{", ["syntax@1"]), ("[1, \"a", ["syntax@6"]), ("tru", ["syntax@3"]), ("12", ["12"]),
      ("-", ["syntax@1"]),
      ("C", ["syntax@0"]), ("Content-Length: 2\r\n", ["syntax@19"]),
      ("Content-Length: 2\r\n\r\n{", ["syntax@1"]),
      ("{}", ["{}"]), ("{} \n", ["{}"]), ("", []), ("\n{]", ["syntax@1"]), ("{]", ["syntax@1, closes"]),
    ])
  func cutOff(text: String, heard: [String]) {
    var client = FramedClient()
    client.feed(text)
    client.end()
    #expect(client.heard == heard)
  }

  @Test(
    "a message may be as long as the limit, and no byte longer",
    arguments: [
      ("[\"aaaa\"]", 8, ["[\"aaaa\"]"]), ("[\"aaaa\"]", 7, ["frameTooLarge, closes"]),
      ("[\"aaaa\"]\n[]\n", 8, ["[\"aaaa\"]", "[]"]), ("[\"aaaa\"]\n[]\n", 7, ["frameTooLarge", "[]"]),
      ("\n[\"aaaa\"]\n[]\n", 7, ["frameTooLarge", "[]"]),
      ("[]\0[\"aaaa\"]\0[]\0", 7, ["[]", "frameTooLarge", "[]"]),
      ("    \n  [1]\n", 3, ["[1]"]), ("1234\n", 4, ["1234"]), ("12345\n[]\n", 4, ["frameTooLarge", "[]"]),
      ("Content-Length: 3\r\n\r\n[1]", 3, ["[1]"]),
      ("Content-Length: 4\r\n\r\n[12]Content-Length: 2\r\n\r\n[]", 3, ["frameTooLarge", "[]"]),
      ("Content-Length: 47\r\n\r\n", 3, ["frameTooLarge"]),
      ("Content-Length: 48\r\n\r\n", 3, ["frameTooLarge, closes"]),
    ])
  func frameLimit(text: String, frameBytes: Int, heard: [String]) {
    var limits = Limits()
    limits.frameBytes = frameBytes
    var client = FramedClient(limits: limits)
    client.feed(text)
    #expect(client.heard == heard)
  }

  @Test("the frame limit holds when the bytes come one at a time", arguments: [7, 8])
  func frameLimitBytewise(frameBytes: Int) {
    var limits = Limits()
    limits.frameBytes = frameBytes
    var client = FramedClient(limits: limits)
    for byte in "\n[\"aaaa\"]\n[]\n".utf8 { client.feed([byte]) }
    #expect(client.heard == [frameBytes == 8 ? "[\"aaaa\"]" : "frameTooLarge", "[]"])
  }

  @Test("a declared length above the limit is refused before any of the body arrives, and the body skipped")
  func declaredTooLarge() {
    var client = FramedClient()
    client.feed("Content-Length: \((1 << 20) + 1)\r\n\r\n")
    #expect(client.heard == ["frameTooLarge"])
    let piece = [UInt8](repeating: UInt8(ascii: "{"), count: 1 << 16)
    for _ in 0..<16 { client.feed(piece) }
    #expect(client.mostKept == 0)
    client.feed("{Content-Length: 2\r\n\r\n{}")
    #expect(client.heard == ["frameTooLarge", "{}"])
  }

  @Test(
    "nesting is taken up to the limit, and no deeper",
    arguments: [
      ("[[[]]]\n", 3, ["[[[]]]"]), ("[[[]]]\n[]\n", 2, ["tooDeep", "[]"]),
      ("{\"a\":{\"a\":1}}\n", 2, ["{\"a\":{\"a\":1}}"]), ("{\"a\":{\"a\":1}}\n[]\n", 1, ["tooDeep", "[]"]),
      ("Content-Length: 6\r\n\r\n[[[]]]", 2, ["tooDeep"]),
    ])
  func depthLimit(text: String, depth: Int, heard: [String]) {
    var limits = Limits()
    limits.depth = depth
    for piecewise in [false, true] {
      var client = FramedClient(limits: limits)
      if piecewise { client.feed("\n") }
      if piecewise { for byte in text.utf8 { client.feed([byte]) } } else { client.feed(text) }
      #expect(client.heard == heard)
    }
  }

  @Test("a string that never ends is kept up to the limit and then skipped", arguments: ["", "\n"])
  func endlessString(start: String) {
    var limits = Limits()
    limits.frameBytes = 10_000
    var client = FramedClient(limits: limits)
    client.feed(start + "\"")
    let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
    for _ in 0..<1000 { client.feed(piece) }
    #expect(client.heard == [start.isEmpty ? "frameTooLarge, closes" : "frameTooLarge"])
    #expect(client.mostKept <= 10_001)
  }

  @Test("a header block that never ends is given up")
  func endlessHeader() {
    var client = FramedClient()
    client.feed("Content-Type: ")
    for _ in 0..<5000 { client.feed("a") }
    #expect(client.heard == ["badHeader, closes"])
    #expect(client.mostKept < HeaderBlock.byteLimit)
  }

  @Test("a header block may be as long as its limit, and no byte longer", arguments: [0, 1])
  func headerLimit(excess: Int) {
    let ends = "Content-Length: 2\r\nX: \r\n\r\n".utf8.count
    let filler = String(repeating: "a", count: HeaderBlock.byteLimit - ends + excess)
    var client = FramedClient()
    client.feed("Content-Length: 2\r\nX: \(filler)\r\n\r\n{}")
    #expect(client.heard == [excess == 0 ? "{}" : "badHeader, closes"])
  }
}
