import StationClient
import Testing

@Suite struct CompleterTests {
  @Test(
    arguments: [
      (["st"], ["status"]),
      (["s"], ["status", "support"]),
      (["support", ""], ["list", "open"]),
      (["directory", ""], ["unit"]),
      (["directory", "unit", "g"], ["get"]),
      (["support", "open", "--u"], ["--urgency"]),
      (["support", "open", "--urgency", "i"], ["immediate"]),
      (["--socket", "/x", "support", "l"], ["list"]),
      (["audit", "ver"], ["verify"]),
      (["audit", "verify", "--e"], ["--extends"]), (["audit", "verify", "--o"], []),
      (["audit", "verify", "--k"], ["--key"]), (["audit", "witness", "--k"], ["--keep"]),
      (["help", "audit", "ch"], ["check"]), (["help", "support", "o"], ["open"]),
      (["call", "support.open", "u"], ["urgency="]), (["call", "support.open", "urgency=urgent", "ur"], []),
      (["call", "support."], ["support.list", "support.open"]),
      (["--lang", ""], ["en", "zh"]),
      (["support", "list", "--purpose", "a"], ["audit"]),
      (["completion", "b"], ["bash"]),
      (["support", "open", "--facts.p"], ["--facts.persons_involved"]),
    ] as [([String], [String])])
  func `the next word`(words: [String], expected: [String]) throws {
    let completer = Completer(api: try Fixtures.api(), language: .en)
    #expect(completer.candidates(for: words).map(\.word) == expected)
  }

  @Test func `without a daemon the program's own commands are offered`() {
    let completer = Completer(api: nil, language: .zh)
    #expect(completer.candidates(for: [""]).map(\.word) == StaticCommand.all.map(\.name))
    #expect(completer.candidates(for: ["support", ""]).isEmpty)
  }
}
