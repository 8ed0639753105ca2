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
      "idempotency_key": ["type": "string", "minLength": 1, "maxLength": 128],
      "deadline_ms": ["type": "integer", "minimum": 1, "maximum": 3_600_000],
      "trace_id": ["type": "string", "minLength": 1, "maxLength": 128],
      "actor": ["type": "string", "minLength": 1, "maxLength": 64],
      "purpose": ["type": "string", "enum": .array(purposes.map(JSONValue.string))],
      "reason": ["type": "string", "minLength": 1, "maxLength": 500],
    ],
    "additionalProperties": false,
  ]

  package static let none = Meta()

  private init() {}

  private static let compiled = Result { try JSONSchema(schema) }

  /// - Throws: `invalid_params` with the pointer of the offender; also for a reason that holds an ID number or
  ///   coordinates: the log keeps it for ever, beyond every erasure.
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
    if let reason = value["reason"]?.stringValue, reason.allSatisfy(\.isWhitespace) {
      throw RPCError(
        .invalidParams, Text("A reason says something", zh: "理由不得为空白"), pointer: "/meta/reason")
    }
    if let finding = value["reason"]?.stringValue.flatMap(FreeText.finding) {
      throw RPCError(
        .invalidParams,
        Text(
          "The log keeps a reason for ever: it must not hold \(finding.name.en)",
          zh: "理由永久留存于日志，不得包含\(finding.name.zh)"),
        pointer: "/meta/reason")
    }
    idempotencyKey = value["idempotency_key"]?.stringValue
    deadlineMs = value["deadline_ms"]?.intValue
    traceID = value["trace_id"]?.stringValue
    actor = value["actor"]?.stringValue
    purpose = value["purpose"]?.stringValue
    reason = value["reason"]?.stringValue
  }
}
