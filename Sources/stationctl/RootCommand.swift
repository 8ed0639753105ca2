import ArgumentParser
import StationClient

/// The commands that are known when the program is built.
struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stationctl",
    abstract: Language.current.pick("Talk to stationd.", zh: "stationd 命令行工具。"),
    usage: """
      stationctl COMMAND …
      stationctl MODULE METHOD [--option value …]
      """,
    discussion: Language.current.pick(
      """
      Every method of the daemon is a command: support.open is 'stationctl support open'. \
      Try 'stationctl support --help' and 'stationctl support open --help'.

      Exit codes: 0 done, 1 the daemon answered an error or a log does not verify, 2 it cannot be talked to, a state \
      not be examined or the output not be written, 3 wrong usage, 4 denied, 5 timed out, 6 unavailable.
      """,
      zh: """
        守护进程的每个方法都是一条命令：support.open 即“stationctl support open”。可试
        “stationctl support --help”和“stationctl support open --help”。

        退出码：0 成功，1 守护进程报错或日志未通过验证，2 无法通信、无法检查状态目录或无法写出结果，3 用法错误，4 无权限，5 超时，6 暂不可用。
        """),
    version: "stationctl 0.1.0",
    subcommands: [
      CallCommand.self, StatusCommand.self, EventsCommand.self, WatchCommand.self, ImportCommand.self,
      AuditCommand.self, KeyCommand.self, RetentionCommand.self, ConfigCommand.self, ReloadCommand.self,
      BackupCommand.self, RestoreCommand.self, HealthCommand.self, MetricsCommand.self, DoctorCommand.self,
      PluginCommand.self,
      CompletionCommand.self, CompleteCommand.self,
    ])

  @OptionGroup var options: GlobalOptions

  /// Whether the error is a parser's message, a request for help or the like, and not one of a command's run.
  static func isParserError(_ error: any Error) -> Bool {
    switch error {
    case is ClientError, is UsageError, is LogFault, is OutputFault: false
    default: true
    }
  }
}

extension CommandConfiguration {
  /// The configuration of a command of the program's own table.
  init(_ name: String, discussion: String = "", subcommands: [any ParsableCommand.Type] = []) {
    let about = StaticCommand.all.first { $0.name == name }?.about(.current) ?? ""
    self.init(commandName: name, abstract: about, discussion: discussion, subcommands: subcommands)
  }
}
