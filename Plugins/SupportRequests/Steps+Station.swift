import StationKit

/// What the station does.
extension Steps {
  /// The support clock runs on; facts that were asked for can mark the request anew.
  func provideInfo() -> Change {
    { [catalogue] request, _, params, context, _ in
      request.former = nil
      try resume(&request, context)
      var notes = Notes(history: ["text": try Self.text(params, "text")])
      guard let given = params["facts"]?.objectValue, let scenario = catalogue.scenario(request.scenario)
      else {
        return notes
      }
      var facts = request.facts ?? [:]
      facts.merge(given)
      let before = request.marks
      request.marks = try scenario.marks(facts)
      if scenario.version != (try Self.cycle(request).scenarioVersion) {
        notes.history["scenario_version"] = .string(scenario.version)
      }
      // What was done stays done, whatever the facts say now; but what holds the start was approved for the facts
      // as they were.
      var done = ["transfer_to_criminal_brigade", "approved"]
      if facts != request.facts ?? [:] {
        request.facts = facts
        request.ask(by: context.principal)
        if scenario.approval?.holdsStart == true {
          request.approvedBy = nil
          done.removeLast()
        }
      }
      for mark in done {
        if let value = before[mark] { request.marks[mark] = value }
      }
      if before["transfer_to_criminal_brigade"] == nil, request.marks["transfer_to_criminal_brigade"] != nil {
        notes.follow = { try $0.transfer($1, $2) }
      }
      return notes
    }
  }

  /// Ends the pause. One that began before the end of the support limit is given back.
  private func resume(_ request: inout SupportRequest, _ context: CallContext) throws(RPCError) {
    let stoodStill = request.clocks.supportDue == nil
    do {
      try request.clocks.pauses.resume(at: context.now)
    } catch {
      throw Self.clockWentBack(context)
    }
    guard stoodStill else { return }
    let cycle = try Self.cycle(request)
    try Terms(context, catalogue).extend(
      cycle.limit(.support, request.urgency, catalogue), &request.clocks, version: cycle.ruleVersion)
  }

  /// New limits from the pinned table, counted from the same start; what was paused stays paused. An end that
  /// has passed stays, and with it the breach, and an answer that was given stays judged by the limit that it
  /// had, until a redirect voids it. So does an end whose limit is the same: by another calendar it could be
  /// another.
  func changeUrgency() -> Change {
    { [catalogue] request, _, params, context, _ in
      guard let urgency = Urgency(rawValue: try params.string("urgency")), urgency != request.urgency else {
        throw RPCError.refused(
          rule: SupportRules.urgency, Text("It has that urgency already", zh: "紧急程度未变"), pointer: "/urgency")
      }
      let cycle = try Self.cycle(request)
      let changed = try [TermName.response, .support].filter {
        try cycle.limit($0, request.urgency, catalogue) != cycle.limit($0, urgency, catalogue)
      }
      request.urgency = urgency
      try renew(Set(changed), &request, context)
      var notes = Notes(
        history: ["urgency": .string(urgency.rawValue), "reason": try Self.text(params, "reason")],
        event: ["urgency": .string(urgency.rawValue)])
      if urgency == .immediate { notes.follow = { try $0.immediate($1, $2) } }
      return notes
    }
  }

  static let feedback: Change = { request, _, params, context, _ in
    let inTime = params["in_time"]?.boolValue ?? false
    let worked = params["worked"]?.boolValue ?? false
    request.outcome.feedback = .given
    request.outcome.inTime = inTime
    request.outcome.worked = worked
    request.ended = context.now
    let said: JSONObject = ["in_time": .bool(inTime), "worked": .bool(worked)]
    var history = said
    if let comment = params["comment"] { history["text"] = comment }
    return Notes(history: history, event: said)
  }

  func withdraw() -> Change {
    { request, _, params, context, _ in
      if request.clocks.pauses.isPaused { try resume(&request, context) }
      request.outcome.feedback = .none
      request.ended = context.now
      return Notes(history: ["reason": try Self.text(params, "reason")])
    }
  }

  /// Archives the cycle that ended, breach and all, and starts a new one under the present versions. What an opening
  /// needs, this needs too; where the department is gone, the scenario's lead has it.
  func reopen() -> Change {
    { [catalogue] request, _, params, context, tx in
      guard let old = Cycle(request.cycle), let scenario = catalogue.scenario(request.scenario) else {
        throw RPCError(.internalError)
      }
      try scenario.requireActive(pointer: nil)
      try Units.requireStation(request.station, pointer: nil, tx)
      let id = try params.string("id")
      _ = try tx.create("cycle", id: SupportRequest.archiveID(id, old.number), request.archive(id))
      var notes = Notes(history: ["reason": try Self.text(params, "reason")])
      if !(try Units.isDepartment(request.department, tx)) {
        request.department = try scenario.lead(pointer: nil, tx)
        notes.history["department"] = .string(request.department)
      }
      request.cycle =
        Cycle(
          number: old.number + 1, scenarioVersion: scenario.version, ruleVersion: SupportRules.version,
          calendarVersion: context.calendar.version, limits: scenario.limits.text,
          feedbackLimit: catalogue.feedbackLimit
        ).json
      request.clocks = try Terms(context, catalogue).clocks(
        scenario.limits[request.urgency], from: context.now, version: SupportRules.version)
      request.outcome = Outcome()
      request.assigned = nil
      request.former = nil
      request.ended = nil
      request.history = []
      request.approvedBy = nil
      request.ask(by: context.principal)
      request.marks = try scenario.marks(request.facts)
      notes.follow = { try $0.alarms($1, $2) }
      return notes
    }
  }

  /// Records who approved; the clocks run on.
  func approve() -> Change {
    { [catalogue] request, _, params, context, _ in
      guard !request.isAsked(by: context.principal) else {
        throw RPCError.refused(
          rule: SupportRules.approver, Text("Who asked does not approve", zh: "申请人不得自行批准"))
      }
      let approval = catalogue.scenario(request.scenario)?.approval
      let isAsked = request.marks["needs_approval"]?.boolValue == true || approval?.holdsStart == false
      guard isAsked, request.approvedBy == nil else {
        throw RPCError.refused(
          rule: SupportRules.approvalIdle,
          Text("There is nothing to approve", zh: "没有待批准事项"))
      }
      request.approvedBy = context.principal.person
      request.marks["approved"] = true
      var notes = Notes()
      if let note = params["note"] { notes.history["text"] = note }
      return notes
    }
  }
}

extension SupportRequest {
  static func archiveID(_ request: String, _ cycle: Int) -> String { "\(request).\(cycle)" }

  /// The cycle that ended, as it stays on record.
  func archive(_ id: String) -> JSONObject {
    let present = body
    var archived: JSONObject = ["request": .string(id)]
    for key in Schemas.archived {
      if let value = present[key] { archived[key] = value }
    }
    return archived
  }

  /// A cycle that ended, from its archive: what belongs to no cycle is as in this request. Records of before lack
  /// what a cycle had of marks, facts, team and approval.
  func ended(_ archived: JSONObject) -> SupportRequest? {
    let present = body
    var body = archived
    body["state"] = .string(State.closed.rawValue)
    for key in ["opened_by", "summary", "place", "contact", "branch"] { body[key] = present[key] }
    return SupportRequest(body)
  }
}
