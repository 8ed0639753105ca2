import StationKit
import StationPluginHost
import StationPluginWire

/// Puts a plugin's program through what the daemon may do with it, and what may happen to it.
package final class PluginCheck {
  /// One check: `problem` says what is wrong, `advice` what to do about it.
  package struct Finding: Sendable {
    package let name: Text
    package let problem: Text?
    package let advice: Text
    /// What was seen, for a check that passed.
    package let note: String?
  }

  private let command: PluginProgram.Command
  private let config: JSONValue
  let limits: PluginLimits
  private let report: (Finding) -> Void
  private var isGood = true
  /// Whether all checks were made.
  private var isWhole = false
  /// For what it could not be talked to any further, once that was said.
  private var reported: Text?
  private(set) var talk: PluginTalk?
  var manifest: PluginManifest?
  var module: CompiledModule?

  /// - Parameters:
  ///   - config: what `stationd.yaml` would hold for the plugin under `config`.
  ///   - report: told of each check when it is over.
  package init(
    _ command: PluginProgram.Command, config: JSONValue, limits: PluginLimits,
    report: @escaping (Finding) -> Void
  ) {
    self.command = command
    self.config = config
    self.limits = limits
    self.report = report
  }

  /// Whether all is well. What cannot be checked after a failure is left out.
  package func run() -> Bool {
    guard start(), becomeReady() else {
      talk?.program.kill()
      return false
    }
    checkConversation()
    if talk?.broken == nil {
      checkDrain()
      checkHangUp()
      isWhole = true
    }
    talk?.program.kill()
    return isGood
  }

  private static let brokenAdvice = Text(
    "On descriptor 3 belongs one JSON-RPC 2.0 message a line and nothing else, one answer to each request; what it"
      + " printed is below.", zh: "描述符 3 上每行只能有一个 JSON-RPC 2.0 消息，每个请求只应答一次；程序的输出见下。")

  /// The end of what the program printed, where the check could not go on.
  package var output: [UInt8] { isWhole ? [] : talk?.program.output ?? [] }

  /// Reports one check. A process that cannot be talked to any further fails the check at which it was so; those
  /// after it are left out.
  /// - Returns: whether it passed.
  @discardableResult
  func check(_ name: Text, advice: Text, note: String? = nil, _ problem: Text?) -> Bool {
    if let broken = talk?.broken, broken == reported { return false }
    reported = talk?.broken
    let problem =
      reported.map { Text("it would be ended: \($0.en)", zh: "守护进程将终止它：\($0.zh)") } ?? problem
    let advice = reported == nil ? advice : Self.brokenAdvice
    if problem != nil { isGood = false }
    report(Finding(name: name, problem: problem, advice: advice, note: note))
    return problem == nil
  }

  /// What the parts that the daemon uses too say, in their one language.
  static func said(_ text: String) -> Text { Text(text, zh: text) }

  // MARK: - Its start

  private func start() -> Bool {
    var problem: Text?
    do throws(ManifestError) {
      talk = try PluginTalk(command, limits: limits)
    } catch {
      problem = Self.said(error.description)
    }
    return check(
      Text("starts", zh: "启动"),
      advice: Text(
        "Make the file executable, with a first line such as #!/usr/bin/env python3.",
        zh: "请设置可执行权限，脚本首行须为解释器，例如 #!/usr/bin/env python3。"), problem)
  }

  private func becomeReady() -> Bool {
    guard let talk else { return false }
    let began = Monotonic.milliseconds()
    guard let told = hearManifest(talk) else { return false }
    do throws(ManifestError) {
      manifest = try PluginManifest(told)
      module = try Self.compile(told)
    } catch {
      return check(
        Text("manifest", zh: "清单"),
        advice: Text(
          "Mend the declaration at the place named; docs/reference/plugin-protocol.md shows every member.",
          zh: "请按所指位置修改声明；各成员见 docs/reference/plugin-protocol.md。"), Self.said(error.description))
    }
    guard let manifest, let module else { return false }
    check(
      Text("manifest", zh: "清单"), advice: Text("", zh: ""),
      note: "\(manifest.name) \(manifest.version), \(manifest.methods.count) methods", nil)
    talk.check = OperationCheck(module: module, calls: manifest.calls.map(\.method))
    talk.askStart(Self.startParams(config, limits))
    var problem: Text?
    switch talk.waitForStart() {
    case nil:
      problem = Text(
        "no answer to 'plugin.init' within \(limits.startMs) ms", zh: "\(limits.startMs) 毫秒内未应答 plugin.init")
    case .failure(let error):
      problem = Text("it refuses its configuration: \(error.message.en)", zh: "拒绝其配置：\(error.message.zh)")
    case .success where !talk.waitUntilReady():
      problem = Text(
        "no 'plugin.ready' within \(limits.startMs) ms", zh: "\(limits.startMs) 毫秒内未发送 plugin.ready")
    case .success: break
    }
    return check(
      Text("init and ready", zh: "初始化与就绪"),
      advice: Text(
        "Answer 'plugin.init', then send the notification 'plugin.ready'; --config gives it its configuration.",
        zh: "应答 plugin.init 后发送通知 plugin.ready；配置用 --config 给出。"),
      note: "\(Monotonic.milliseconds() - began) ms", problem)
  }

  private func hearManifest(_ talk: PluginTalk) -> JSONValue? {
    talk.askManifest("check")
    var problem = Text(
      "no answer to 'plugin.manifest' within \(limits.startMs) ms",
      zh: "\(limits.startMs) 毫秒内未应答 plugin.manifest")
    switch talk.waitForManifest() {
    case .success(let value)?: return value
    case .failure(let error)?: problem = Text("an error: \(error.message.en)", zh: "应答错误：\(error.message.zh)")
    case nil: break
    }
    check(
      Text("manifest", zh: "清单"),
      advice: Text(
        "Read requests from descriptor 3, one JSON value a line, and answer each there with its id. What it"
          + " printed is below.", zh: "从描述符 3 逐行读取 JSON 请求，并带同一 id 应答。程序的输出见下。"), problem)
    return nil
  }

  /// As the daemon does, except that other modules are not here to be called.
  private static func compile(_ told: JSONValue) throws(ManifestError) -> CompiledModule? {
    guard case .object(let object) = told else { return nil }
    let alone = try PluginManifest(.object(object.adding("calls", [])))
    do {
      return try Registry([alone.module(running: Nowhere())]).modules[alone.name]
    } catch {
      throw ManifestError("\(error)")
    }
  }

  private static func startParams(_ config: JSONValue, _ limits: PluginLimits) -> JSONObject {
    [
      "protocol": .int(PluginProtocol.version), "config": config, "zone_offset_minutes": 480,
      "calendars": WireCalendar.json(.weekendsOnly), "write_calls": [], "kept_calls": [],
      "limits": [
        "frame_bytes": .int(limits.frameBytes), "in_flight": .int(limits.inFlight),
        "call_ms": .int(limits.callMs),
      ],
    ]
  }

  // MARK: - Its end

  private func checkDrain() {
    guard let talk, let manifest else { return }
    let under = talk.call(Self.unknown, kind: "read", [:], module: manifest.name)
    talk.drain()
    let isAnswered = talk.outcome(of: under) != nil
    let code = talk.waitForExit(limits.drainMs)
    var problem: Text?
    if !isAnswered {
      problem = Text("a call under way was not answered", zh: "进行中的调用未应答")
    } else if let code {
      problem =
        code == 0
        ? nil
        : code < 0
          ? Text("it ended by signal \(-code)", zh: "被信号 \(-code) 终止")
          : Text("it exited with \(code)", zh: "以 \(code) 退出")
    } else {
      problem = Text("it did not exit within \(limits.drainMs) ms", zh: "\(limits.drainMs) 毫秒内未退出")
    }
    check(
      Text("drain", zh: "排空退出"),
      advice: Text(
        "After 'plugin.drain', answer what is under way and exit with 0.",
        zh: "收到 plugin.drain 后答完手头的调用，以 0 退出。"),
      problem)
  }

  /// A second process: it declares the same, and ends when the daemon is gone.
  private func checkHangUp() {
    let former = manifest?.source
    guard let second = try? PluginTalk(command, limits: limits) else { return }
    talk = second
    second.askManifest("check")
    let again = try? second.waitForManifest()?.get()
    check(
      Text("the same manifest again", zh: "清单一致"),
      advice: Text(
        "A manifest must not depend on time or configuration: after a restart the records are still there.",
        zh: "清单不得随时间或配置变化。"),
      again == former ? nil : Text("a second start tells another manifest", zh: "再次启动给出的清单不同"))
    second.program.hangUp()
    check(
      Text("ends with the daemon", zh: "随守护进程结束"),
      advice: Text("Exit when descriptor 3 is closed.", zh: "描述符 3 关闭时须退出。"),
      second.program.exit(within: limits.drainMs) == nil
        ? Text(
          "it still runs \(limits.drainMs) ms after its descriptor was closed",
          zh: "描述符关闭 \(limits.drainMs) 毫秒后仍在运行") : nil)
  }

  /// A method that no plugin has.
  static let unknown = "no_such_method"
}

/// Where a check's calls would run: they are made by ``PluginTalk``.
private final class Nowhere: RemoteModule {
  func run(_ call: RemoteCall, done: @escaping @Sendable (Result<Prepared, RPCError>) -> Void) {
    done(.failure(RPCError(.unavailable)))
  }
  func blame(_ fault: String) {}
}
