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
      .init(language.pick("KEY", zh: "配置项")), .init(language.pick("VALUE", zh: "值")),
      .init(language.pick("FROM", zh: "来源")),
    ])
    for value in result["values"]?.arrayValue ?? [] {
      table.add(["key", "value", "source"].map { value[$0]?.stringValue ?? "" })
    }
    Terminal.out(table.text(colours: options.colours))
  }
}
