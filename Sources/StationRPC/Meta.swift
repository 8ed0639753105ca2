import StationKit

/// `params.meta`: what any call may carry beside its own params.
package struct Meta: Sendable {
  package var idempotencyKey: String?
  /// Milliseconds from arrival within which the call must have started.
  package var deadlineMs: Int?
  package var traceID: String?
  package var actor: String?
  package var purpose: String?
  package var reason: String?

  /// Why personal data may be asked for: a closed list.
  package static let purposes = [
    "handling", "supervision", "audit", "subject_request", "court_or_prosecutor", "maintenance",
  ]

  package static let schema: JSONValue = [
    "type": "object",
    "properties": [
      "idempotency_key": ["type": "string", "minLength": 1, "maxLength": 128, "format": "text"],
      "deadline_ms": ["type": "integer", "minimum": 1, "maximum": 3_600_000],
      "trace_id": ["type": "string", "minLength": 1, "maxLength": 128, "format": "line"],
      "actor": ["type": "string", "minLength": 1, "maxLength": 64, "format": "line"],
      "purpose": ["type": "string", "enum": .array(purposes.map(JSONValue.string))],
      "reason": ["type": "string", "minLength": 1, "maxLength": 500, "format": "text"],
    ],
    "additionalProperties": false,
  ]

  package static let none = Meta()

  private init() {}

  private static let compiled = Result { try JSONSchema(schema) }

  /// - Throws: `invalid_params` with the pointer of the offender; also for what the log keeps for ever, beyond every
  ///   erasure, where it holds an ID number or coordinates.
  package init(_ value: JSONValue) throws(RPCError) {
    guard case .success(let schema) = Self.compiled else { throw RPCError(.internalError) }
    if let violation = schema.validate(value) {
      throw RPCError(
        .invalidParams,
        Text(
          "Invalid params: meta: \(violation.message)",
          zh: "参数 meta 无效：\(violation.pointer) \(violation.chinese)"),
        pointer: "/meta\(violation.pointer)")
    }
    let logged = ["actor", "reason", "trace_id"]
    if let (name, finding) = FreeText.finding(in: value.objectValue ?? [:], members: logged) {
      throw RPCError.invalid(
        Text(
          "The log keeps '\(name)' for ever: it must not hold \(finding.name.en)",
          zh: "“\(name)”永久留存于日志，不得包含\(finding.name.zh)"),
        pointer: "/meta/\(name)")
    }
    idempotencyKey = value["idempotency_key"]?.stringValue
    deadlineMs = value["deadline_ms"]?.intValue
    traceID = value["trace_id"]?.stringValue
    actor = value["actor"]?.stringValue
    purpose = value["purpose"]?.stringValue
    reason = value["reason"]?.stringValue
  }

  /// Purpose and reason are there where the method discloses, and no idempotency key where it can keep no result.
  func check(for method: CompiledMethod) throws(RPCError) {
    let discloses = method.declaration.disclosesPersonalData
    if discloses, idempotencyKey != nil {
      // A first result would be kept, and answered again after what it tells was hidden or erased.
      throw .invalid(
        Text("A call that discloses personal data is never answered twice", zh: "披露个人信息的调用不得使用幂等键"),
        pointer: "/meta/idempotency_key")
    }
    if discloses, purpose == nil || reason == nil {
      throw RPCError(.purposeRequired, pointer: purpose == nil ? "/meta/purpose" : "/meta/reason")
    }
    if case .deferred = method.declaration.handler.body, idempotencyKey != nil {
      // What it does is not done in the store, which keeps the keys.
      throw .invalid(
        Text("'\(method.fullName)' acts at every call", zh: "“\(method.fullName)”每次调用均会执行，不支持幂等键"),
        pointer: "/meta/idempotency_key")
    }
  }
}
