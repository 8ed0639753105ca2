import StationClient
import StationJSON
import Testing

@Suite struct KeyValueArgumentsTests {
  @Test(
    arguments: [
      ([], "{}"),
      (["a=1"], #"{"a":1}"#),
      (["a=1.50", "b=x y", "c=", "d=true", "e=null"], #"{"a":1.50,"b":"x y","c":"","d":true,"e":null}"#),
      (["a==1", "b==", "c===x"], #"{"a":"1","b":"","c":"=x"}"#),
      (["a:=[1,2]", #"b:={"c":1}"#], #"{"a":[1,2],"b":{"c":1}}"#),
      (["a.b=1", "a.c.d=x"], #"{"a":{"b":1,"c":{"d":"x"}}}"#),
      (["url=http://x?a=b"], #"{"url":"http://x?a=b"}"#),
      (["名=张三"], #"{"名":"张三"}"#),
      (["[1,2]"], "[1,2]"),
      ([#"{"a":"b=c"}"#], #"{"a":"b=c"}"#),
      (["1", "x"], #"[1,"x"]"#),
      (["@file"], #"{"from":"file","a":0}"#),
      (["@file", "a=1"], #"{"from":"file","a":1}"#),
      (["-"], #"{"from":"-","a":0}"#),
    ] as [([String], String)])
  func `words become params`(words: [String], expected: String) throws {
    let params = try KeyValueArguments.params(words) { name in Array(#"{"from":"\#(name)","a":0}"#.utf8) }
    #expect(try params == JSONParser.parse(expected))
  }

  @Test(
    arguments: [
      (["a=@words", "b=-"], #"{"a":"of words","b":"of -"}"#),
      (["a:=@json", "b.c=@words"], #"{"a":[1],"b":{"c":"of words"}}"#),
      (["a:=-"], #"{"a":"of -"}"#),
      (["a==@words", "b==-", "c=x@words", "d=-1"], #"{"a":"@words","b":"-","c":"x@words","d":-1}"#),
    ] as [([String], String)])
  func `values come from files`(words: [String], expected: String) throws {
    let params = try KeyValueArguments.params(words) { name in
      switch (name, words.first?.hasPrefix("a:=")) {
      case ("json", _): Array("[1]".utf8)
      case ("-", true): Array(#""of -""#.utf8)
      default: Array("of \(name)\n".utf8)
      }
    }
    #expect(try params == JSONParser.parse(expected))
  }

  @Test(arguments: [["a=-", "b=-"], ["-", "a=-"], ["a=@gbk"], ["a:=@gbk"], ["a=@none"]])
  func `files that give no value are refused`(words: [String]) {
    #expect(throws: UsageError.self) {
      try KeyValueArguments.params(words) { name throws(UsageError) in
        if name == "none" { throw UsageError("cannot read none", zh: "") }
        return name == "gbk" ? [0xBE, 0xAF] : Array("{}".utf8)
      }
    }
  }

  @Test(arguments: [
    ["a=1", "a=2"], ["a=1", "a.b=2"], ["a.b=1", "a=2"], ["a:=x"], ["a..b=1"], [".=1"], ["a=1", "2"], ["[1"],
    [#"{"a":1,}"#], ["-", "-"], ["@list", "a=1"],
  ])
  func `words that contradict each other or are no JSON are refused`(words: [String]) {
    #expect(throws: UsageError.self) { try KeyValueArguments.params(words) { _ in Array("[]".utf8) } }
  }
}
