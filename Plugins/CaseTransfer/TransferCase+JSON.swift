import StationKit

extension TransferCase {
  /// The stored body.
  package func body(_ zone: Zone) -> JSONObject {
    var body: JSONObject = [
      "kind": .string(kind.rawValue), "state": .string(state.rawValue), "unit": .string(unit),
      "owner": .string(owner), "origin": .string(origin), "received": received.column,
      "rules_on": .string(rulesOn.description), "opened_by": .string(openedBy),
      "owned_since": ownedSince.column, "clock_from": clockFrom.column, "last": last.column, "leg": .int(leg),
      "numbers": [
        "rounds": .int(rounds), "items": .int(items), "steps": .int(steps), "intervals": .int(intervals),
        "disputes": .int(disputes),
      ],
      "duties": .array(duties.map(\.json)), "summary": summary,
    ]
    for (name, flag) in [
      ("unclear", isUnclear), ("urgent", isUrgent), ("leg_open", isLegOpen), ("ruled", isRuled),
    ] where flag { body[name] = true }
    body.set("sender", sender)
    body.set("receiver", receiver)
    // A column of its own, so that a unit's list shows what is on its way to it and nothing older.
    if isLegOpen { body.set("incoming", receiver) }
    body.set("jurisdiction", jurisdiction?.rawValue)
    body.set("bureau", bureau)
    body.set("support", support)
    body.set("told", told)
    body.set("found", found)
    body.set("designated", designated)
    if stepsAfterNotice > 0 { body["steps_after_notice"] = .int(stepsAfterNotice) }
    body["approval"] = approval?.json
    body["notice"] = notice?.json
    body["round"] = round?.json
    body["facts"] = facts
    body["reporter"] = reporter
    body["persons"] = persons
    if !corrections.isEmpty { body["corrections"] = .array(corrections) }
    body.set("ended_at", ended.map { $0.rfc3339(zone: zone) })
    return body
  }

  /// A case from its stored body; nil if it is not one.
  package init?(_ body: JSONObject) {
    guard let kind: Kind = body.word("kind"), let state: State = body.word("state"),
      let unit = body.text("unit"), let owner = body.text("owner"), let origin = body.text("origin"),
      let received = body.instant("received"), let rulesOn = body.text("rules_on").flatMap({ CivilDate($0) }),
      let openedBy = body.text("opened_by"), let ownedSince = body.instant("owned_since"),
      let clockFrom = body.instant("clock_from"), let last = body.instant("last"), let leg = body.int("leg"),
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
    sender = body.text("sender")
    receiver = body.text("receiver")
    jurisdiction = body.word("jurisdiction")
    bureau = body.text("bureau")
    support = body.text("support")
    told = body.instant("told")
    found = body.instant("found")
    designated = body.instant("designated")
    stepsAfterNotice = body.int("steps_after_notice") ?? 0
    rounds = numbers.int("rounds") ?? 0
    items = numbers.int("items") ?? 0
    steps = numbers.int("steps") ?? 0
    intervals = numbers.int("intervals") ?? 0
    disputes = numbers.int("disputes") ?? 0
    approval = body["approval"]?.objectValue.flatMap { Approval($0) }
    notice = body["notice"]?.objectValue.flatMap { Notice($0) }
    round = body["round"]?.objectValue.flatMap { Round($0) }
    facts = body["facts"]
    reporter = body["reporter"]
    persons = body["persons"]
    corrections = body["corrections"]?.arrayValue ?? []
    ended = body.text("ended_at").flatMap { Instant(rfc3339: $0) }
  }

  /// What every method but `get` shows: no personal data.
  func header(id: String, version: Int, _ context: CallContext) -> JSONObject {
    var header: JSONObject = [
      "id": .string(id), "version": .int(version), "state": .string(state.rawValue),
      "kind": .string(kind.rawValue), "unclear": .bool(isUnclear), "urgent": .bool(isUrgent),
      "owner": .string(owner), "outside": .bool(isOutside), "origin": .string(origin), "leg": .int(leg),
      "received_at": received.text(context),
      "overdue": .bool(duties.contains { $0.isOverdue(at: context.now) }),
    ]
    if isLegOpen {
      header.set("sender", sender)
      header.set("receiver", receiver)
    }
    header.set("bureau", bureau)
    header["next_duty"] = nextDuty.map { .string($0.name.rawValue) } ?? .null
    header["next_due"] = nextDuty.map { $0.due.text(context) } ?? .null
    return header
  }
}

extension TransferCase.Approval {
  fileprivate var json: JSONValue {
    var json: JSONObject = ["id": .string(id), "requested": requested.column]
    json.set("approved", approved)
    json.set("by", by)
    return .object(json)
  }

  fileprivate init?(_ json: JSONObject) {
    guard let id = json.text("id"), let requested = json.instant("requested") else { return nil }
    self.init(id: id, requested: requested, approved: json.instant("approved"), by: json.text("by"))
  }
}

extension TransferCase.Notice {
  fileprivate var json: JSONValue { ["number": .string(number), "at": at.column] }

  fileprivate init?(_ json: JSONObject) {
    guard let number = json.text("number"), let at = json.instant("at") else { return nil }
    self.init(number: number, at: at)
  }
}

extension TransferCase.Round {
  fileprivate var json: JSONValue {
    [
      "number": .int(number), "side": .string(side.rawValue), "by": .string(by), "at": at.column,
      "record": .string(record),
    ]
  }

  fileprivate init?(_ json: JSONObject) {
    guard let number = json.int("number"), let side: TransferCase.Side = json.word("side"),
      let by = json.text("by"), let at = json.instant("at"), let record = json.text("record")
    else { return nil }
    self.init(number: number, side: side, by: by, at: at, record: record)
  }
}
