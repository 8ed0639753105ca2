import StationKit
import StationPluginHost
import StationPluginWire

extension PluginCheck {
  private static let together = 32

  /// While it is ready.
  func checkConversation() {
    guard let talk, let manifest, let module else { return }
    checkUnknown(talk, manifest.name)
    for method in module.methods { checkExample(method, talk, manifest.name) }
    for deadline in manifest.deadlines { checkDeadline(deadline.name, talk, manifest.name) }
    for event in manifest.listens { checkEvent(event, talk) }
    checkWrongParams(talk, module)
    checkStrangers(talk, manifest.name)
    checkCancel(talk, manifest)
    checkTogether(talk, manifest)
    checkFrames(talk, manifest.name)
    check(
      Text("keeps to what it declared", zh: "不越声明"),
      advice: Text(
        "Ask only with the token of a call under way, and for what the manifest declares.",
        zh: "只用进行中调用的令牌，只访问清单声明的内容。"), talk.offences.first.map(Self.said))
  }

  private func checkUnknown(_ talk: PluginTalk, _ module: String) {
    for (kind, what) in [("read", "method"), ("deadline", "deadline")] {
      let params = kind == "read" ? [:] : Self.due
      let call = talk.call(Self.unknown, kind: kind, params, module: module)
      var problem: Text?
      switch talk.outcome(of: call) {
      case .refused?: break
      case .answered?: problem = Text("it was answered with a result", zh: "却应答了结果")
      case nil: problem = Text("no answer within \(limits.callMs) ms", zh: "\(limits.callMs) 毫秒内未应答")
      }
      check(
        Text("an unknown \(what)", zh: kind == "read" ? "未知方法" : "未知时限"),
        advice: Text(
          "Answer with an error whose data.kind is 'method_not_found'.",
          zh: "以 data.kind 为 method_not_found 的错误应答。"), problem)
    }
  }

  private func checkExample(_ method: CompiledMethod, _ talk: PluginTalk, _ module: String) {
    let name = method.declaration.name
    guard let example = method.declaration.examples.first, case .object(let params) = example.params else {
      return
    }
    let writes = method.declaration.handler.writes
    let began = Monotonic.milliseconds()
    let call = talk.call(name, kind: writes ? "write" : "read", params, module: module)
    var problem: Text?
    var note = ""
    switch talk.outcome(of: call) {
    case .answered(let answer): problem = judge(answer, to: call, of: method, talk)
    case .refused(let error):
      problem =
        error.kind == .internalError ? Text("an internal error, for its own example", zh: "自身示例引发内部错误") : nil
      note = ", refused: \(error.kind.rawValue)"
    case nil: problem = Text("no answer within \(limits.callMs) ms", zh: "\(limits.callMs) 毫秒内未应答")
    }
    check(
      Text("the example of \(name)", zh: "\(name) 的示例"),
      advice: Text(
        "On an empty store a method's example gives a result that fits, or a refusal that says why.",
        zh: "空库上示例须给出符合声明的结果，或说明原因的拒绝。"),
      note: "\(Monotonic.milliseconds() - began) ms\(note)", problem)
  }

  private func judge(
    _ answer: JSONValue, to call: Int, of method: CompiledMethod, _ talk: PluginTalk
  ) -> Text? {
    guard let result = answer["result"] else { return Text("an answer without 'result'", zh: "应答缺少 result") }
    if let violation = method.result.validate(result) {
      return Text(
        "the result does not fit: \(violation.pointer): \(violation.message)",
        zh: "结果不符合声明：\(violation.pointer)：\(violation.message)")
    }
    if !method.declaration.handler.writes, answer["operations"]?.arrayValue?.isEmpty == false {
      return Text("operations in the answer to a read", zh: "读方法的应答含有操作")
    }
    return judgeOperations(answer, to: call, talk)
  }

  private func judgeOperations(_ answer: JSONValue, to call: Int, _ talk: PluginTalk) -> Text? {
    let items = answer["operations"]?.arrayValue ?? []
    guard items.count <= limits.operations else {
      return Text("more than \(limits.operations) operations", zh: "操作超过 \(limits.operations) 个")
    }
    var operations: [StationPluginWire.Operation] = []
    for item in items {
      guard let operation = Operation(item) else {
        return Text(
          "no operation: \(item.encodedString.prefix(100))", zh: "不是操作：\(item.encodedString.prefix(100))")
      }
      operations.append(operation)
    }
    return talk.offence(in: operations, of: call).map(Self.said)
  }

  private static let due: JSONObject = [
    "subject": "check", "due": "2026-03-02T09:00:00+08:00", "payload": [:], "late": false,
  ]

  /// It knows no such subject: what it makes of that is its own, but it lives on.
  private func checkDeadline(_ name: String, _ talk: PluginTalk, _ module: String) {
    let call = talk.call(name, kind: "deadline", Self.due, module: module)
    var problem: Text?
    switch talk.outcome(of: call) {
    case .answered(let answer): problem = judgeOperations(answer, to: call, talk)
    case .refused: break
    case nil: problem = Text("no answer within \(limits.callMs) ms", zh: "\(limits.callMs) 毫秒内未应答")
    }
    check(
      Text("the deadline \(name)", zh: "时限 \(name)"),
      advice: Text(
        "Answer a deadline of a subject that is no longer there, with a result or an error.",
        zh: "对象已不存在的时限也须以结果或错误应答。"), problem)
  }

