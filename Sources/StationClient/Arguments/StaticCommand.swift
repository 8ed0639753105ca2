/// The commands that the program has without asking the daemon. All other first words are modules.
package struct StaticCommand: Sendable {
  package let name: String
  package let en: String
  package let zh: String
  /// The only second words that are meant; others belong to the module of that name. Empty if all are.
  package let subcommands: [String]
  /// Options of its own, for completion.
  package let options: [String]
  /// Those of its second words.
  package var subcommandOptions: [String: [String]] = [:]

  package static let all = [
    StaticCommand(
      name: "call", en: "Call a method with params as key=value or JSON", zh: "以 key=value 或 JSON 参数调用方法",
      subcommands: [], options: ["--key"]),
    StaticCommand(
      name: "status", en: "Show what the daemon is and whether it is well", zh: "查看守护进程的信息与健康状况",
      subcommands: [], options: []),
    StaticCommand(
      name: "events", en: "Print events, past and as they happen", zh: "查看事件，可持续跟踪", subcommands: [],
      options: ["--since", "--kind", "--follow"]),
    StaticCommand(
      name: "watch", en: "Show open support requests with the time left", zh: "实时查看未关闭的支援请求及剩余时间",
      subcommands: [], options: ["--once", "--department", "--station"]),
    StaticCommand(
      name: "import", en: "Enter the lines of a file, many at once; running it again enters nothing twice",
      zh: "批量导入文件各行；重复运行不会重复录入", subcommands: [],
      options: ["--method", "--refused", "--progress", "--batch", "--in-flight"]),
    StaticCommand(
      name: "audit", en: "Verify the audit log, export and check proofs", zh: "验证审计日志，导出并核验证明",
      subcommands: ["verify", "export", "check", "witness"],
      options: [],
      subcommandOptions: [
        "verify": ["--state", "--db", "--anchor", "--key", "--extends"],
        "export": ["--records", "--out", "--content", "--key"], "check": ["--key"],
        "witness": ["--policy", "--keep", "--show"],
      ]),
    StaticCommand(
      name: "key", en: "Make a master key; rotate to it", zh: "生成主密钥；轮换主密钥", subcommands: ["new", "rotate"],
      options: []),
    StaticCommand(
      name: "retention", en: "Tell beforehand what will be deleted because its keeping ends, and why",
      zh: "预览保存期满将删除的记录及依据", subcommands: [], options: ["--dry-run", "--until"]),
    StaticCommand(
      name: "config", en: "Show the configuration that holds, and where each value came from",
      zh: "查看生效的配置及其来源", subcommands: ["show"], options: []),
    StaticCommand(
      name: "reload", en: "Read the configuration anew; a mistake changes nothing", zh: "重新读取配置；有误则不作改变",
      subcommands: [], options: []),
    StaticCommand(
      name: "health", en: "One line and an exit code for monitoring", zh: "供监控使用：一行状态与退出码", subcommands: [],
      options: []),
    StaticCommand(
      name: "metrics", en: "Print all that is measured, as Prometheus reads it", zh: "以 Prometheus 文本格式输出指标",
      subcommands: [], options: []),
    StaticCommand(
      name: "doctor", en: "Look at everything, and say what to do", zh: "全面检查并给出处置建议", subcommands: [],
      options: ["--config"]),
    StaticCommand(
      name: "backup", en: "Copy the state of the running daemon, verified and signed", zh: "在线备份，验证并签名",
      subcommands: [], options: ["--to", "--keep"]),
    StaticCommand(
      name: "restore", en: "Put a backup in the place of a stopped daemon's state", zh: "将备份恢复到已停止的守护进程",
      subcommands: [], options: ["--state", "--key", "--yes"]),
    StaticCommand(
      name: "plugin", en: "Make a new plugin; check a plugin's program; the schema of a manifest",
      zh: "新建插件；检验插件程序；清单的结构",
      subcommands: ["new", "check", "schema"], options: [],
      subcommandOptions: [
        "new": ["--language", "--to", "--repository"], "check": ["--config", "--env", "--call-ms"],
      ]),
    StaticCommand(
      name: "completion", en: "Print the completion script of a shell", zh: "输出 shell 补全脚本",
      subcommands: Shell.names, options: []),
  ]

  /// The text in one language.
  package func about(_ language: Language) -> String { language.pick(en, zh: zh) }

  /// The command that the words mean; nil if they are for the daemon. `words` start with the first that is no
  /// option. A module may have the name of a command: `audit entry` and `events.list` go to the daemon.
  package static func named(in words: [String]) -> StaticCommand? {
    guard let command = all.first(where: { $0.name == words.first }) else { return nil }
    let second = CommonOption.split(Array(words.dropFirst())).rest.first
    guard let second, second.utf8.first != UInt8(ascii: "-") else { return command }
    switch command.name {
    case "audit", "key", "plugin": return command.subcommands.contains(second) ? command : nil
    case "events", "retention": return nil
    default: return command
    }
  }
}
