import StationJSON
import Testing

@Suite struct JSONScannerTests {
  @Test(arguments: SuiteCase.accepted + SuiteCase.rejected)
  func `agrees with the parser at every split`(text: SuiteCase) {
    let expected = parseProblem(text.bytes)
    #expect(scanProblem([text.bytes[...]]) == expected)
    for place in 0...text.bytes.count {
      #expect(scanProblem([text.bytes[..<place], text.bytes[place...]]) == expected, "split at \(place)")
    }
    #expect(scanProblem(text.bytes.indices.map { text.bytes[$0...$0] }) == expected, "byte by byte")
  }

  @Test(arguments: SuiteCase.accepted)
  func `agrees with the parser on what is cut off`(text: SuiteCase) {
    for end in text.bytes.indices {
      let cut = Array(text.bytes[..<end])
      #expect(scanProblem([cut[...]]) == parseProblem(cut), "cut at \(end)")
    }
  }

  @Test(arguments: SuiteCase.duplicates)
  func `lets a key twice pass`(text: SuiteCase) {
    #expect(scanProblem([text.bytes[...]]) == nil)
  }

  @Test(arguments: 0..<40)
  func `agrees with the parser on damaged texts, in random pieces`(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<25 {
      var bytes = JSONValue.random(depth: 4, using: &generator).encoded()
      let spare: [UInt8] = [
        0, 0x20, 0x22, 0x2C, 0x30, 0x3A, 0x5B, 0x5C, 0x5D, 0x75, 0x7B, 0x7D, 0x80, 0xE4, 0xFF,
      ]
      for _ in 0..<Int.random(in: 0...2, using: &generator) where !bytes.isEmpty {
        bytes[Int.random(in: bytes.indices, using: &generator)] = spare.randomElement(using: &generator) ?? 0
      }
      var chunks: [ArraySlice<UInt8>] = []
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Int.random(in: 0...min(rest.count, 30), using: &generator)
        chunks.append(rest.prefix(count))
        rest = rest.dropFirst(count)
      }
      let expected = parseProblem(bytes)
      if expected?.kind == .duplicateKey { continue }
      #expect(scanProblem(chunks) == expected, "\(String(decoding: bytes, as: UTF8.self))")
    }
  }

  @Test func `ends an array, an object and a string with their last byte`() {
    for (text, end) in [("[1] [", 3), ("{}{", 2), (#"{"a":[]}x"#, 8), (#""a"b"#, 3), (" []", 3)] {
      var scanner = JSONScanner()
      #expect(scan(text, with: &scanner) == .end(consumed: end))
    }
  }

  static let scalars: [(String, Int?)] = [
    ("1", nil), ("-0.5e1", nil), ("true", nil), ("1 ", 1), ("12\n", 2), ("1\u{0}", 1), ("null\r\n", 4),
    ("1{", 1), ("1[", 1), (#"1""#, 1), ("false\t", 5), (#"true{"a""#, 4),
  ]

  @Test(arguments: scalars)
  func `ends a number or a literal before what delimits it`(text: String, end: Int?) {
    var scanner = JSONScanner()
    guard let end else {
      #expect(scan(text, with: &scanner) == .needMore)
      #expect(scanner.finish() == .end(consumed: 0))
      return
    }
    #expect(scan(text, with: &scanner) == .end(consumed: end))
  }

  @Test func `ends a number with the chunk after it when the delimiter comes there`() {
    var scanner = JSONScanner()
    #expect(scan("12", with: &scanner) == .needMore)
    #expect(scan("3", with: &scanner) == .needMore)
    #expect(scan("\n1", with: &scanner) == .end(consumed: 0))
    #expect(scanner.scanned == 3)
    #expect(scan("\n1", with: &scanner) == .end(consumed: 0))
    scanner.reset()
    #expect(scan("\n1", with: &scanner) == .needMore)
  }

  @Test(
    arguments: [
      ("1}", 1), ("1]", 1), ("1,", 1), ("1:", 1), ("1x", 1), ("1\u{1}", 1), ("truex", 4), ("nulln", 4),
    ])
  func `refuses what delimits nothing after a scalar`(text: String, offset: Int) {
    var scanner = JSONScanner()
    #expect(scan(text, with: &scanner) == .failed(JSONError(.trailingBytes, at: offset)))
  }

  @Test func `a failure stays until the reset`() {
    var scanner = JSONScanner()
    let failure = ScanResult.failed(JSONError(.expectedComma, at: 3))
    #expect(scan("[1", with: &scanner) == .needMore)
    #expect(scan(" 2]", with: &scanner) == failure)
    #expect(scan("[]", with: &scanner) == failure)
    #expect(scanner.finish() == failure)
    scanner.reset()
    #expect(scan("[]", with: &scanner) == .end(consumed: 2))
  }

  @Test func `a stream that ends inside a value fails`() {
    for text in ["", " ", "[", #""a"#, "-", "1.", "1e", "tru", #"{"a":1"#] {
      var scanner = JSONScanner()
      #expect(scan(text, with: &scanner) == .needMore)
      #expect(scanner.finish() == .failed(JSONError(.unexpectedEnd, at: text.utf8.count)))
    }
  }

  @Test func `finds one value after the other`() {
    let stream = #"{"a":1} [2]"x" 3 true{"b":[{}]}"#
    var rest = Array(stream.utf8)[...]
    var values: [String] = []
    var scanner = JSONScanner()
    while case .end(let consumed) = rest.withUnsafeBytes({ scanner.scan($0) }) {
      values.append(String(decoding: rest.prefix(consumed), as: UTF8.self))
      rest = rest.dropFirst(consumed)
      scanner.reset()
    }
    #expect(values == [#"{"a":1}"#, " [2]", #""x""#, " 3", " true", #"{"b":[{}]}"#])
    #expect(scanner.isAtStart)
  }

  @Test(arguments: [1, 63, 64, 65, 128, 129, 1024])
  func `accepts nesting at the limit and not one level more`(limit: Int) {
    // Objects and arrays take turns, so that every bit of the stack matters.
    func text(_ depth: Int) -> [UInt8] {
      let open = (0..<depth).map { $0 % 3 == 0 ? #"{"a":"# : "[" }.joined()
      let close = (0..<depth).reversed().map { $0 % 3 == 0 ? "}" : "]" }.joined()
      return Array((open + "0" + close).utf8)
    }
    #expect(scanProblem([text(limit)[...]], maxDepth: limit) == nil)
    #expect(
      scanProblem([text(limit + 1)[...]], maxDepth: limit) == parseProblem(text(limit + 1), maxDepth: limit))
    #expect(parseProblem(text(limit + 1), maxDepth: limit)?.kind == .depth)
    var swapped = text(limit)
    swapped[swapped.count - 1] = UInt8(ascii: "]")
    #expect(scanProblem([swapped[...]], maxDepth: limit) == JSONError(.expectedComma, at: swapped.count - 1))
  }

  @Test func `the nesting limit has a ceiling`() {
    let text = Array(repeating: UInt8(ascii: "["), count: 2000)
    #expect(scanProblem([text[...]], maxDepth: .max) == JSONError(.depth, at: 1024))
    #expect(scanProblem([text[...]]) == JSONError(.depth, at: 64))
  }

  private func scan(_ text: String, with scanner: inout JSONScanner) -> ScanResult {
    Array(text.utf8).withUnsafeBytes { scanner.scan($0) }
  }
}
