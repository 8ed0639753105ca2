import StationClient
import Testing

@Suite struct CommandWordsTests {
  @Test(arguments: [[], ["support", "open", "--summary", "警察"], ["", "é\n"]])
  func `text is what was typed`(words: [String]) throws {
    #expect(try CommandWords.decode(words.map { Array($0.utf8) }) == words)
  }

  @Test(
    arguments: [
      // 警察 in GBK, é in Latin-1, a character cut in two.
      (
        [0xBE, 0xAF, 0xB2, 0xEC],
        "argument 3 ('\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}'), after '--summary', is not UTF-8"
      ),
      ([0x61, 0xE9], "argument 3 ('a\u{FFFD}'), after '--summary', is not UTF-8"),
      ([0x61, 0xE8, 0xAD], "argument 3 ('a\u{FFFD}'), after '--summary', is not UTF-8"),
    ] as [([UInt8], String)])
  func `another encoding is refused, and where it is is told`(word: [UInt8], start: String) throws {
    let words = ["support", "--summary"].map { Array($0.utf8) } + [word, Array("x".utf8)]
    let error = try #require(throws: UsageError.self) { try CommandWords.decode(words) }
    #expect(error.en.hasPrefix(start), "\(error.en)")
    #expect(error.zh.hasPrefix("第 3 个参数") && error.zh.contains("--summary"))
  }

  @Test func `the first word has none before it`() throws {
    let error = try #require(throws: UsageError.self) { try CommandWords.decode([[0xFF]]) }
    #expect(error.en.hasPrefix("argument 1 ('\u{FFFD}') is not UTF-8"))
  }
}
