import StationKit

extension SpoolMessage {
  package var body: JSONObject {
    var body: JSONObject = [
      "stop": .string(stop), "station": .string(station), "amount": .int(amount), "queued": .instant(queued),
      "state": .string(state.rawValue),
    ]
    if let digest { body["digest"] = .string(digest) }
    if let file { body["file"] = .string(file) }
    if let prepared { body["prepared"] = .instant(prepared) }
    if let sent { body["sent"] = .instant(sent) }
    if let final {
      body["final_at"] = .instant(final.at)
      if let held = final.held { body["held"] = .int(held) }
      if !final.reasons.isEmpty { body["reasons"] = .array(final.reasons.map(JSONValue.string)) }
    }
    if let answered { body["answered"] = .instant(answered) }
    if let pending { body["pending"] = .instant(pending) }
    if let reason { body["reason"] = .string(reason.rawValue) }
    if let ended = answered ?? (state == .dropped ? queued : nil) {
      body["ended"] = .string(ended.description)
    }
    return body
  }

  package init?(_ body: JSONObject) {
    guard let stop = body["stop"]?.stringValue, let station = body["station"]?.stringValue,
      let amount = body["amount"]?.intValue, let queued = body["queued"]?.instant,
      let state = body["state"]?.stringValue.flatMap(SpoolState.init(rawValue:))
    else { return nil }
    self.init(stop: stop, station: station, amount: amount, queued: queued)
    self.state = state
    digest = body["digest"]?.stringValue
    file = body["file"]?.stringValue
    prepared = body["prepared"]?.instant
    sent = body["sent"]?.instant
    if let at = body["final_at"]?.instant {
      final = Final(
        at: at, held: body["held"]?.intValue,
        reasons: body["reasons"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    }
    answered = body["answered"]?.instant
    pending = body["pending"]?.instant
    reason = body["reason"]?.stringValue.flatMap(SpoolReason.init(rawValue:))
  }

  /// What lists show of it.
  func shown(id: String, version: Int, zone: Zone) -> JSONValue {
    func time(_ instant: Instant) -> JSONValue { .string(instant.rfc3339(zone: zone)) }
    var item: JSONObject = [
      "id": .string(id), "version": .int(version), "state": .string(state.rawValue), "stop": .string(stop),
      "station": .string(station), "amount": .int(amount), "queued": time(queued),
    ]
    if let digest { item["digest"] = .string(digest) }
    if let file { item["name"] = .string(file) }
    if let sent { item["sent"] = time(sent) }
    if let pending { item["pending"] = time(pending) }
    if let answered { item["answered"] = time(answered) }
    if let held = final?.held { item["held"] = .int(held) }
    if let reasons = final?.reasons, !reasons.isEmpty {
      item["bank_reasons"] = .array(reasons.map(JSONValue.string))
    }
    if let reason { item["reason"] = reason.shown }
    return .object(item)
  }

  static let schema: JSONValue = Shapes.object(
    [
      "stop": Schemas.id, "station": Shapes.unit, "amount": Shapes.count, "queued": Shapes.milliseconds,
      "state": Shapes.words(SpoolState.self), "digest": SpoolSchemas.digest, "file": SpoolSchemas.name,
      "prepared": Shapes.milliseconds,
      "sent": Shapes.milliseconds, "final_at": Shapes.milliseconds, "held": Shapes.count,
      "reasons": SpoolSchemas.bankReasons, "answered": Shapes.milliseconds, "pending": Shapes.milliseconds,
      "reason": SpoolSchemas.reasonCode, "ended": Shapes.instant,
    ], required: ["stop", "station", "amount", "queued", "state"])
}

extension SpoolReason {
  /// The code with what it means.
  var shown: JSONValue {
    ["code": .string(rawValue), "en": .string(text.en), "zh": .string(text.zh)]
  }
}
