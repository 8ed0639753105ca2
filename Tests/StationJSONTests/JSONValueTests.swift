import StationJSON
import Testing

@Suite struct JSONValueTests {
  @Test func `literals make values`() {
    let value: JSONValue = [nil, true, -7, "x", [1], ["a": nil, "b": [:]]]
    #expect(value.encodedString == #"[null,true,-7,"x",[1],{"a":null,"b":{}}]"#)
  }

  @Test func `a key twice in a literal keeps the first place and the last value`() {
    let value: JSONValue = ["a": 1, "b": 2, "a": 3]
    #expect(value.encodedString == #"{"a":3,"b":2}"#)
    let object: JSONObject = ["a": 1, "b": 2, "a": 3]
    #expect(JSONValue.object(object) == value)
  }

  @Test func `accessors give nil for other kinds`() {
    let kinds: [JSONValue] = [nil, true, 5, "s", [1], ["k": 1]]
    #expect(kinds.map(\.isNull) == [true, false, false, false, false, false])
    #expect(kinds.map(\.boolValue) == [nil, true, nil, nil, nil, nil])
    #expect(kinds.map(\.intValue) == [nil, nil, 5, nil, nil, nil])
    #expect(kinds.map(\.numberValue) == [nil, nil, 5, nil, nil, nil])
    #expect(kinds.map(\.stringValue) == [nil, nil, nil, "s", nil, nil])
    #expect(kinds.map(\.arrayValue) == [nil, nil, nil, nil, [1], nil])
    #expect(kinds.map(\.objectValue) == [nil, nil, nil, nil, nil, ["k": 1]])
    #expect(kinds.map { $0["k"] } == [nil, nil, nil, nil, nil, 1])
    #expect(JSONValue.int(.min).intValue == .min)
  }

  @Test func `equality is of kind and content`() {
    let values: [JSONValue] = [nil, false, true, 0, "", "0", [], [0], [:], ["0": 0], ["0": 1], ["1": 0]]
    for (i, left) in values.enumerated() {
      for (j, right) in values.enumerated() { #expect((left == right) == (i == j), "\(left) \(right)") }
    }
    #expect(Set(values).count == values.count)
  }

  @Test func `strings are equal when their bytes are`() {
    let one: JSONValue = "\u{E9}"
    let two: JSONValue = "e\u{301}"
    #expect(one != two)
    #expect(Set([one, two, "\u{E9}"]).count == 2)
    let long = String(repeating: "x", count: 40)
    #expect(JSONValue.string(long + "a") != .string(long + "b"))
    #expect(JSONValue.string("a" + long) != .string("b" + long))
    #expect(JSONValue.string(long) == .string(String(Substring(long))))
  }

  @Test(arguments: 0..<50)
  func `what is encoded parses to the same value`(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<20 {
      let value = JSONValue.random(depth: 5, using: &generator)
      #expect(try JSONParser.parse(value.encoded()) == value)
      #expect(try JSONParser.parse(value.prettyPrinted) == value)
      let canonical = try JSONParser.parse(value.canonical)
      #expect(canonical == value)
      #expect(canonical.hashValue == value.hashValue)
      #expect(canonical.encoded() == value.canonical)
      #expect(try JSONParser.parse(value.encodedString).encodedString == value.encodedString)
    }
  }

  @Test(arguments: SuiteCase.accepted)
  func `what was parsed encodes to a text that parses to itself`(text: SuiteCase) throws {
    let encoded = try JSONParser.parse(text.bytes).encoded()
    #expect(try JSONParser.parse(encoded).encoded() == encoded)
  }

  @Test func `strings are escaped as little as JSON allows`() {
    let string = "\"\\/\u{8}\u{C}\n\r\t\u{0}\u{1F}\u{7F}\u{80}\u{4E2D}\u{2028}\u{1F600}"
    let expected = #""\"\\/\b\f\n\r\t\u0000\u001f"# + "\u{7F}\u{80}\u{4E2D}\u{2028}\u{1F600}\""
    #expect(JSONValue.string(string).encodedString == expected)
    var output: [UInt8] = [0x3E]
    JSONWriter.write("a\u{1B}", into: &output)
    JSONWriter.write(-12, into: &output)
    #expect(String(decoding: output, as: UTF8.self) == #">"a\u001b"-12"#)
  }

  @Test func `encoding appends`() {
    var output = Array("x".utf8)
    JSONValue.array([]).encode(into: &output)
    JSONObject().encode(into: &output)
    JSONNumber(7).encode(into: &output)
    #expect(String(decoding: output, as: UTF8.self) == "x[]{}7")
  }

  @Test func `pretty printing puts a member on a line`() {
    let value: JSONValue = ["a": [1, [], [:]], "b": ["c": "d"]]
    #expect(
      value.prettyPrinted == """
        {
          "a": [
            1,
            [],
            {}
          ],
          "b": {
            "c": "d"
          }
        }
        """)
  }

  @Test func `the canonical form sorts keys by their bytes at every level`() {
    let value: JSONValue = [
      "b": 1, "\u{1F600}": 2, "a": [["z": 1, "y": 2]], "\u{FFFF}": 3, "": 4, "aa": 5, "B": 6,
    ]
    let expected =
      "{\"\":4,\"B\":6,\"a\":[{\"y\":2,\"z\":1}],\"aa\":5,\"b\":1,\"\u{FFFF}\":3,\"\u{1F600}\":2}"
    #expect(String(decoding: value.canonical, as: UTF8.self) == expected)
  }

  @Test func `a string is written byte for byte, wherever in it an escape is needed`() {
    let escaped: [(String, String)] = [
      ("\"", "\\\""), ("\\", "\\\\"), ("\u{00}", "\\u0000"), ("\u{1F}", "\\u001f"), ("\n", "\\n"),
    ]
    let plain = [" ", "!", "#", "[", "]", "\u{7F}", "\u{80}", "¢", "民", "𠮷", "\u{2028}"].map { ($0, $0) }
    var wrong: [String] = []
    for fill in ["a", "民", "\u{FF}"] {
      for length in 0..<18 {
        let fill = String(repeating: fill, count: length)
        for (first, written) in escaped + plain {
          for (second, more) in escaped + plain {
            let text = "\(fill)\(first)\(second)\(fill)"
            let expected = "\"\(fill)\(written)\(more)\(fill)\""
            if JSONValue.string(text).encoded() != Array(expected.utf8) { wrong.append(text) }
          }
        }
      }
    }
    #expect(wrong == [])
  }
}
