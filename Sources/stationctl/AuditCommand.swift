import ArgumentParser
import StationClient
import StationJSON

/// `stationctl audit`
struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    "audit",
    subcommands: [
      AuditVerifyCommand.self, AuditExportCommand.self, AuditCheckCommand.self, AuditWitnessCommand.self,
    ])
}

/// `stationctl audit verify`
struct AuditVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: Language.current.pick(
      "Recompute the log and compare it with what was signed.", zh: "重新计算日志并与签名比对。"))

  @OptionGroup var options: GlobalOptions

  @Option(
    help: ArgumentHelp(
      Language.current.pick("State directory of a stopped daemon, or a copy.", zh: "已停止的守护进程的状态目录或其副本。"),
      valueName: "dir"))
  var state: String?

  @Option(help: ArgumentHelp(Language.current.pick("A copied database.", zh: "数据库副本。"), valueName: "file"))
  var db: String?

  @Option(
    help: ArgumentHelp(
      Language.current.pick("Where the checkpoints outside the database are.", zh: "数据库之外的检查点目录。"),
      valueName: "dir"))
  var anchor: String?

  @Option(
    help: ArgumentHelp(
      Language.current.pick(
        "The log's verifier key, from a place you trust; else the daemon's own.", zh: "可信来源的验证密钥；默认用守护进程自己的。"),
      valueName: "vkey"))
  var key: String?

  @Option(
    help: ArgumentHelp(
      Language.current.pick(
        "A checkpoint that was given away: the log must extend it. May be repeated.",
        zh: "曾对外提供的检查点：日志须为其延续。可重复。"),
      valueName: "file"))
  var extends: [String] = []

  func validate() throws {
    guard state == nil || db == nil else {
      throw ValidationError(
        Language.current.pick("Give --state or --db, not both.", zh: "--state 与 --db 只能选一。"))
    }
    guard (db == nil) == (anchor == nil), db == nil || key != nil else {
      throw ValidationError(
        Language.current.pick("--db needs --anchor and --key.", zh: "--db 须同时给出 --anchor 和 --key。"))
    }
  }

  func run() throws {
    let json = options.json || options.ndjson
    let report: LogReport
    let trusted = try key.map(AuditArgument.key)
    let notes = try extends.map(AuditArgument.checkpoint)
    if let state {
      report = try OfflineAudit.verify(
        .state(directory: state, key: trusted), extending: notes, json: json)
    } else if let db, let anchor, let trusted {
      report = try OfflineAudit.verify(
        .parts(database: db, anchor: anchor, key: trusted), extending: notes, json: json)
    } else {
      do {
        report = try online(notes, options.language)
      } catch let fault as LogFault {
        let language = options.language
        throw AuditFault(fault).report(fault.text(language), json: json, language: language)
      }
    }
    AuditPrinter(options: options).print(report)
  }

  private func online(_ notes: [String], _ language: Language) throws -> LogReport {
    let client = try options.connect(otherwise: .auditor)
    if key == nil {
      Terminal.err(
        language.pick(
          "using the daemon's own key; to know who signed, give --key from a place you trust\n",
          zh: "使用守护进程自己的密钥；若要确认签名者，请用 --key 给出可信来源的密钥\n"))
    }
    let isLive = Terminal.errIsTerminal
    let report = try OnlineAudit(client).verify(key: key, extending: notes) { done, all in
      if isLive { Terminal.err("\r\(done) / \(all)") }
    }
    if isLive, report.size > 0 { Terminal.err("\n") }
    return report
  }
}
