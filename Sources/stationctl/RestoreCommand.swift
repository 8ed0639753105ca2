import ArgumentParser
import StationAudit
import StationCalendar
import StationClient
import StationJSON
import StationStore

/// `stationctl restore`
struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration("restore")

  @OptionGroup var options: GlobalOptions

  @Argument(help: ArgumentHelp(Language.current.pick("The backup's folder.", zh: "备份文件夹。")))
  var backup: String

  @Option(
    help: ArgumentHelp(
      Language.current.pick("State directory of the stopped daemon.", zh: "已停止的守护进程的状态目录。"), valueName: "dir")
  )
  var state = "/var/lib/stationd"

  @Option(
    help: ArgumentHelp(
      Language.current.pick(
        "The log's verifier key, from a place you trust; else the state's own.", zh: "可信来源的验证密钥；默认用状态目录中的密钥。"),
      valueName: "vkey"))
  var key: String?

  @Flag(
    help: ArgumentHelp(
      Language.current.pick("Do it: without this, only say what it would do.", zh: "执行；不给则只说明将会发生什么。")))
  var yes = false

  func run() throws {
    let language = options.language
    let isLive = Terminal.errIsTerminal
    do {
      let restore = try StateRestore.prepare(
        backup: trimmed(backup), stateDirectory: trimmed(state), key: key.map(AuditArgument.key)
      ) { done, all in if isLive { Terminal.err("\r\(done) / \(all)") } }
      if isLive { Terminal.err("\n") }
      let text = RestoreText(language: language)
      Terminal.err(text.plan(restore))
      guard yes || restore.present == .none else {
        if options.json || options.ndjson { Terminal.out(document(restore, isDone: false)) }
        Terminal.err(language.pick("nothing was changed; with --yes it is done\n", zh: "未作任何改变；加 --yes 执行\n"))
        throw Outcome(code: .usage)
      }
      let aside = try restore.run(at: .now)
      if options.json || options.ndjson {
        Terminal.out(document(restore, isDone: true, replaced: aside))
      } else {
        Terminal.out(text.done(restore, state: state, aside: aside))
      }
    } catch let fault as RestoreFault {
      if isLive { Terminal.err("\n") }
      Report.print(ErrorText(message: RestoreText(language: language).text(fault)), language: language)
      throw Outcome(code: .error)
    }
  }

  /// - Parameter replaced: where what was there before is.
  private func document(_ restore: StateRestore, isDone: Bool, replaced: String? = nil) -> String {
    var document: JSONObject = [
      "done": .bool(isDone), "state": .string(state), "size": .int(Int(restore.manifest.head.size)),
      "root": .string(restore.manifest.head.root.base64),
      "master_key": .string(restore.manifest.masterKey),
    ]
    if let replaced { document["replaced"] = .string(replaced) }
    return JSONValue.object(document).encodedString + "\n"
  }

  private func trimmed(_ path: String) -> String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }
}
