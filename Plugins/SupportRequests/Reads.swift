import StationKit

/// The methods that show one request or the catalogue.
struct Reads: Sendable {
  let catalogue: Catalogue

  /// The whole request, with personal data.
  func get(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let (record, present) = try find(params, tx)
    let request = try params["cycle"].map { try cycle($0.intValue ?? 0, record, present, tx) } ?? present
    // Who had a part in a cycle may see it, as who has one in the present.
    if !mayRead(request, context) { try requireRead(present, context) }
    let zone = context.zone
    var whole = request.header(id: record.id, version: record.version, zone: zone).objectValue ?? [:]
    whole["cycle"] = request.cycle
    whole["cycles"] = present.cycle["number"]
    whole["summary"] = request.summary
    whole["opened_by"] = .string(request.openedBy)
    whole["place"] = request.place
    whole["contact"] = request.contact
    whole["facts"] = request.facts.map(JSONValue.object)
    whole["branch"] = request.branch.map(JSONValue.string)
    whole["assigned"] = request.assigned.map(JSONValue.string)
    if !request.askedBy.isEmpty { whole["asked_by"] = .array(request.askedBy.map(JSONValue.string)) }
    whole["approved_by"] = request.approvedBy.map(JSONValue.string)
    whole["acknowledged_at"] = request.clocks.acknowledged?.text(zone)
    whole["completed_at"] = request.clocks.completed?.text(zone)
    whole["feedback_due"] = request.clocks.feedbackDue?.text(zone)
    whole["ended_at"] = request.ended?.text(zone)
    whole["redirects"] = .int(request.outcome.redirects)
    whole["pauses"] = pauses(request.clocks, zone)
    whole["rungs_fired"] = [
      "response": .array(request.clocks.firedResponse.map(JSONValue.int)),
      "support": .array(request.clocks.firedSupport.map(JSONValue.int)),
    ]
    whole["history"] = .array(request.history)
    return .object(whole)
  }

  /// How the ends of both clocks, and of the feedback once it is owed, came about.
  func explain(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let (record, request) = try find(params, tx)
    try requireRead(request, context)
    let cycle = try Steps.cycle(request)
    var terms = [
      try term(.response, end: request.clocks.responseDue, request, cycle, context),
      try term(.support, end: request.clocks.supportEnd, request, cycle, context),
    ]
    if let end = request.clocks.feedbackDue {
      terms.append(try term(.feedback, end: end, request, cycle, context))
    }
    return ["id": .string(record.id), "cycle": request.cycle, "terms": .array(terms)]
  }

  private func term(
    _ name: TermName, end: Instant, _ request: SupportRequest, _ cycle: Cycle, _ context: CallContext
  ) throws -> JSONValue {
    let clocks = request.clocks
    let zone = context.zone
    let computed = try computed(name, end: end, request, cycle, context)
    let due = clocks.due(name)
    var steps = computed.steps
    if let due, due != end { steps.append(Self.givenBack(due.rfc3339(zone: zone))) }
    return [
      "clock": .string(name.rawValue), "limit": .string(computed.term.description),
      "rule": RuleRef(id: name.rule, version: cycle.ruleVersion).json,
      "start": computed.start.text(zone), "end": end.text(zone),
      "due": due?.text(zone) ?? .null,
      "provisional": .bool(clocks.provisional.contains(name)),
      "calendar_version": .string(clocks.calendars[name] ?? cycle.calendarVersion),
      // The steps are those of today's calendar; they hold for the end only if it is the same.
      "steps_apply": .bool(computed.end == end), "steps_calendar": .string(computed.calendarVersion),
      "pauses": name == .support ? pauses(clocks, zone) : [],
      "steps": .array(steps),
    ]
  }

  /// The term whose end it is: under the limit of the present urgency, or of another, where the end had passed
  /// or was met when the urgency changed.
  private func computed(
    _ name: TermName, end: Instant, _ request: SupportRequest, _ cycle: Cycle, _ context: CallContext
  ) throws(RPCError) -> ComputedTerm {
    let start = name == .feedback ? request.clocks.completed ?? request.clocks.start : request.clocks.start
    func computed(_ urgency: Urgency) throws(RPCError) -> ComputedTerm {
      try Terms(context, catalogue).computed(
        cycle.limit(name, urgency, catalogue), from: start, rule: name.rule, version: cycle.ruleVersion)
    }
    let present = try computed(request.urgency)
    guard present.end != end else { return present }
    for urgency in Urgency.allCases {
      let other = try computed(urgency)
      if other.end == end { return other }
    }
    return present
  }

