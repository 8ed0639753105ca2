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
      for (key, value) in given { facts[key] = value }
      request.facts = facts
      let before = request.marks
      request.marks = try scenario.marks(facts)
      // What was done stays done, whatever the facts say now.
      for mark in ["transfer_to_criminal_brigade", "approved"] {
        if let done = before[mark] { request.marks[mark] = done }
      }
      if before["transfer_to_criminal_brigade"] == nil, request.marks["transfer_to_criminal_brigade"] != nil {
        notes.follow = { try $0.transfer($1, $2) }
      }
      return notes
    }
  }

  /// A pause that began before the end of the support limit is given back.
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
  /// had.
  func changeUrgency() -> Change {
    { request, _, params, context, _ in
      guard let urgency = Urgency(rawValue: try params.string("urgency")), urgency != request.urgency else {
        throw RPCError.refused(
          rule: SupportRules.urgency, Text("It has that urgency already", zh: "紧急程度未变"), pointer: "/urgency")
      }
      request.urgency = urgency
      try renew([.response, .support], &request, context)
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

  static let withdraw: Change = { request, _, params, context, _ in
    request.outcome.feedback = .none
    request.ended = context.now
    return Notes(history: ["reason": try text(params, "reason")])
  }

  /// Archives the cycle that ended, breach and all, and starts a new one under the present versions.
  func reopen() -> Change {
    { [catalogue] request, _, params, context, tx in
      guard let old = Cycle(request.cycle), let scenario = catalogue.scenario(request.scenario) else {
        throw RPCError(.internalError)
      }
      let id = try params.string("id")
      _ = try tx.create("cycle", id: "\(id).\(old.number)", request.archive(id))
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
      request.marks = try scenario.marks(request.facts)
      var notes = Notes(history: ["reason": try Self.text(params, "reason")])
      if request.urgency == .immediate { notes.follow = { try $0.immediate($1, $2) } }
      return notes
    }
  }

  /// Records who approved; the clocks run on.
  func approve() -> Change {
    { [catalogue] request, _, params, context, _ in
      let approver = context.principal.person
      guard approver != request.openedBy else {
        throw RPCError.refused(
          rule: SupportRules.approver, Text("Who asked does not approve", zh: "申请人不得自行批准"))
      }
      guard catalogue.scenario(request.scenario)?.approval != nil, request.approvedBy == nil else {
        throw RPCError.refused(
          rule: SupportRules.approvalIdle,
          Text("There is nothing to approve", zh: "没有待批准事项"))
      }
      request.approvedBy = approver
      request.marks["approved"] = true
      var notes = Notes()
      if let note = params["note"] { notes.history["text"] = note }
      return notes
    }
  }
}

extension SupportRequest {
  /// The cycle that ended, as it stays in the figures.
  func archive(_ id: String) -> JSONObject {
    let present = body
    var archived: JSONObject = ["request": .string(id)]
    for key in [
      "scenario", "station", "department", "opened", "response", "support", "outcome", "cycle", "clocks",
      "urgency",
      "ended", "history",
    ] {
      if let value = present[key] { archived[key] = value }
    }
    return archived
  }
}
