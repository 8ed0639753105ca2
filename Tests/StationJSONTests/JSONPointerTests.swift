import StationJSON
import Testing

@Suite struct JSONPointerTests {
  /// The document and the answers of RFC 6901 section 5.
  static let document: JSONValue = [
    "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7,
    "m~n": 8,
  ]

  static let answers: [(String, JSONValue)] = [
    ("", document), ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/c%d", 2),
    ("/e^f", 3), ("/g|h", 4), ("/i\\j", 5), ("/k\"l", 6), ("/ ", 7), ("/m~0n", 8),
  ]

  @Test(arguments: answers)
  func `resolves the examples of RFC 6901`(text: String, value: JSONValue) throws {
    let pointer = try #require(JSONPointer(text))
    #expect(pointer.resolve(in: Self.document) == value)
    #expect(pointer.description == text)
  }

  @Test(arguments: [
    "/foo/2", "/foo/00", "/foo/01", "/foo/-", "/foo/-1", "/foo/+1", "/foo/", "/foo/x", "/x", "/foo/0/y",
    "/foo/99999999999999999999",
  ])
  func `resolves to nothing where there is nothing`(text: String) throws {
    #expect(try #require(JSONPointer(text)).resolve(in: Self.document) == nil)
  }

  @Test(arguments: ["foo", "#/foo", "/~", "/~2", "/a~", "~0"])
  func `is not read from what is no pointer`(text: String) {
    #expect(JSONPointer(text) == nil)
  }

  @Test func `is built from keys and indexes`() {
    let pointer = JSONPointer().appending("a/b").appending(3).appending("~").appending("~1").appending("")
    #expect(pointer.description == "/a~1b/3/~0/~01/")
    #expect(JSONPointer(pointer.description) == pointer)
    #expect(pointer.tokens == ["a/b", "3", "~", "~1", ""])
    #expect(Set([pointer, JSONPointer(tokens: pointer.tokens), JSONPointer()]).count == 2)
    #expect(JSONPointer().appending("\u{E9}") != JSONPointer().appending("e\u{301}"))
  }
}
