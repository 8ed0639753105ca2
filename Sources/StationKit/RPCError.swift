import StationJSON

/// The one public error: what a handler throws and what a client is answered.
///
/// It never carries internal detail; that goes to the daemon's own log.
public struct RPCError: Error, Sendable, Equatable {
  public var kind: ErrorKind
  public var message: Text
  /// JSON pointer (RFC 6901) into the params of the member at fault.
  public var pointer: String?
  /// Id of the domain rule that refused.
  public var rule: String?
  /// When it is worth trying again, in milliseconds.
  public var retryAfterMs: Int?
  /// Anything more that helps, such as the present state; members of `error.data`.
  public var details: JSONObject?

  public init(
    _ kind: ErrorKind, _ message: Text? = nil, pointer: String? = nil, rule: String? = nil,
    retryAfterMs: Int? = nil, details: JSONObject? = nil
  ) {
    self.kind = kind
    self.message = message ?? kind.message
    self.pointer = pointer
    self.rule = rule
    self.retryAfterMs = retryAfterMs
    self.details = details
  }

  /// - Parameter what: the kind of thing in English; those of the shipped modules have a Chinese word in the message.
  public static func notFound(_ what: String, _ id: String, pointer: String? = nil) -> RPCError {
    let chinese = chineseKinds[what] ?? " \(what) "
    return RPCError(.notFound, Text("No \(what) '\(id)'", zh: "没有\(chinese)“\(id)”"), pointer: pointer)
  }

  private static let chineseKinds = [
    "account": "账户", "active unit": "在用单位", "approval request": "审批申请", "audit record": "审计记录",
    "case": "案件", "cycle": "办理周期", "dispute": "纠纷", "duty": "义务事项", "entry": "条目", "item": "证据物品",
    "message": "报文", "module": "模块", "notice": "告知书", "person": "人员", "record": "关注记录", "report": "报案",
    "request": "请求", "scenario": "场景", "spool_refusal": "被搁置的文件", "stop": "止付记录", "subject": "主体",
    "subscription": "订阅",
    "task": "待办事项", "unit": "单位",
  ]

  public static func denied(_ message: Text) -> RPCError { RPCError(.denied, message) }

  public static func invalid(_ message: Text, pointer: String) -> RPCError {
    RPCError(.invalidParams, message, pointer: pointer)
  }

  /// A domain rule says no; `rule` is its id in the module's rule table.
  public static func refused(rule: String, _ message: Text, pointer: String? = nil) -> RPCError {
    RPCError(.refusedByRule, message, pointer: pointer, rule: rule)
  }

  public static func wrongState(_ state: String, allowed: [String]) -> RPCError {
    RPCError(
      .wrongState,
      Text(
        "Not possible in state '\(state)'; allowed from: \(allowed.joined(separator: ", "))",
        zh: "状态“\(state)”下不可执行；允许的状态：\(allowed.joined(separator: "、"))"),
      details: ["state": .string(state), "allowed": .array(allowed.map(JSONValue.string))])
  }

  /// A new record, or a changed one, has an id or a unique index's value that another one has.
  package static func exists(_ id: String) -> RPCError {
    RPCError(.alreadyExists, Text("'\(id)' or a unique value of it exists already", zh: "“\(id)”或其唯一值已存在"))
  }

  /// A record has been changed since the caller read it.
  package static func conflict(_ id: String, version: Int, expected: Int) -> RPCError {
    RPCError(
      .conflict,
      Text(
        "'\(id)' is at version \(version), not \(expected)",
        zh: "“\(id)”的版本是 \(version)，不是 \(expected)"),
      details: ["version": .int(version)])
  }

  /// A cursor that the list did not give out.
  public static let foreignCursor = RPCError.invalid(
    Text("This cursor is not from this list", zh: "游标不属于此列表"), pointer: "/cursor")

  /// The JSON-RPC error object (section 5.1), with `data.kind` always present.
  public var json: JSONValue {
    var data: JSONObject = ["kind": .string(kind.rawValue)]
    if let pointer { data["pointer"] = .string(pointer) }
    if let rule { data["rule"] = .string(rule) }
    if let retryAfterMs { data["retry_after_ms"] = .int(retryAfterMs) }
    data["message_zh"] = .string(message.zh)
    if let details {
      for (key, value) in details where data[key] == nil { data[key] = value }
    }
    return .object([
      "code": .int(kind.code), "message": .string(message.en), "data": .object(data),
    ])
  }
}
