import ArgumentParser
import StationClient

/// `stationctl config`
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration("config", subcommands: [ConfigShowCommand.self])
}

/// `stationctl config show`
struct ConfigShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: Language.current.pick(
      "Show every value of the running daemon, and where it came from.", zh: "查看运行中守护进程的全部配置值及其来源。"))

  @OptionGroup var options: GlobalOptions

  /// The sources that are no files.
  private static let sources = [
    "default": "默认值", "development profile": "开发模式", "beside the file": "配置文件同目录",
  ]

  func run() throws {
    let result = try options.connect(otherwise: .administrator).call("system.config")
    if options.json {
      return Terminal.out(result.encodedString + "\n")
    }
    if options.ndjson {
      return Terminal.out(ResultPrinter.lines(result["values"] ?? .array([])))
    }
    let language = options.language
    var table = Table(columns: [
      .init(language.pick("KEY", zh: "配置项")), .init(language.pick("FROM", zh: "来源")),
      .init(language.pick("VALUE", zh: "值")),
    ])
    for value in result["values"]?.arrayValue ?? [] {
      // A value may be longer than any line: what stands behind it would not be seen.
      let source = value["source"]?.stringValue ?? ""
      table.add([
        value["key"]?.stringValue ?? "", language.pick(source, zh: Self.sources[source] ?? source),
        value["value"]?.stringValue ?? "",
      ])
    }
    Terminal.out(table.text(colours: options.colours))
  }
}
