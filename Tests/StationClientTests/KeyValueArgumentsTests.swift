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

  @Test(arguments: [
    ["a=1", "a=2"], ["a=1", "a.b=2"], ["a.b=1", "a=2"], ["a:=x"], ["a..b=1"], [".=1"], ["a=1", "2"], ["[1"],
    [#"{"a":1,}"#], ["-", "-"], ["@list", "a=1"],
  ])
  func `words that contradict each other or are no JSON are refused`(words: [String]) {
    #expect(throws: UsageError.self) { try KeyValueArguments.params(words) { _ in Array("[]".utf8) } }
  }
}
