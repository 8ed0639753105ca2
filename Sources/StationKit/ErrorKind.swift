/// The one table of error kinds: the stable word in `error.data.kind`, the JSON-RPC code, and the
/// message where none more exact is given.
///
/// The first five codes are JSON-RPC 2.0's own (section 5.1); -32000 to -32099 are the daemon's.
public enum ErrorKind: String, Sendable, CaseIterable {
  case parseError = "parse_error"
  case invalidRequest = "invalid_request"
  case methodNotFound = "method_not_found"
  case invalidParams = "invalid_params"
  case internalError = "internal_error"

  case denied
  case notFound = "not_found"
  case conflict
  case unavailable
  case deadlinePassed = "deadline_passed"
  case tooManyConnections = "too_many_connections"
  case idempotencyMismatch = "idempotency_mismatch"
  case refusedByRule = "refused_by_rule"
  case cancelled
  case purposeRequired = "purpose_required"
  case wrongState = "wrong_state"
  case approvalRequired = "approval_required"
  case expired
  case alreadyExists = "already_exists"
  case frameTooLarge = "frame_too_large"
  case tooDeep = "too_deep"
  case batchTooLong = "batch_too_long"
  case answerTooLarge = "answer_too_large"
  case tooManyInFlight = "too_many_in_flight"
  case tooManySubscriptions = "too_many_subscriptions"
  case queueFull = "queue_full"
  case storageFull = "storage_full"
  case wipePending = "wipe_pending"

  /// The JSON-RPC error code.
  public var code: Int {
    switch self {
    case .parseError: -32700
    case .invalidRequest: -32600
    case .methodNotFound: -32601
    case .invalidParams: -32602
    case .internalError: -32603
    case .denied: -32000
    case .notFound: -32001
    case .conflict: -32002
    case .unavailable: -32003
    case .deadlinePassed: -32004
    case .tooManyConnections: -32006
    case .idempotencyMismatch: -32007
    case .refusedByRule: -32008
    case .cancelled: -32009
    case .purposeRequired: -32010
    case .wrongState: -32011
    case .approvalRequired: -32012
    case .expired: -32013
    case .alreadyExists: -32014
    case .frameTooLarge: -32020
    case .tooDeep: -32021
    case .batchTooLong: -32022
    case .answerTooLarge: -32023
    case .tooManyInFlight: -32024
    case .tooManySubscriptions: -32025
    case .queueFull: -32026
    case .storageFull: -32027
    case .wipePending: -32028
    }
  }

  /// What a person reads where the error says nothing more exact.
  public var message: Text {
    switch self {
    case .parseError: Text("Parse error", zh: "不是有效的 JSON")
    case .invalidRequest: Text("Invalid Request", zh: "不是有效的请求")
    case .methodNotFound: Text("Method not found", zh: "没有这个方法")
    case .invalidParams: Text("Invalid params", zh: "参数无效")
    case .internalError: Text("Internal error", zh: "内部错误")
    case .denied: Text("Permission denied", zh: "无权限")
    case .notFound: Text("Not found", zh: "未找到")
    case .conflict: Text("Changed by someone else meanwhile", zh: "已被他人修改")
    case .unavailable: Text("Temporarily unavailable", zh: "暂时不可用")
    case .deadlinePassed: Text("The call's deadline passed", zh: "调用已超时")
    case .tooManyConnections: Text("Too many connections", zh: "连接过多")
    case .idempotencyMismatch:
      Text("The idempotency key was used with another payload", zh: "幂等键已用于不同内容")
    case .refusedByRule: Text("Refused by a rule", zh: "不符合规则")
    case .cancelled: Text("Cancelled", zh: "已取消")
    case .purposeRequired: Text("A purpose and a reason are required", zh: "须说明用途和理由")
    case .wrongState: Text("Not possible in the present state", zh: "当前状态下不可执行")
    case .approvalRequired: Text("Needs approval by a second person", zh: "须经第二人批准")
    case .expired: Text("Expired", zh: "已过期")
    case .alreadyExists: Text("Already exists", zh: "已存在")
    case .frameTooLarge: Text("Message too large", zh: "消息过大")
    case .tooDeep: Text("Nested too deeply", zh: "嵌套过深")
    case .batchTooLong: Text("Too many calls in one batch", zh: "批量调用过多")
    case .answerTooLarge: Text("The answer would be too large", zh: "应答过大")
    case .tooManyInFlight: Text("Too many calls under way on this connection", zh: "并发调用过多")
    case .tooManySubscriptions: Text("Too many subscriptions on this connection", zh: "订阅过多")
    case .queueFull: Text("Too many writes are waiting", zh: "写入队列已满")
    case .storageFull: Text("The disk is full", zh: "磁盘已满")
    case .wipePending: Text("Erased; a last copy is still to be wiped", zh: "已删除，最后的副本待清除")
    }
  }
}
