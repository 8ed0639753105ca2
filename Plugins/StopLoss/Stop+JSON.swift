import StationKit

extension Stop {
  /// The stored body.
  package var body: JSONObject {
    var body: JSONObject = [
      "report": .string(report), "reported": reported.stored, "station": .string(station),
      "fraud_type": .string(fraudType), "age_band": .string(ageBand), "account": .string(account),
      "attempt": .int(attempt), "rules_on": .string(rulesOn.description), "requested": requested.stored,
      "requested_by": .string(requestedBy), "amount": .int(amount), "state": .string(state.rawValue),
      "held": .int(held), "returned": .int(returned), "lapses": .int(lapses), "alarms": .int(alarms),
      "history": .array(history),
    ]
    if let letGo { body["let_go"] = .int(letGo) }
    if let former { body["former"] = .string(former.rawValue) }
    if let answerDue { body["answer_due"] = answerDue.stored }
    if let hold { body["hold"] = hold.json }
    if !mismatch.isEmpty { body["mismatch"] = .array(mismatch.map { .string($0.rawValue) }) }
    if let reference { body["reference"] = .string(reference) }
    if let freeze { body["freeze"] = freeze.json }
    if let unrelated {
      body["unrelated"] = unrelated.json
      body["release_due"] = unrelated.end.stored
    }
    if let decision { body["decision"] = decision.json }
    if !returns.isEmpty { body["returns"] = .array(returns.map(\.json)) }
    if !told.isEmpty { body["told"] = .array(told.map(JSONValue.string)) }
    if let released { body["released"] = released.stored }
    if let ends { body["ends"] = ends.stored }
    if let ended { body["ended_at"] = ended.text(.utc) }
    return body
  }

  /// A stop from its stored body; nil if it is not one.
  package init?(_ body: JSONObject) {
    guard let report = body["report"]?.stringValue, let reported = Instant(body["reported"]),
      let station = body["station"]?.stringValue, let fraudType = body["fraud_type"]?.stringValue,
      let ageBand = body["age_band"]?.stringValue, let account = body["account"]?.stringValue,
      let attempt = body["attempt"]?.intValue,
      let rulesOn = CivilDate(body["rules_on"]),
      let requested = Instant(body["requested"]), let requestedBy = body["requested_by"]?.stringValue,
      let amount = body["amount"]?.intValue,
      let state = StopState(body["state"])
    else { return nil }
    self.init(
      report: report, reported: reported, station: station, fraudType: fraudType, ageBand: ageBand,
      account: account, attempt: attempt, rulesOn: rulesOn, requested: requested, requestedBy: requestedBy,
      amount: amount, state: state)
    former = StopState(body["former"])
    answerDue = Instant(body["answer_due"])
    held = body["held"]?.intValue ?? 0
    letGo = body["let_go"]?.intValue
    returned = body["returned"]?.intValue ?? 0
    hold = StoredTerm(body["hold"])
    mismatch =
      body["mismatch"]?.arrayValue?.compactMap { Mismatch($0) } ?? []
    reference = body["reference"]?.stringValue
    freeze = Freeze(body["freeze"])
    unrelated = StoredTerm(body["unrelated"])
    decision = ReturnDecision(body["decision"])
    returns = body["returns"]?.arrayValue?.compactMap { ReturnDecision($0) } ?? []
    lapses = body["lapses"]?.intValue ?? 0
    alarms = body["alarms"]?.intValue ?? 0
    told = body["told"]?.arrayValue?.compactMap(\.stringValue) ?? []
    released = Instant(body["released"])
    ended = body["ended_at"]?.stringValue.flatMap { Instant(rfc3339: $0) }
    history = body["history"]?.arrayValue ?? []
  }

  static let historyItem: JSONValue = Shapes.object(
    [
      "at": Shapes.instant, "action": Schemas.action, "by": Schemas.person, "from": Schemas.state,
      "to": Schemas.state, "reason": Shapes.text(max: 40), "document": Schemas.document,
      "reference": Schemas.reference, "amount": Schemas.amountOrZero, "when": Shapes.instant,
    ], required: ["at", "action", "by", "from", "to"])

  static let schema: JSONValue = Shapes.object(
    [
      "report": Schemas.reportID, "reported": Shapes.milliseconds, "station": Shapes.unit,
      "fraud_type": Shapes.text(max: 40), "age_band": AgeBand.schema, "account": Schemas.id,
      "attempt": Shapes.version, "rules_on": Shapes.date, "requested": Shapes.milliseconds,
      "requested_by": Schemas.person, "amount": Schemas.amount, "state": Schemas.state,
      "held": Schemas.amountOrZero, "returned": Schemas.amountOrZero, "lapses": Shapes.count,
      "alarms": Shapes.count, "history": Shapes.list(historyItem, max: Limits.history),
      "let_go": Schemas.amountOrZero, "former": Schemas.state, "answer_due": Shapes.milliseconds,
      "hold": StoredTerm.schema,
      "mismatch": Schemas.mismatch, "reference": Schemas.reference, "freeze": Freeze.schema,
      "unrelated": StoredTerm.schema, "release_due": Shapes.milliseconds, "decision": ReturnDecision.schema,
      "returns": Shapes.list(ReturnDecision.schema, max: Limits.history),
      "told": Shapes.list(Shapes.text(max: 40)), "released": Shapes.milliseconds, "ends": Shapes.milliseconds,
      "ended_at": Shapes.instant,
    ],
    required: [
      "report", "reported", "station", "fraud_type", "age_band", "account", "attempt", "rules_on",
      "requested",
      "requested_by", "amount", "state", "held", "returned", "lapses", "alarms", "history",
    ])
}
