import StationJSON

/// What a call says about itself, in `params.meta`.
package struct CallMeta: Sendable, Equatable {
  /// Code of the purpose for which personal data is disclosed.
  package var purpose: String?
  /// Why, in words.
  package var reason: String?
  /// A key under which the effect happens once, however often the call is sent.
  package var idempotencyKey: String?
  /// The officer for whom a front-end service acts.
  package var actor: String?

  /// Milliseconds within which the call must have started, so that nothing takes effect long after its caller
  /// has given up.
  package var deadlineMs: Int?

  package init(
    purpose: String? = nil, reason: String? = nil, idempotencyKey: String? = nil, actor: String? = nil,
    deadlineMs: Int? = nil
  ) {
    self.deadlineMs = deadlineMs
    self.purpose = purpose
    self.reason = reason
    self.idempotencyKey = idempotencyKey
    self.actor = actor
  }

  /// The member `meta`; nil if there is nothing to say.
  package var json: JSONValue? {
    var object = JSONObject()
    if let purpose { object["purpose"] = .string(purpose) }
    if let reason { object["reason"] = .string(reason) }
    if let idempotencyKey { object["idempotency_key"] = .string(idempotencyKey) }
    if let actor { object["actor"] = .string(actor) }
    if let deadlineMs { object["deadline_ms"] = .int(deadlineMs) }
    return object.isEmpty ? nil : .object(object)
  }

  /// The params with `meta` added; members that the params' own `meta` has already are kept.
  /// Positional params have no room for one: nil if there is something to say with them.
  package func added(to params: JSONValue) -> JSONValue? {
    guard let json, case .object(let mine) = json else { return params }
    guard case .object(var object) = params else { return nil }
    var meta = object["meta"]?.objectValue ?? JSONObject()
    for (key, value) in mine where meta[key] == nil { meta[key] = value }
    object["meta"] = .object(meta)
    return .object(object)
  }
}