  /// The last step of a term whose pauses gave something back.
  private static func givenBack(_ due: String) -> JSONValue {
    [
      "code": "pauses_given_back", "fields": ["due": .string(due)],
      "en": .string("With its pauses given back it is due at \(due)."),
      "zh": .string("扣除暂停时间后，到期时间为：\(due)。"),
    ]
  }

  /// The catalogue, a page at a time.
  func scenarios(_ params: Params) throws -> JSONValue {
    let descending = params["order"]?.stringValue == "desc"
    let after = try params["cursor"].map { cursor throws(RPCError) -> Int in
      guard let number = cursor.stringValue.flatMap({ Int($0) }) else {
        throw .foreignCursor
      }
      return number
    }
    var matching = catalogue.scenarios.filter { scenario in
      (params["department"]?.stringValue.map(scenario.owners.contains) ?? true)
        && (params["active"]?.boolValue.map { $0 == scenario.active } ?? true)
    }
    if descending { matching.reverse() }
    if let after { matching.removeAll { descending ? $0.number >= after : $0.number <= after } }
    let shown = matching.prefix(params["limit"]?.intValue ?? 100)
    var result: JSONObject = [
      "version": .string(catalogue.version), "effective": .string(catalogue.effective),
      "items": .array(shown.map(\.json)),
    ]
    if shown.count < matching.count, let last = shown.last { result["next"] = .string(String(last.number)) }
    return .object(result)
  }

  private func find(
    _ params: Params, _ tx: any ReadTransaction
  ) throws -> (Record, SupportRequest) {
    let id = try params.string("id")
    let (record, request) = try tx.find("request", id, pointer: "/id", as: SupportRequest.init)
    return (record, request)
  }

  /// A cycle as it ended, or the present one.
  private func cycle(
    _ number: Int, _ record: Record, _ present: SupportRequest, _ tx: any ReadTransaction
  ) throws -> SupportRequest {
    if number == present.cycle["number"]?.intValue { return present }
    guard let archived = try tx.get("cycle", SupportRequest.archiveID(record.id, number)),
      let ended = present.ended(archived.body)
    else { throw RPCError.notFound("cycle", String(number), pointer: "/cycle") }
    return ended
  }

  private func requireRead(_ request: SupportRequest, _ context: CallContext) throws(RPCError) {
    if !mayRead(request, context) { try context.principal.require(request.station) }
  }

  private func mayRead(_ request: SupportRequest, _ context: CallContext) -> Bool {
    catalogue.readers(request).contains { context.principal.mayReach($0) }
  }

  private func pauses(_ clocks: Clocks, _ zone: Zone) -> JSONValue {
    .array(
      clocks.pauses.pauses.map { pause in
        [
          "from": pause.from.text(zone),
          "to": pause.to?.text(zone) ?? .null,
        ]
      })
  }
}

extension Scenario {
  /// The scenario as the catalogue shows it.
  var json: JSONValue {
    func marker(_ rule: Rule) -> JSONValue {
      [
        "id": .string(rule.id), "version": .string(rule.version), "effective": .string(rule.effective),
        "source": .string(rule.source), "en": .string(rule.summary.en), "zh": .string(rule.summary.zh),
      ]
    }
    var limits: JSONObject = [:]
    for urgency in Urgency.allCases {
      limits[urgency.rawValue] = [
        "response": .string(self.limits[urgency].response.description),
        "support": .string(self.limits[urgency].support.description),
      ]
    }
    var json: JSONObject = [
      "number": numberValue, "name": ["en": .string(name.en), "zh": .string(name.zh)],
      "active": .bool(active),
      "owners": .array(owners.map(JSONValue.string)), "branch": .string(branch.rawValue),
      "limits": .object(limits),
      "source": .string(source), "version": .string(version),
      "rules": .array(
        (eligibility.map(\.rule) + [transfer?.rule, approval?.rule].compactMap { $0 }).map(marker)),
    ]
    if let ownersNote { json["owners_note"] = ["en": .string(ownersNote.en), "zh": .string(ownersNote.zh)] }
    return .object(json)
  }
}
