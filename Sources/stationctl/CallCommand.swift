import ArgumentParser
import StationClient
import StationJSON

/// `stationctl call METHOD …`
struct CallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    "call",
    discussion: Language.current.pick(
      """
      a=1 is JSON where it is valid JSON, else text; a:=1 must be JSON; a==1 is text; a.b=1 is a member of a. \
      a=@file and a=- are the text of a file and of standard input, a:=@file and a:=- its JSON; a text that begins \
      with @ is a==@text. @file and - alone are all params as JSON. A JSON array, or words without '=', are \
      positional params.
      """,
      zh: """
        a=1 若为有效 JSON 则按 JSON，否则按文本；a:=1 必须为 JSON；a==1 按文本；a.b=1 为 a 的成员。
        a=@file 与 a=- 分别取文件和标准输入的文本，a:=@file 与 a:=- 取其 JSON；以 @ 开头的文本写作 a==@文本。
        单独的 @file 与 - 为 JSON 形式的全部参数。JSON 数组或不含“=”的词为按位置的参数。
        """))

  @OptionGroup var options: GlobalOptions
  @OptionGroup var keyOption: KeyOption

  @Argument(help: ArgumentHelp(Language.current.pick("Such as support.list.", zh: "例如 support.list。")))
  var method: String

  @Argument(help: ArgumentHelp("key=value, key:=JSON, key==text, key=@file, @file, -", valueName: "param"))
  var params: [String] = []

  func run() throws {
    let params = try KeyValueArguments.params(params, read: Terminal.read)
    let whole = try options.params(params, key: keyOption.key)
    let result = try options.connect(otherwise: SocketName(for: method)).call(method, whole)
    if options.ndjson {
      Terminal.out(ResultPrinter.lines(result))
    } else if Terminal.outIsTerminal, !options.json {
      Terminal.out(result.prettyPrinted + "\n")
    } else {
      Terminal.out(result.encodedString + "\n")
    }
  }
}
