import Glibc
import StationClient
import Testing

@Suite struct ParserTextTests {
  @Test(arguments: [
    ("Missing expected argument '<method>'", "缺少参数“<method>”"),
    ("Missing value for '--timeout <seconds>'", "“--timeout <seconds>”缺少值"),
    ("Unknown option '--jso'. Did you mean '--json'?", "没有选项“--jso”；是否想输入“--json”？"),
    ("The value 'abc' is invalid for '--timeout <seconds>'", "值“abc”不适用于“--timeout <seconds>”"),
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

  @Test func `so is what the system says`() {
    #expect(SystemText.text(ENOENT, .zh) == "没有该文件或目录")
    #expect(SystemText.text(ENOENT, .en) == "No such file or directory")
    #expect(SystemText.text(EXDEV, .zh) == SystemText.text(EXDEV, .en))
  }
}
