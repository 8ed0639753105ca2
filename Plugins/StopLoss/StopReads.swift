import StationKit

/// `stoploss.stop.get`, `stoploss.stop.list`, `stoploss.alarms`, `stoploss.explain`.
struct StopReads: Sendable {
  let policy: Policy

  func get(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let (record, stop) = try find(params, context, tx)
    var whole = stop.header(id: record.id, version: record.version, zone: context.zone)
    whole["rules_on"] = .string(stop.rulesOn.description)
    whole["requested_by"] = .string(stop.requestedBy)
    if let reference = stop.reference { whole["reference"] = .string(reference) }
    whole["history"] = .array(stop.history)
    return .object(whole)
  }

  static let whole: JSONValue = {
    var members = Stop.headerMembers
    members["rules_on"] = Shapes.date
    members["requested_by"] = Schemas.person
    members["reference"] = Schemas.reference
    members["history"] = Shapes.list(Stop.historyItem)
    return Shapes.object(members, required: Stop.headerRequired + ["rules_on", "requested_by", "history"])
  }()

  /// Stops of a state, the longest waiting first.
  func list(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let station = try Scoped.station(params, policy, context)
    let query = Query("stop", index: "by_state", equals: [.text(try params.string("state"))])
    return try Scoped.page(query, params, tx) { record in
      guard let stop = Stop(record.body), station == nil || stop.station == station else { return nil }
      return .object(
        stop.header(id: record.id, version: record.version, zone: context.zone, withShares: false))
    }
  }

  /// What ends next, over stops and freezes.
  func alarms(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let station = try Scoped.station(params, policy, context)
    var query = Query("stop", index: "by_end", from: .integer(0))
    if let hours = params["within_hours"]?.intValue {
      query.to = .integer(Int(context.now.adding(hours: hours).milliseconds) + 1)
    }
    let clock = StopClock(policy: policy)
    return try Scoped.page(query, params, tx) { record in
      guard let stop = Stop(record.body), let ends = stop.ends, station == nil || stop.station == station
      else {
        return nil
      }
      var item: JSONObject = [
        "stop": .string(record.id), "report": .string(stop.report), "account": .string(stop.account),
        "station": .string(stop.station), "state": .string(stop.state.rawValue),
        "measure": stop.state.isFrozen ? "freeze" : "stop", "held": .int(stop.held),
        "ends_at": ends.text(context.zone),
        "left_s": .int(Int(ends.milliseconds(since: context.now) / 1000)),
      ]
      if let next = try clock.agenda(stop).first(where: { $0.what != .lapse }) {
        item["next_alarm_at"] = next.due.text(context.zone)
      }
      return .object(item)
    }
  }

  static let alarm = Shapes.object(
    [
      "stop": Schemas.id, "report": Schemas.reportID, "account": Schemas.id, "station": Shapes.unit,
      "state": Schemas.state, "measure": Shapes.words(Announcement.Measure.self),
      "held": Schemas.amountOrZero,
      "ends_at": Shapes.instant, "left_s": Schemas.seconds, "next_alarm_at": Shapes.instant,
    ],
    required: ["stop", "report", "account", "station", "state", "measure", "held", "ends_at", "left_s"])

  /// How the ends of a stop's terms came about.
  func explain(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let (record, stop) = try find(params, context, tx)
    let terms: [(name: TermName, term: StoredTerm?)] = [
      (.stop, stop.hold), (.freeze, stop.freeze?.term), (.release, stop.unrelated),
      (.notice, stop.decision?.notice), (.bank, stop.decision?.bank),
    ]
    return [
      "id": .string(record.id), "rules_on": .string(stop.rulesOn.description),
      "terms": .array(
        try terms.compactMap { name, term in try term.map { try explained(name, $0, context) } }),
    ]
  }

  /// The terms that a stop can have. The raw values are stable codes.
  enum TermName: String, Sendable, CaseIterable { case stop, freeze, release, notice, bank }

  private func explained(
    _ name: TermName, _ term: StoredTerm, _ context: CallContext
  ) throws -> JSONValue {
    let computed = try Terms(policy: policy, context: context).computed(
      term.term, from: term.start, term.rule)
    let zone = context.zone
    return [
      "name": .string(name.rawValue), "term": .string(term.term.description),
      "rule": term.rule.json,
      "start": term.start.text(zone), "end": term.end.text(zone),
      "provisional": .bool(term.provisional), "calendar_version": .string(term.calendarVersion),
      // The steps are those of today's calendar; they hold for the end only if it is the same.
      "steps_apply": .bool(computed.end == term.end), "steps": .array(computed.steps),
    ]
  }

  static let explanation: JSONValue = {
    let step = Shapes.object([
      "code": ["type": "string", "format": "code"],
      "fields": ["type": "object", "additionalProperties": ["type": "string"]], "en": Shapes.text,
      "zh": Shapes.text,
    ])
    return Shapes.object([
      "id": Schemas.id, "rules_on": Shapes.date,
      "terms": Shapes.list(
        Shapes.object([
          "name": Shapes.words(TermName.self), "term": Schemas.short, "rule": Schemas.rule,
          "start": Shapes.instant, "end": Shapes.instant, "provisional": Shapes.flag,
          "calendar_version": Schemas.short, "steps_apply": Shapes.flag, "steps": Shapes.list(step),
        ])),
    ])
  }()

  private func find(
    _ params: Params, _ context: CallContext, _ tx: any ReadTransaction
  ) throws -> (Record, Stop) {
    let id = try params.string("id")
    let (record, stop) = try tx.find("stop", id, pointer: "/id", as: Stop.init)
    try context.principal.require(stop.station, policy.desk)
    return (record, stop)
  }
}
