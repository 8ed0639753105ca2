import Glibc
import StationClient
import StationJSON
import Testing

@Suite struct ParserTextTests {
  @Test(arguments: [
    ("Missing expected argument '<method>'", "缺少参数“<method>”"),
    ("Missing value for '--timeout <seconds>'", "“--timeout <seconds>”缺少值"),
    ("Unknown option '--jso'. Did you mean '--json'?", "没有选项“--jso”；是否想输入“--json”？"),
    ("The value 'abc' is invalid for '--timeout <seconds>'", "值“abc”不适用于“--timeout <seconds>”"),
    (
      "The value 'fr' is invalid for '--lang <en|zh>'. Please provide one of 'en' and 'zh'.",
      "值“fr”不适用于“--lang <en|zh>”，可选“en”和“zh”"
    ),
    ("The option '--json' does not take any value, but '1' was specified.", "选项“--json”不接受值，却给了“1”"),
    ("Unexpected argument '警'", "多余的“警”"),
    ("2 unexpected arguments: 'a', 'b'", "命令行有误：2 unexpected arguments: 'a', 'b'"),
    ("The value 'it's' is invalid for 'x'", "命令行有误：The value 'it's' is invalid for 'x'"),
    ("--timeout 须在 0.001 至 3600 秒之间。", "--timeout 须在 0.001 至 3600 秒之间。"),
    (
      "Unknown option '-x'\nUsage: stationctl a\n       stationctl b\n  See 'stationctl --help' for more information.",
      "没有选项“-x”\n用法： stationctl a\n       stationctl b\n  详见 stationctl --help"
    ), ("", "命令行有误："),
  ])
  func `a mistake that the parser finds is told in the reader's language`(english: String, chinese: String) {
    #expect(ParserText.text(english, .zh) == chinese)
    #expect(ParserText.text(english, .en) == english)
  }

  @Test func `its help is in the reader's language`() {
    let english = """
      OVERVIEW: 新建。

      USAGE: stationctl plugin <subcommand>
             stationctl plugin

      ARGUMENTS:
        <name>                  名称。

      OPTIONS:
        --lang <en|zh>          语言。 (values: en, zh)
        --language <python>     编程语言。 (values: python, swift; default:
                                python)
        --config <file>         配置。 (default: a.yaml)
        --version               Show the version.
        -h, --help              Show help information.

      SUBCOMMANDS:
        new                     新建。

        See 'stationctl help plugin <subcommand>' for detailed help.
      """
    let chinese = """
      概述：新建。

      用法： stationctl plugin <子命令>
             stationctl plugin

      参数：
        <name>                  名称。

      选项：
        --lang <en|zh>          语言。（可选值：en, zh）
        --language <python>     编程语言。（可选值：python, swift；默认：
                                python）
        --config <file>         配置。（默认：a.yaml）
        --version               显示版本。
        -h, --help              显示帮助。

      子命令：
        new                     新建。

        详见 stationctl help plugin <子命令>
      """
    #expect(ParserText.help(english, .zh) == chinese)
    #expect(ParserText.help(english, .en) == english)
  }

  @Test func `so is what the system says`() {
    #expect(SystemText.text(ENOENT, .zh) == "没有该文件或目录")
    #expect(SystemText.text(ENOENT, .en) == "No such file or directory")
    #expect(SystemText.text(of: "/a/audit.key is missing", .zh) == "/a/audit.key 不存在")
    #expect(SystemText.text(of: "/a: Permission denied", .zh) == "/a：权限不足")
    #expect(SystemText.text(of: "/a: Permission denied", .en) == "/a: Permission denied")
    #expect(SystemText.text(EXDEV, .zh) == SystemText.text(EXDEV, .en))
  }

  @Test func `so is what is wrong with JSON`() {
    #expect(
      throws: UsageError(
        "'a:=abc' is not JSON: a JSON value is expected at byte 0", zh: "“a:=abc”不是有效的 JSON：第 0 字节处应为 JSON 值")
    ) {
      try KeyValueArguments.params(["a:=abc"]) { (_: String) throws(UsageError) -> [UInt8] in [] }
    }
    for kind in JSONErrorKind.allCases {
      let text = JSONError(kind, at: 7).text(.zh)
      #expect(text.hasPrefix("第 7 字节处") && text.contains { $0 >= "\u{4E00}" }, "\(kind)")
      #expect(JSONError(kind, at: 7).text(.en) == JSONError(kind, at: 7).description)
    }
  }

  @Test(arguments: [
    ("handling", "办案处置(handling)"), ("court_or_prosecutor", "法院或检察院(court_or_prosecutor)"), ("new", "new"),
  ])
  func `purposes have names`(code: String, chinese: String) {
    #expect(PurposeText.name(code, .zh) == chinese)
    #expect(PurposeText.name(code, .en) == code)
  }
}
