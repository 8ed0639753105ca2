import Glibc
import StationJSON
import Testing

@Suite struct JSONParserTests {
  @Test func `the tables are as long as JSONTestSuite's`() {
    #expect(SuiteCase.accepted.count >= 95)
    #expect(SuiteCase.rejected.count + SuiteCase.duplicates.count >= 188)
    let names = (SuiteCase.accepted + SuiteCase.rejected + SuiteCase.duplicates).map(\.bytes)
    #expect(Set(names).count == names.count)
  }

  @Test(arguments: SuiteCase.accepted)
  func `accepts what RFC 8259 allows`(text: SuiteCase) throws {
    let value = try JSONParser.parse(text.bytes)
    #expect(try JSONParser.parse(value.encoded()) == value)
  }

  @Test(arguments: SuiteCase.rejected)
  func `refuses what RFC 8259 does not allow`(text: SuiteCase) {
    #expect(throws: JSONError.self) { try JSONParser.parse(text.bytes) }
  }

  @Test(arguments: SuiteCase.duplicates)
  func `refuses a key twice`(text: SuiteCase) {
    #expect(parseProblem(text.bytes)?.kind == .duplicateKey)
  }

  static let problems: [(String, JSONErrorKind, Int)] = [
    ("", .unexpectedEnd, 0), ("  ", .unexpectedEnd, 2), ("[1", .unexpectedEnd, 2),
    ("\u{FEFF}{}", .byteOrderMark, 0), ("[,]", .expectedValue, 1), ("[1,]", .expectedValue, 3),
    ("{1}", .expectedKey, 1), (#"{"a":1,}"#, .expectedKey, 7), (#"{"a" 1}"#, .expectedColon, 5),
    ("[1 2]", .expectedComma, 3), ("[1}", .expectedComma, 2), ("nul1", .invalidLiteral, 3),
    ("[-]", .invalidNumber, 2), ("01", .invalidNumber, 1), ("1.x", .invalidNumber, 2),
    ("1e+.", .invalidNumber, 3), (#""\q""#, .invalidEscape, 2), (#""\u12g4""#, .invalidEscape, 5),
    (#""\uD800""#, .loneSurrogate, 7), (#""\uD800\n""#, .loneSurrogate, 8),
    (#""\uD800\u1234""#, .loneSurrogate, 9), (#""\uD800\uD800""#, .loneSurrogate, 10),
    (#""\uDC00""#, .loneSurrogate, 4), ("\"\u{1}\"", .controlCharacter, 1),
    (#"{"a":1,"b":2,"a":3}"#, .duplicateKey, 13), ("1 2", .trailingBytes, 2), ("truex", .trailingBytes, 4),
  ]

  @Test(arguments: problems)
  func `says what is wrong at which byte`(text: String, kind: JSONErrorKind, offset: Int) {
    #expect(parseProblem(Array(text.utf8)) == JSONError(kind, at: offset))
  }

  @Test func `describes an error for a person`() {
    #expect(JSONError(.duplicateKey, at: 7).description == "the object has this key already at byte 7")
    #expect(Set(JSONErrorKind.allCases.map(\.explanation)).count == JSONErrorKind.allCases.count)
  }

  static let strings: [(String, [UInt32])] = [
    (#""\"\\\/\b\f\n\r\t""#, [0x22, 0x5C, 0x2F, 8, 12, 10, 13, 9]),
    (#""\u0000\u007f""#, [0, 0x7F]), (#""\u0080\u07FF""#, [0x80, 0x7FF]),
    (#""\u0800\uD7FF\uE000\uffff""#, [0x800, 0xD7FF, 0xE000, 0xFFFF]),
    (#""\ud800\udc00\uDBFF\uDFFF""#, [0x10000, 0x10FFFF]),
    (#""a\u00e9z \ud83d\ude00!""#, [0x61, 0xE9, 0x7A, 0x20, 0x1F600, 0x21]),
    ("\"\u{4E2D}\\n\u{6587}\"", [0x4E2D, 10, 0x6587]), (#""\\u0041""#, [0x5C, 0x75, 0x30, 0x30, 0x34, 0x31]),
  ]

  @Test(arguments: strings)
  func `reads escapes as the characters they stand for`(text: String, scalars: [UInt32]) throws {
    let string = try #require(try JSONParser.parse(text).stringValue)
    #expect(string.unicodeScalars.map(\.value) == scalars)
  }

  @Test(arguments: 0...40)
  func `finds an escape at every place of a long string`(place: Int) throws {
    let before = String(repeating: "x", count: place)
    #expect(try JSONParser.parse("\"\(before)\\n12345678\"") == .string("\(before)\n12345678"))
    #expect(
      parseProblem(Array("\"\(before)\u{1F}12345678\"".utf8)) == JSONError(.controlCharacter, at: place + 1))
    #expect(try JSONParser.parse("\"\(before)\u{7F}\u{4E2D}12345678\"").stringValue?.utf8.count == place + 12)
  }

  @Test(arguments: [1, 2, 63, 64, 65, 200, 1024])
  func `accepts nesting at the limit and not one level more`(limit: Int) {
    for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
      func text(_ depth: Int) -> [UInt8] {
        Array((String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)).utf8)
      }
      #expect(parseProblem(text(limit), maxDepth: limit) == nil)
      let problem = JSONError(.depth, at: limit * open.utf8.count)
      #expect(parseProblem(text(limit + 1), maxDepth: limit) == problem)
    }
  }

  @Test func `the nesting limit is 64 unless named, and has a ceiling`() {
    func nested(_ depth: Int) -> [UInt8] {
      Array(repeating: UInt8(ascii: "["), count: depth) + Array(repeating: UInt8(ascii: "]"), count: depth)
    }
    #expect(parseProblem(nested(64)) == nil)
    #expect(parseProblem(nested(65)) == JSONError(.depth, at: 64))
    #expect(parseProblem(nested(1025), maxDepth: .max) == JSONError(.depth, at: 1024))
    #expect(parseProblem(Array(repeating: UInt8(ascii: "["), count: 1 << 20)) == JSONError(.depth, at: 64))
    #expect(parseProblem([UInt8](#"{"a":[]}"#.utf8), maxDepth: 1) == JSONError(.depth, at: 5))
    #expect(parseProblem([0x31], maxDepth: 0) == nil)
    #expect(parseProblem(nested(1), maxDepth: -1) == JSONError(.depth, at: 0))
  }

  @Test func `reads an object of 100000 keys in linear time`() throws {
    func text(_ count: Int) -> String {
      "{" + (0..<count).map { "\"key-\($0)\":\($0)" }.joined(separator: ",") + "}"
    }
    // The thread's own time: what else the machine does is not counted.
    func now() -> Int {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
    func time(_ text: String) throws -> Int {
      let bytes = Array(text.utf8)
      let start = now()
      _ = try JSONParser.parse(bytes)
      return now() - start
    }
    let small = text(10_000)
    let large = text(100_000)
    let base = try min(time(small), time(small), time(small))
    // Ten times the keys; a hundred times as long would be quadratic.
    #expect(try min(time(large), time(large), time(large)) < base * 40)
    let object = try #require(try JSONParser.parse(large).objectValue)
    #expect(object.count == 100_000)
    #expect(object["key-0"] == 0)
    #expect(object["key-99999"] == 99_999)
    #expect(object["key-100000"] == nil)
    let twice = large.dropLast() + ",\"key-5\":0}"
    #expect(parseProblem(Array(twice.utf8)) == JSONError(.duplicateKey, at: large.utf8.count))
  }

  @Test func `all inputs parse alike`() throws {
    let text = #" {"a": [1, 2.50, "b"]} "#
    let value: JSONValue = ["a": [1, .number(try #require(JSONNumber(literal: "2.50"))), "b"]]
    #expect(try JSONParser.parse(text) == value)
    #expect(try JSONParser.parse(Array(text.utf8)) == value)
    #expect(try JSONParser.parse(Array("xx\(text)yy".utf8)[2..<(2 + text.utf8.count)]) == value)
    #expect(try Array(text.utf8).withUnsafeBytes { try JSONParser.parse($0) } == value)
    #expect(throws: JSONError(.unexpectedEnd, at: 0)) {
      try JSONParser.parse(UnsafeRawBufferPointer(start: nil, count: 0))
    }
    #expect(throws: JSONError(.expectedValue, at: 0)) { try JSONParser.parse(Array("[1]".utf8)[2...]) }
  }
}
