import ArgumentParser
import StationClient
import StationJSON

/// `stationctl import FILE`
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    "import",
    discussion: Language.current.pick(
      """
      FILE holds a JSON object a line, each with a key of its own. Whatever ends an import, a kill or a power cut \
      included: run the same command again. What was entered already is counted as duplicate. Lines that are refused \
      are listed in FILE.refused with line number, key and reason; the exit code is then 1.
      """,
      zh: """
        文件每行一个 JSON 对象，各带唯一键。无论因何中断（包括强制终止或断电），重新运行同一命令即可，已录入的计为重复。
        被退回的行连同行号、键和原因写入 FILE.refused，此时退出码为 1。
        """))

  @OptionGroup var options: GlobalOptions

  @Argument(
    help: ArgumentHelp(Language.current.pick("NDJSON; - is standard input.", zh: "NDJSON 文件；- 为标准输入。")))
  var file: String

  @Option(
    help: ArgumentHelp(
      Language.current.pick("A method that takes a list and answers each item.", zh: "接收列表并逐项应答的方法。"),
      valueName: "method"))
  var method = "stoploss.import"

  @Option(
    help: ArgumentHelp(
      Language.current.pick(
        "Where refused lines are listed (default: FILE.refused).", zh: "退回清单（默认 FILE.refused）。"),
      valueName: "path"))
  var refused: String?

  @Flag(
    help: ArgumentHelp(
      Language.current.pick(
        "Tell on standard error how far it is, also where that is no terminal.", zh: "在标准错误输出进度，非终端亦然。")))
  var progress = false

  @Option(
    help: ArgumentHelp(
      Language.current.pick("Items of one call at most.", zh: "每次调用的最多条数。"), valueName: "count"))
  var batch = 100

  @Option(
    help: ArgumentHelp(
      Language.current.pick("Calls sent ahead of their answers at most.", zh: "同时在途的最多调用数。"),
      valueName: "count"))
  var inFlight = 4

  func validate() throws {
    guard batch >= 1, (1...Client.window).contains(inFlight) else {
      throw ValidationError(
        Language.current.pick(
          "--batch is at least 1, --in-flight 1 to \(Client.window).",
          zh: "--batch 至少为 1，--in-flight 为 1 至 \(Client.window)。"))
    }
    guard file != "-" || refused != nil else {
      throw ValidationError(
        Language.current.pick("With standard input say where: --refused PATH.", zh: "从标准输入导入时须给出 --refused。"))
    }
  }

  func run() throws {
    let input = try InputFile(file)
    let list = try RefusedFile(refused ?? file + ".refused", input: input)
    let target = try ImportTarget(method, in: options.connect().call("rpc.discover"))
    // No deadline: a call that comes late enters what an earlier one did not, and nothing twice.
    let meta = CallMeta(purpose: options.purpose, reason: options.reason, actor: options.actor)
    let options = options
    var importer = Importer(
      target, meta: meta, perCall: batch, inFlight: inFlight, patience: .seconds(options.timeout ?? 60),
      reader: LineReader(maximum: Importer.lineBytes, read: input.more)
    ) { () throws(ClientError) -> Client in try options.connect() }
    let line = ProgressLine(isShown: progress || Terminal.errIsTerminal, whole: input.size, options.language)
    let tally: ImportTally
    do {
      tally = try importer.run(refused: list.write) { line.show($0) }
      line.end()
    } catch {
      line.end()
      let hint = options.language.pick(
        "stopped; what was entered stays. To go on, run the same command again: nothing is entered twice\n",
        zh: "已停止，已录入的保留。重新运行同一命令即可继续，不会重复录入\n")
      Terminal.err("stationctl: " + hint)
      throw error
    }
    try report(tally, elapsed: line.elapsed, list)
  }

  private func report(_ tally: ImportTally, elapsed: Duration, _ list: RefusedFile) throws {
    guard tally.items > 0 else { throw UsageError("nothing to import in \(file)", zh: "\(file) 中没有可导入的内容") }
    ResultPrinter(options: options).print(.object(tally.json(elapsed: elapsed)))
    guard tally.refused > 0 else { return }
    let text = options.language.pick(
      "\(tally.refused) refused: see \(list.path)", zh: "退回 \(tally.refused) 条，见 \(list.path)")
    Terminal.err("stationctl: \(text)\n")
    throw Outcome(code: .error)
  }
}
