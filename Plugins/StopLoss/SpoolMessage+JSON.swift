import StationKit

extension SpoolMessage {
  package var body: JSONObject {
    var body: JSONObject = [
      "stop": .string(stop), "station": .string(station), "amount": .int(amount), "queued": queued.stored,
      "state": .string(state.rawValue),
    ]
    if let digest { body["digest"] = .string(digest) }
    if let file { body["file"] = .string(file) }
    if let prepared { body["prepared"] = prepared.stored }
    if let sent { body["sent"] = sent.stored }
    if let final {
      body["final_at"] = final.at.stored
      if let held = final.held { body["held"] = .int(held) }
      if !final.reasons.isEmpty { body["reasons"] = .array(final.reasons.map(JSONValue.string)) }
    }
    if let answered { body["answered"] = answered.stored }
    if let pending { body["pending"] = pending.stored }
    if let reason { body["reason"] = .string(reason.rawValue) }
    if let ended = answered ?? (state == .dropped ? queued : nil) {
      body["ended"] = .string(ended.description)
    }
    return body
  }

  package init?(_ body: JSONObject) {
    guard let stop = body["stop"]?.stringValue, let station = body["station"]?.stringValue,
      let amount = body["amount"]?.intValue, let queued = Instant(body["queued"]),
      let state = SpoolState(body["state"])
    else { return nil }
    self.init(stop: stop, station: station, amount: amount, queued: queued)
    self.state = state
    digest = body["digest"]?.stringValue
    file = body["file"]?.stringValue
    prepared = Instant(body["prepared"])
    sent = Instant(body["sent"])
    if let at = Instant(body["final_at"]) {
      final = Final(
        at: at, held: body["held"]?.intValue,
        reasons: body["reasons"]?.arrayValue?.compactMap(\.stringValue) ?? [])
    }
    answered = Instant(body["answered"])
    pending = Instant(body["pending"])
    reason = SpoolReason(body["reason"])
  }

  /// What lists show of it.
  func shown(id: String, version: Int, zone: Zone) -> JSONValue {
    var item: JSONObject = [
      "id": .string(id), "version": .int(version), "state": .string(state.rawValue), "stop": .string(stop),
      "station": .string(station), "amount": .int(amount), "queued": queued.text(zone),
    ]
    if let digest { item["digest"] = .string(digest) }
    if let file { item["name"] = .string(file) }
    if let sent { item["sent"] = sent.text(zone) }
    if let pending { item["pending"] = pending.text(zone) }
    if let answered { item["answered"] = answered.text(zone) }
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
