import StationCrypto
import StationKit
import StationPluginHost

/// `plugin.*`: what plugins there are, how they are doing, and starting, stopping and exchanging them.
enum PluginModule {
  static func module(_ plugins: Plugins) -> Module {
    Module(
      name: "plugin", title: Text("Plugins", zh: "插件"), version: "1.0",
      words: OwnWords.plugin,
      methods: [
        list(plugins), show(plugins), logs(plugins),
        act(
          "start",
          Text(
            "Start a plugin that is not running; answers when it is ready, or why not", zh: "启动插件；就绪或失败后应答"),
          plugins
        ) {
          try plugins.start($0, $1)
        },
        act("stop", Text("Let a plugin finish its calls, then end it for good", zh: "待插件处理完调用后停止"), plugins) {
          try plugins.stop($0, $1)
        },
        act(
          "reload",
          Text(
            "Start a plugin anew beside the old one and exchange them; a failure leaves the old one serving",
            zh: "并行启动新进程并切换；失败时旧进程继续服务"), plugins
        ) { try plugins.reload($0, $1) },
      ])
  }

  private static let name: JSONValue = ["type": "string", "minLength": 1, "maxLength": 40]
  private static let status = Shapes.object(
    [
      "name": Shapes.text, "state": Shapes.words(PluginState.self), "reason": Shapes.text,
      "since": Shapes.instant, "program": Shapes.text, "version": Shapes.text, "pid": Shapes.count,
      "sha256": Shapes.text, "calls": Shapes.count, "waiting": Shapes.count, "failures": Shapes.count,
      "faults": Shapes.count, "restart_in_ms": Shapes.count,
      "last_reload": Shapes.object(["at": Shapes.instant, "problem": Shapes.text], required: ["at"]),
    ],
    required: ["name", "state", "reason", "since", "program", "calls", "waiting", "failures", "faults"])

  /// Of what `plugin.show` tells, as much as a table can hold.
  private static let listed = ["name", "state", "since", "version", "pid", "faults", "reason"]
  private static func brief(_ report: JSONObject) -> JSONObject {
    listed.reduce(into: [:]) { brief, name in brief[name] = report[name] }
  }
  private static let line = Shapes.object(
    [
      "name": Shapes.text, "state": Shapes.words(PluginState.self), "since": Shapes.instant,
      "version": Shapes.text, "pid": Shapes.count, "faults": Shapes.count, "reason": Shapes.text,
    ], required: ["name", "state", "since", "faults", "reason"])

  private static let example: JSONValue = [
    "name": "notify", "state": "ready", "reason": "ready", "since": "2026-11-22T09:50:35.123+08:00",
    "program": "/usr/lib/stationd/plugins/notify/notify.py", "version": "1.0", "pid": 4712,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "calls": 0, "waiting": 0,
    "failures": 0, "faults": 0,
  ]

  private static func list(_ plugins: Plugins) -> Method {
    Method(
      "list", Text("List the plugins with their states", zh: "列出插件及其状态"),
      params: Shapes.object(
        ["limit": Shapes.limit, "cursor": Shapes.cursor, "order": Shapes.order], required: []),
      result: Shapes.object(["items": Shapes.list(line), "next": Shapes.text], required: ["items"]),
      permission: .role,
      examples: [
        Example("One", params: ["limit": 1], result: ["items": [.object(brief(example.objectValue ?? [:]))]])
      ],
      handler: .inline { params, _ in
        let runners = params["order"] == "desc" ? plugins.host.runners.reversed() : plugins.host.runners
        // The cursor is the name of the last one: it stays good when others come and go.
        let last = try params["cursor"]?.stringValue.map(name(of:))
        let rest = runners.filter { runner in
          last.map { params["order"] == "desc" ? runner.name < $0 : runner.name > $0 } ?? true
        }
        let page = rest.prefix(params["limit"]?.intValue ?? 100)
        var result: JSONObject = ["items": .array(page.map { .object(brief($0.report)) })]
        if page.count < rest.count, let name = page.last?.name {
          result["next"] = .string(Hex.encode(Array(name.utf8)))
        }
        return .object(result)
      })
  }

  private static func name(of cursor: String) throws(RPCError) -> String {
    guard let name = Hex.decode(cursor).map({ String(decoding: $0, as: UTF8.self) }), Names.isWord(name)
    else { throw .foreignCursor }
    return name
  }

  private static func show(_ plugins: Plugins) -> Method {
    Method(
      "show", Text("Tell how one plugin is doing, and why", zh: "查看插件状态及原因"),
      params: Shapes.object(["name": name]), positional: ["name"], result: status, permission: .role,
      examples: [Example("By name", params: ["name": "notify"], result: example)],
      handler: .inline { params, _ in .object(try plugins.runner(params).report) })
  }

  private static func logs(_ plugins: Plugins) -> Method {
    Method(
      "logs", Text("Show the last lines that a plugin printed or logged", zh: "查看插件最近的输出"),
      params: Shapes.object(
        ["name": name, "limit": ["type": "integer", "minimum": 1, "maximum": 500]], required: ["name"]),
      positional: ["name"],
      result: Shapes.object([
        "items": Shapes.list(
          Shapes.object(["at": Shapes.instant, "level": Shapes.text, "text": Shapes.text]))
      ]), permission: .role,
      examples: [
        Example(
          "The last one", params: ["name": "notify", "limit": 1],
          result: [
            "items": [["at": "2026-11-22T09:50:35.123+08:00", "level": "info", "text": "ready"]]
          ])
      ],
      handler: .inline { params, _ in
        ["items": .array(try plugins.runner(params).lines(params["limit"]?.intValue ?? 100))]
      })
  }

  private static func act(
    _ verb: String, _ summary: Text, _ plugins: Plugins,
    _ run:
      @escaping @Sendable (String, @escaping @Sendable (Result<PluginRunner, RPCError>) -> Void) throws ->
      Void
  ) -> Method {
    Method(
      verb, summary, params: Shapes.object(["name": name]), positional: ["name"], result: status,
      permission: .role,
      examples: [Example("By name", params: ["name": "notify"], result: example)],
      handler: Handler(
        body: .deferred { params, _, done in
          do {
            try run(try params.string("name")) { result in done(result.map { .object($0.report) }) }
          } catch {
            done(.failure(error as? RPCError ?? RPCError(.internalError)))
          }
        }))
  }
}
