import ArgumentParser
import StationClient
import StationJSON

extension Language: ExpressibleByArgument {}

/// Options that every command has.
struct GlobalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      Language.current.pick(
        "The daemon's socket, or a name such as admin for /run/stationd/admin.sock; else $STATIOND_SOCKET, else the "
          + "command's in /run/stationd: admin.sock for administration, auditor.sock for the audit log, where you may "
          + "open them, and stationd.sock.",
        zh: "守护进程的套接字，或名称（如 admin 即 /run/stationd/admin.sock）；默认取 $STATIOND_SOCKET，"
          + "其次按命令取 /run/stationd 下的 admin.sock（管理）、auditor.sock（审计日志），无权打开时及其他命令取 stationd.sock。"),
      valueName: "path"))
  var socket: String?

  @Flag(help: ArgumentHelp(Language.current.pick("Print one JSON document.", zh: "输出一个 JSON 文档。")))
  var json = false

  @Flag(
    help: ArgumentHelp(
      Language.current.pick("Print one JSON value a line, an item each.", zh: "每行输出一个 JSON。")))
  var ndjson = false

  // A negative number is a wrong one, and not another option.
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      Language.current.pick("Wait so long for an answer, in seconds (default: 60).", zh: "等待应答的秒数（默认 60）。"),
      valueName: "seconds"))
  var timeout: Double?

  @Option(
    help: ArgumentHelp(
      Language.current.pick("What personal data is for: a code.", zh: "使用个人信息的用途代码。"), valueName: "code"))
  var purpose: String?

  @Option(
    help: ArgumentHelp(Language.current.pick("Why, in words.", zh: "理由。"), valueName: "text"))
  var reason: String?

  @Option(
    help: ArgumentHelp(
      Language.current.pick("The officer acted for.", zh: "所代表的民警。"), valueName: "name"))
  var actor: String?

  @Option(
    help: ArgumentHelp(
      Language.current.pick("en or zh; else by the locale.", zh: "en 或 zh；默认按系统语言。"), valueName: "en|zh"))
  var lang: Language?

  @Flag(
    name: [.customLong("no-colour"), .customLong("no-color")],
    help: ArgumentHelp(Language.current.pick("No colours.", zh: "不使用颜色。")))
  var noColour = false

  func validate() throws {
    guard timeout.map({ $0 >= 0.001 && $0 <= 3_600 }) ?? true else {
      throw ValidationError(
        Language.current.pick("--timeout is 0.001 to 3600 seconds.", zh: "--timeout 须在 0.001 至 3600 秒之间。"))
    }
    guard !(json && ndjson) else {
      throw ValidationError(
        Language.current.pick("Give --json or --ndjson, not both.", zh: "--json 与 --ndjson 只能选一。"))
    }
  }
}

/// The idempotency key, apart from the others because `audit` has a `--key` of another kind.
struct KeyOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      Language.current.pick(
        "Have the effect once, however often this is sent with the same key.", zh: "幂等键：同一键无论发送几次，只生效一次。"),
      valueName: "key"))
  var key: String?
}

extension GlobalOptions {
  var language: Language { lang ?? .current }

  var socketPath: String { socketPath(otherwise: .member) }

  /// - Parameter standard: the socket for commands of this kind, where none is named; see ``SocketName/pathOrMembers``.
  func socketPath(otherwise standard: SocketName) -> String {
    if let socket { return SocketName.path(socket) }
    let variable = Terminal.environment("STATIOND_SOCKET") ?? ""
    return variable.isEmpty ? standard.pathOrMembers() : SocketName.path(variable)
  }

  var colours: Bool {
    // https://no-color.org: set and not empty.
    !noColour && Terminal.outIsTerminal && (Terminal.environment("NO_COLOR") ?? "").isEmpty
  }

  /// How results are laid out for people.
  var style: ResultText { ResultText(language: language, colours: colours, width: Terminal.width) }

  /// The same, with what the codes of a method's result are called, where the daemon says.
  func style(of method: String, _ client: @autoclosure () throws -> Client) -> ResultText {
    var style = style
    guard language == .zh, let api = try? APIDescription(from: client(), language: language) else {
      return style
    }
    style.vocabulary = api.method(in: [method])?.0.vocabulary ?? .none
    return style
  }

  /// The daemon's clock, for what people read; nil where programs do, or the daemon does not say.
  func clock(of client: Client) -> WallClock? {
    guard !json, !ndjson else { return nil }
    let now = (try? client.call("system.ping"))?["now"]?.stringValue
    return now.flatMap(WallClock.init(timestamp:))
  }

  func meta(key: String? = nil) -> CallMeta {
    CallMeta(
      purpose: purpose, reason: reason, idempotencyKey: key, actor: actor,
      deadlineMs: timeout.map { Int($0 * 1_000) })
  }

  func connect(otherwise standard: SocketName = .member) throws(ClientError) -> Client {
    try Client.connect(socketPath(otherwise: standard), timeout: .seconds(timeout ?? 60))
  }

  /// The params with what the options say about the call.
  func params(_ params: JSONValue, key: String? = nil) throws(UsageError) -> JSONValue {
    var meta = meta(key: key)
    // Positional params have no room for a deadline; it is no more than a wish.
    if case .array = params { meta.deadlineMs = nil }
    guard let whole = meta.added(to: params) else {
      throw UsageError(
        "positional params have no room for --purpose, --reason, --key and --actor; give them by name",
        zh: "按位置给出的参数不能带 --purpose、--reason、--key、--actor；请改用名称")
    }
    return whole
  }
}
