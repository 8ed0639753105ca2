import ArgumentParser
import Foundation
import StationClient
import StationJSON
import StationPluginWire

/// `stationctl plugin check`
struct PluginCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: Language.current.pick(
      "Put a plugin's program through everything that the daemon may do with it.", zh: "检验插件程序是否符合协议。"),
    discussion: Language.current.pick(
      """
      No daemon is needed. Every method is called with its example on an empty store: give the plugin a \
      configuration for trying it, with --config. Ends with 0 if all is well, else with 1.
      """,
      zh: "无需守护进程。各方法以其示例在空库上调用：请用 --config 给出试用配置。全部通过时退出码为 0，否则为 1。"))

  @OptionGroup var options: GlobalOptions

  @Argument(
    help: ArgumentHelp(Language.current.pick("The program.", zh: "插件程序。"), valueName: "path"))
  var path: String

  @Argument(
    help: ArgumentHelp(Language.current.pick("What it is started with.", zh: "程序参数。"), valueName: "argument"))
  var arguments: [String] = []

  @Option(
    help: ArgumentHelp(
      Language.current.pick("Its configuration, as JSON.", zh: "配置（JSON）。"), valueName: "json"))
  var config = "{}"

  @Option(
    name: .customLong("env"),
    help: ArgumentHelp(
      Language.current.pick("A variable of its environment; may be given again.", zh: "环境变量，可重复。"),
      valueName: "name=value"))
  var environment: [String] = []

  @Option(
    help: ArgumentHelp(
      Language.current.pick(
        "How long a call may take, in milliseconds (default: 10000).", zh: "每次调用的时限（毫秒，默认 10000）。"),
      valueName: "ms"))
  var callMs: Int?

  func run() throws {
    guard let configuration = try? JSONParser.parse(config), case .object = configuration else {
      throw UsageError("--config takes a JSON object", zh: "--config 须为 JSON 对象")
    }
    guard environment.allSatisfy({ $0.firstIndex(of: "=").map { $0 > "".startIndex } ?? false }) else {
      throw UsageError("--env takes NAME=VALUE", zh: "--env 须为 名称=值")
    }
    var limits = PluginLimits()
    if let callMs { limits.callMs = max(10, callMs) }
    let folder = FileManager.default.currentDirectoryPath
    let program = NSString(string: path.hasPrefix("/") ? path : "\(folder)/\(path)").standardizingPath
    var told: [JSONValue] = []
    let check = PluginCheck(
      .init(program: program, arguments: arguments, environment: environment), config: configuration,
      limits: limits,
      report: { if options.json { told.append(Self.json($0)) } else { print($0) } })
    let isGood = check.run()
    if options.json {
      Terminal.out(JSONValue.object(["ok": .bool(isGood), "checks": .array(told)]).encodedString + "\n")
    }
    guard !isGood else { return }
    if !check.output.isEmpty, !options.json, !options.ndjson {
      Terminal.err(
        options.language.pick("what it printed last:\n", zh: "程序最后的输出：\n")
          + String(decoding: check.output, as: UTF8.self))
    }
    throw Outcome(code: .error)
  }

  private static func json(_ finding: PluginCheck.Finding) -> JSONValue {
    var object: JSONObject = [
      "check": .string(finding.name.en), "check_zh": .string(finding.name.zh),
      "ok": .bool(finding.problem == nil),
    ]
    if let problem = finding.problem {
      object["problem"] = .string(problem.en)
      object["problem_zh"] = .string(problem.zh)
    }
    if let note = finding.note { object["note"] = .string(note) }
    return .object(object)
  }

  private func print(_ finding: PluginCheck.Finding) {
    let language = options.language
    let name = language.pick(finding.name.en, zh: finding.name.zh)
    if options.ndjson { return Terminal.out(Self.json(finding).encodedString + "\n") }
    guard let problem = finding.problem else {
      let note = finding.note.map { " (\($0))" } ?? ""
      return Terminal.out("\(Style.green.apply("ok  ", colours: options.colours))  \(name)\(note)\n")
    }
    let said = language.pick(problem.en, zh: problem.zh)
    let colon = language.pick(": ", zh: "：")
    let advice = language.pick(finding.advice.en, zh: finding.advice.zh)
    Terminal.out(
      "\(Style.red.apply("FAIL", colours: options.colours))  \(name)\(colon)\(said)\n      \(advice)\n")
  }
}
