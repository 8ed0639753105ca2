import StationKit

extension TransferCase {
  /// The stored body.
  package func body(_ zone: Zone) -> JSONObject {
    var body: JSONObject = [
      "kind": .string(kind.rawValue), "state": .string(state.rawValue), "unit": .string(unit),
      "owner": .string(owner), "origin": .string(origin), "received": received.stored,
      "rules_on": .string(rulesOn.description), "opened_by": .string(openedBy),
      "owned_since": ownedSince.stored, "clock_from": clockFrom.stored, "last": last.stored, "leg": .int(leg),
      "numbers": [
        "rounds": .int(rounds), "items": .int(items), "steps": .int(steps), "intervals": .int(intervals),
        "disputes": .int(disputes),
      ],
      "duties": .array(duties.map(\.json)), "summary": summary,
    ]
    for (name, flag) in [
      ("unclear", isUnclear), ("urgent", isUrgent), ("leg_open", isLegOpen), ("ruled", isRuled),
    ] where flag { body[name] = true }
    body["sender"] = sender.map(JSONValue.string)
    body["receiver"] = receiver.map(JSONValue.string)
    // A column of its own, so that a unit's list shows what is on its way to it and nothing older.
    if isLegOpen { body["incoming"] = receiver.map(JSONValue.string) }
    body["jurisdiction"] = jurisdiction.map { .string($0.rawValue) }
    body["bureau"] = bureau.map(JSONValue.string)
    body["support"] = support.map(JSONValue.string)
    body["told"] = told?.stored
    body["found"] = found?.stored
    body["designated"] = designated?.stored
    if stepsAfterNotice > 0 { body["steps_after_notice"] = .int(stepsAfterNotice) }
    body["approval"] = approval?.json
    body["notice"] = notice?.json
    body["round"] = round?.json
    body["facts"] = facts
    body["reporter"] = reporter
    body["persons"] = persons
    if !corrections.isEmpty { body["corrections"] = .array(corrections) }
    body["ended_at"] = ended?.text(zone)
    return body
  }

  /// A case from its stored body; nil if it is not one.
  package init?(_ body: JSONObject) {
    guard let kind = Kind(body["kind"]), let state = State(body["state"]),
      let unit = body["unit"]?.stringValue, let owner = body["owner"]?.stringValue,
      let origin = body["origin"]?.stringValue,
      let received = Instant(body["received"]), let rulesOn = CivilDate(body["rules_on"]),
      let openedBy = body["opened_by"]?.stringValue, let ownedSince = Instant(body["owned_since"]),
      let clockFrom = Instant(body["clock_from"]), let last = Instant(body["last"]),
      let leg = body["leg"]?.intValue,
      let summary = body["summary"],
      let numbers = body["numbers"]?.objectValue, let duties = body["duties"]?.arrayValue
    else { return nil }
    self.init(
      kind: kind, isUnclear: body["unclear"] == true, unit: origin, rulesOn: rulesOn, received: received,
      openedBy: openedBy, summary: summary)
    self.state = state
    self.unit = unit
    self.owner = owner
    self.ownedSince = ownedSince
    self.clockFrom = clockFrom
    self.last = last
    self.leg = leg
    self.duties = duties.compactMap { Duty($0) }
    isUrgent = body["urgent"] == true
    isLegOpen = body["leg_open"] == true
    isRuled = body["ruled"] == true
    sender = body["sender"]?.stringValue
    receiver = body["receiver"]?.stringValue
    jurisdiction = Jurisdiction(body["jurisdiction"])
    bureau = body["bureau"]?.stringValue
    support = body["support"]?.stringValue
    told = Instant(body["told"])
    found = Instant(body["found"])
    designated = Instant(body["designated"])
    stepsAfterNotice = body["steps_after_notice"]?.intValue ?? 0
    rounds = numbers["rounds"]?.intValue ?? 0
    items = numbers["items"]?.intValue ?? 0
    steps = numbers["steps"]?.intValue ?? 0
    intervals = numbers["intervals"]?.intValue ?? 0
    disputes = numbers["disputes"]?.intValue ?? 0
    approval = body["approval"]?.objectValue.flatMap { Approval($0) }
    notice = body["notice"]?.objectValue.flatMap { Notice($0) }
    round = body["round"]?.objectValue.flatMap { Round($0) }
    facts = body["facts"]
    reporter = body["reporter"]
    persons = body["persons"]
    corrections = body["corrections"]?.arrayValue ?? []
    ended = body["ended_at"]?.stringValue.flatMap { Instant(rfc3339: $0) }
  }

  /// What every method but `get` shows: no personal data.
  func header(id: String, version: Int, _ context: CallContext) -> JSONObject {
    var header: JSONObject = [
      "id": .string(id), "version": .int(version), "state": .string(state.rawValue),
      "kind": .string(kind.rawValue), "unclear": .bool(isUnclear), "urgent": .bool(isUrgent),
      "owner": .string(owner), "outside": .bool(isOutside), "origin": .string(origin), "leg": .int(leg),
      "received_at": received.text(context.zone),
      "overdue": .bool(duties.contains { $0.isOverdue(at: context.now) }),
    ]
    if isLegOpen {
      header["sender"] = sender.map(JSONValue.string)
      header["receiver"] = receiver.map(JSONValue.string)
    }
    header["bureau"] = bureau.map(JSONValue.string)
    header["next_duty"] = nextDuty.map { .string($0.name.rawValue) } ?? .null
    header["next_due"] = nextDuty.map { $0.due.text(context.zone) } ?? .null
    return header
  }
}

extension TransferCase.Approval {
  fileprivate var json: JSONValue {
    var json: JSONObject = ["id": .string(id), "requested": requested.stored]
    json["approved"] = approved?.stored
    json["by"] = by.map(JSONValue.string)
    return .object(json)
  }

  fileprivate init?(_ json: JSONObject) {
    guard let id = json["id"]?.stringValue, let requested = Instant(json["requested"]) else { return nil }
    self.init(id: id, requested: requested, approved: Instant(json["approved"]), by: json["by"]?.stringValue)
  }
}

extension TransferCase.Notice {
  fileprivate var json: JSONValue { ["number": .string(number), "at": at.stored] }

  fileprivate init?(_ json: JSONObject) {
    guard let number = json["number"]?.stringValue, let at = Instant(json["at"]) else { return nil }
    self.init(number: number, at: at)
  }
}

extension TransferCase.Round {
  fileprivate var json: JSONValue {
    [
      "number": .int(number), "side": .string(side.rawValue), "by": .string(by), "at": at.stored,
      "record": .string(record),
    ]
  }

  fileprivate init?(_ json: JSONObject) {
    guard let number = json["number"]?.intValue, let side = TransferCase.Side(json["side"]),
      let by = json["by"]?.stringValue, let at = Instant(json["at"]), let record = json["record"]?.stringValue
    else { return nil }
    self.init(number: number, side: side, by: by, at: at, record: record)
  }
}
