import StationKit

extension Dispute.Person {
  var json: JSONValue {
    var json: JSONObject = ["id": .string(id), "role": .string(role.rawValue)]
    json["for"] = represents.map(JSONValue.string)
    json["agrees"] = agrees.map(JSONValue.bool)
    return .object(json)
  }

  init?(_ json: JSONValue) {
    guard let id = json["id"]?.stringValue, let role = Role(json["role"])
    else { return nil }
    self.init(id: id, role: role, represents: json["for"]?.stringValue, agrees: json["agrees"]?.boolValue)
  }
}

extension Dispute.Custody {
  var json: JSONValue {
    var json: JSONObject = [
      "unit": .string(unit), "mode": .string(mode.rawValue), "since": since.stored,
      "accepted_by": .string(acceptedBy),
    ]
    json["until"] = until?.stored
    json["body"] = body.map(JSONValue.string)
    json["taker"] = taker.map(JSONValue.string)
    return .object(json)
  }

  init?(_ json: JSONValue) {
    guard let unit = json["unit"]?.stringValue, let since = Instant(json["since"]),
      let mode = Mode(json["mode"]),
      let acceptedBy = json["accepted_by"]?.stringValue
    else { return nil }
    self.init(
      unit: unit, mode: mode, since: since, until: Instant(json["until"]), acceptedBy: acceptedBy,
      body: json["body"]?.stringValue, taker: json["taker"]?.stringValue)
  }
}

extension Dispute.Proposal {
  var json: JSONValue {
    var json: JSONObject = [
      "to": .string(to), "mode": .string(mode.rawValue), "by": .string(by), "at": at.stored,
      "reason": .string(reason),
    ]
    json["body"] = body.map(JSONValue.string)
    return .object(json)
  }

  init?(_ json: JSONValue) {
    guard let to = json["to"]?.stringValue, let by = json["by"]?.stringValue, let at = Instant(json["at"]),
      let mode = Mode(json["mode"]),
      let reason = json["reason"]?.stringValue
    else { return nil }
    self.init(to: to, mode: mode, by: by, at: at, body: json["body"]?.stringValue, reason: reason)
  }
}

extension Dispute.Decision {
  var json: JSONValue {
    [
      "at": at.stored, "by": .string(by), "open": .bool(open),
      "exclusions": .array(exclusions.map { .string($0.rawValue) }), "reason": .string(reason),
    ]
  }

  init?(_ json: JSONValue) {
    guard let at = Instant(json["at"]), let by = json["by"]?.stringValue,
      let open = json["open"]?.boolValue, let reason = json["reason"]?.stringValue,
      let exclusions = json["exclusions"]?.arrayValue
    else { return nil }
    self.init(
      at: at, by: by, open: open,
      exclusions: exclusions.compactMap { Exclusion($0) }, reason: reason)
  }
}

extension Dispute.Extension {
  var json: JSONValue {
    var json: JSONObject = [
      "approval": .string(approval), "asked": askedAt.stored, "reason": .string(reason),
    ]
    json["granted"] = grantedAt?.stored
    return .object(json)
  }

  init?(_ json: JSONValue) {
    guard let approval = json["approval"]?.stringValue, let asked = Instant(json["asked"]),
      let reason = json["reason"]?.stringValue
    else { return nil }
    self.init(approval: approval, askedAt: asked, reason: reason, grantedAt: Instant(json["granted"]))
  }
}

extension Dispute.SupportDoor {
  var json: JSONValue { ["request": .string(request), "at": at.stored] }

  init?(_ json: JSONValue) {
    guard let request = json["request"]?.stringValue, let at = Instant(json["at"]) else { return nil }
    self.init(request: request, at: at)
  }
}

extension PauseLedger.Pause {
  var json: JSONValue {
    var json: JSONObject = ["from": from.stored, "reason": .string(reason)]
    json["to"] = to?.stored
    return .object(json)
  }

  init?(_ json: JSONValue) {
    guard let from = Instant(json["from"]) else { return nil }
    self.init(from: from, to: Instant(json["to"]), reason: json["reason"]?.stringValue ?? "")
  }
}
