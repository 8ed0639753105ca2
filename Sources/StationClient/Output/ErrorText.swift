import Glibc
import StationJSON

/// Errors as people read them: what is wrong in one line, and what to do about it where that is known.
package struct ErrorText: Sendable, Equatable {
  package let message: String
  package let hint: String?

  package init(message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }

  /// Explains why a call has no result.
  package init(_ error: ClientError, language: Language) {
    switch error {
    case .unreachable(let path, let code):
      let text = language.pick(
        "cannot connect to \(path): \(SystemText.text(code, .en))",
        zh: "无法连接 \(path)：\(SystemText.text(code, .zh))")
      self.init(message: text, hint: Self.hint(errno: code, language))
    case .pathTooLong(let path):
      self.init(
        message: language.pick("the socket's path is too long: \(path)", zh: "套接字路径过长：\(path)"),
        hint: language.pick("a Unix socket's path has at most 107 bytes", zh: "Unix 套接字路径最多 107 字节"))
    case .closed:
      self.init(
        message: language.pick("the daemon closed the connection without an answer", zh: "守护进程未应答即关闭了连接"),
        hint: language.pick(
          "it may be restarting; whether the call took effect is not known. See: journalctl -u stationd",
          zh: "可能正在重启；此次调用是否生效未知。请查看：journalctl -u stationd"))
    case .timedOut:
      self.init(
        message: language.pick("no answer in time", zh: "等待应答超时"),
        hint: language.pick(
          "whether a call that writes took effect is not known; one with an idempotency key (call --key) can be repeated"
            + " safely. Wait longer with --timeout",
          zh: "写入类调用是否生效未知；带幂等键（call --key）者可安全重试。可用 --timeout 延长等待"))
    case .protocolError(let what):
      self.init(
        message: language.pick("the answer is not JSON-RPC: \(what)", zh: "应答不是 JSON-RPC：\(what)"),
        hint: language.pick("is this socket stationd's?", zh: "该套接字属于 stationd 吗？"))
    case .interrupted:
      self.init(message: language.pick("interrupted", zh: "已中断"))
    case .rpc(let error):
      self.init(error, language: language)
    }
  }

  private init(_ error: ServerError, language: Language) {
    let text = language == .zh ? error.messageZh ?? error.message : error.message
    let kind = error.kind.isEmpty ? String(error.code) : error.kind
    let place = error.pointer.map { $0.isEmpty ? "" : ", " + $0 } ?? ""
    let message = "\(text) (\(kind)\(place))"
    self.init(message: DisplayWidth.printable(message), hint: Self.hint(error, language))
  }

  private static func hint(_ error: ServerError, _ language: Language) -> String? {
    let data = error.json["data"]
    switch error.kind {
    case "purpose_required":
      return language.pick(
        "say what the data is for: --purpose CODE --reason 'TEXT'; both go into the audit log",
        zh: "请说明用途和理由：--purpose 代码 --reason '理由'；两者都会记入审计日志")
    case "denied" where error.message.hasSuffix("is for the administrators' socket"):
      return language.pick("call it with --socket admin", zh: "请加 --socket admin 调用")
    case "denied":
      return language.pick(
        "your user has no role that allows this here; roles are given in access.yaml",
        zh: "您的用户没有允许此操作的角色；角色在 access.yaml 中设定")
    case "method_not_found":
      return language.pick("list what there is: stationctl --help", zh: "查看可用方法：stationctl --help")
    case "conflict":
      return language.pick("get it again, and repeat with its new version", zh: "请重新读取，用新版本号重试")
    case "idempotency_mismatch":
      return language.pick("use another --key for another call", zh: "不同的调用请使用不同的 --key")
    case "approval_required":
      return language.pick(
        "a second person decides: stationctl approval --help", zh: "须由第二人批准：stationctl approval --help")
    case "storage_full":
      return language.pick("free space on the daemon's disk; it recovers by itself", zh: "请清理磁盘空间；守护进程会自行恢复")
    default:
      if let rule = data?["rule"]?.stringValue {
        return language.pick("rule: \(rule)", zh: "依据规则 \(rule)")
      }
      if let wait = data?["retry_after_ms"]?.intValue {
        return language.pick("worth trying again in \(wait) ms", zh: "可在 \(wait) 毫秒后重试")
      }
      return nil
    }
  }

  private static func hint(errno code: Int32, _ language: Language) -> String? {
    switch code {
    case ENOENT:
      language.pick(
        "is stationd running? systemctl status stationd; another socket is named by --socket or STATIOND_SOCKET",
        zh: "stationd 是否在运行？systemctl status stationd；可用 --socket 或 STATIOND_SOCKET 指定其他套接字")
    case ENOTSOCK:
      language.pick(
        "name the daemon's socket: --socket PATH, or a name such as admin",
        zh: "请用 --socket 指定守护进程的套接字：路径，或名称如 admin")
    case ECONNREFUSED:
      language.pick(
        "the socket is there, but nobody listens: systemctl status stationd",
        zh: "套接字存在但无人监听：systemctl status stationd")
    case EACCES, EPERM:
      language.pick(
        "your user may not open the socket; it is its group's (ls -l shows which): ask your sysadmin",
        zh: "您的用户无权打开该套接字；您须属于该套接字的用户组（ls -l 可查看），请联系系统管理员")
    case EAGAIN:
      language.pick("too many connections are waiting; try again", zh: "等待的连接过多；请重试")
    default: nil
    }
  }
}