  private func checkEvent(_ kind: String, _ talk: PluginTalk) {
    talk.tell(kind)
    check(
      Text("the event \(kind)", zh: "事件 \(kind)"),
      advice: Text(
        "Answer every event, with {} or an error: then it is told again later.",
        zh: "每个事件都须以 {} 或错误应答；出错的事件稍后会再次告知。"),
      talk.hasHeard() ? nil : Text("no answer within \(limits.callMs) ms", zh: "\(limits.callMs) 毫秒内未应答"))
  }

  /// The daemon checks params before it calls; a plugin that is called wrongly all the same stays alive.
  private func checkWrongParams(_ talk: PluginTalk, _ module: CompiledModule) {
    var problem: Text?
    for method in module.methods where problem == nil {
      let kind = method.declaration.handler.writes ? "write" : "read"
      let call = talk.call(
        method.declaration.name, kind: kind, ["no_such_param": [1, "2", nil]], module: module.name)
      if talk.outcome(of: call) == nil {
        problem = Text(
          "'\(method.declaration.name)' was not answered within \(limits.callMs) ms",
          zh: "“\(method.declaration.name)”\(limits.callMs) 毫秒内未应答")
      }
    }
    check(
      Text("wrong params", zh: "错误参数"),
      advice: Text("Catch what a handler throws and answer an error.", zh: "捕获处理函数的异常并以错误应答。"), problem)
  }

  /// Messages that mean nothing to it: a cancellation of no call, an answer to nothing, a word of a later protocol.
  private func checkStrangers(_ talk: PluginTalk, _ module: String) {
    let strangers: [(Text, JSONValue)] = [
      (
        Text("a cancellation of no call", zh: "取消不存在的调用"),
        ["jsonrpc": "2.0", "method": "plugin.cancel", "params": ["token": "forged"]]
      ),
      (
        Text("an answer to nothing it asked", zh: "无对应请求的应答"),
        ["jsonrpc": "2.0", "id": 424_242, "result": ["forged": true]]
      ),
      (
        Text("an unknown notification", zh: "未知通知"),
        ["jsonrpc": "2.0", "method": "plugin.of_a_later_protocol", "params": [:]]
      ),
    ]
    for (name, message) in strangers {
      talk.send(message)
      let call = talk.call(Self.unknown, kind: "read", [:], module: module)
      check(
        name, advice: Text("Pass it over, and serve on.", zh: "忽略它并继续服务。"),
        talk.outcome(of: call) == nil ? Text("after it, a call was not answered", zh: "此后的调用未应答") : nil)
    }
  }

  private func checkCancel(_ talk: PluginTalk, _ manifest: PluginManifest) {
    let method = manifest.methods.first { !$0.writes } ?? manifest.methods.first
    let params = method?.examples.first?.params.objectValue ?? [:]
    let call = talk.call(
      method?.name ?? Self.unknown, kind: method?.writes ?? false ? "write" : "read", params,
      module: manifest.name)
    talk.cancel(call)
    check(
      Text("a cancelled call", zh: "取消调用"),
      advice: Text(
        "A cancelled call is still answered once, within \(limits.graceMs) ms: with 'cancelled', or with its"
          + " result.", zh: "被取消的调用仍须在 \(limits.graceMs) 毫秒内应答一次。"),
      talk.isAnsweredLate(call)
        ? nil : Text("not answered within \(limits.graceMs) ms", zh: "\(limits.graceMs) 毫秒内未应答"))
  }

  private func checkTogether(_ talk: PluginTalk, _ manifest: PluginManifest) {
    let method = manifest.methods.first { !$0.writes }
    let params = method?.examples.first?.params.objectValue ?? [:]
    let calls = (0..<Self.together).map { _ in
      talk.call(method?.name ?? Self.unknown, kind: "read", params, module: manifest.name)
    }
    let missing = calls.filter { talk.outcome(of: $0) == nil }
    check(
      Text("\(Self.together) calls at once", zh: "同时 \(Self.together) 个调用"),
      advice: Text("Answer each call once, in any order, with its own id.", zh: "每个调用各应答一次，带各自的 id。"),
      missing.isEmpty
        ? nil : Text("\(missing.count) of them were not answered", zh: "其中 \(missing.count) 个未应答"))
  }

  private func checkFrames(_ talk: PluginTalk, _ module: String) {
    let (halved, bytes) = talk.request(Self.unknown, kind: "read", [:], module: module)
    talk.send(Array(bytes[..<20]))
    // Whatever it makes of half a message, it has had the time to make it.
    _ = talk.program.next(within: 20)
    talk.send(Array(bytes[20...]))
    check(
      Text("a message in two pieces", zh: "分段到达的消息"),
      advice: Text("Read until the line feed before you parse.", zh: "读到换行再解析。"),
      talk.outcome(of: halved) == nil ? Text("it was not answered", zh: "未应答") : nil)
    let filling = String(repeating: "字", count: (limits.frameBytes - 4_096) / 3)
    let huge = talk.call(Self.unknown, kind: "read", ["filling": .string(filling)], module: module)
    check(
      Text("a message of \(limits.frameBytes >> 20) MiB", zh: "\(limits.frameBytes >> 20) MiB 的消息"),
      advice: Text(
        "Take messages of up to limits.frame_bytes of 'plugin.init'.",
        zh: "须能接收 plugin.init 中 limits.frame_bytes 大小的消息。"),
      talk.outcome(of: huge) == nil
        ? Text("it was not answered within \(limits.callMs) ms", zh: "\(limits.callMs) 毫秒内未应答") : nil)
  }
}
