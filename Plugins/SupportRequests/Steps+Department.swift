import StationKit

/// What the department does.
extension Steps {
  static let acknowledge: Change = { request, _, _, context, _ in
    request.clocks.acknowledged = context.now
    return Notes()
  }

  /// The request goes to another department and waits for acknowledgement there, on the same response
  /// clock; a department that had acknowledged it does not stop that clock.
  func redirect() -> Change {
    { request, _, params, context, tx in
      let to = try params.string("to")
      guard to != request.department else {
        throw RPCError.refused(
          rule: SupportRules.redirect, Text("'\(to)' has it already", zh: "“\(to)”已是承办部门"), pointer: "/to")
      }
      try Units.requireDepartment(to, rule: SupportRules.redirect, pointer: "/to", tx)
      let before = request.department
      request.department = to
      try voidAnswer(&request, context)
      request.assigned = nil
      request.outcome.redirects += 1
      var notes = Notes(
        history: ["department": .string(to), "reason": try Self.text(params, "reason")], alsoTo: [before])
      if request.urgency == .immediate { notes.follow = { try $0.immediate($1, $2) } }
      return notes
    }
  }

  /// Waits for an answer anew, to the end that there would be if none had been given: each change of urgency since
  /// then counts, unless the end had passed by that time.
  private func voidAnswer(_ request: inout SupportRequest, _ context: CallContext) throws(RPCError) {
    guard request.clocks.acknowledged != nil else { return }
    request.clocks.acknowledged = nil
    let cycle = try Self.cycle(request)
    let answer = request.history.lastIndex { $0["action"]?.stringValue == Action.acknowledge.rawValue }
    let since = request.history.dropFirst((answer ?? -1) + 1)
    for step in since where step["action"]?.stringValue == Action.changeUrgency.rawValue {
      guard let at = Instant(rfc3339: step["at"]?.stringValue ?? ""), request.clocks.responseDue > at,
        let urgency = Urgency(rawValue: step["urgency"]?.stringValue ?? "")
      else { continue }
      try Terms(context, catalogue).renew(
        .response, cycle.limit(.response, urgency, catalogue), &request.clocks, version: cycle.ruleVersion)
    }
  }

  static let assign: Change = { request, _, params, _, _ in
    let to = try params.string("to")
    request.assigned = to
    return Notes(history: ["assigned": .string(to)])
  }

  func start() -> Change {
    { [catalogue] request, _, _, _, _ in
      if request.marks["needs_approval"]?.boolValue == true, request.marks["approved"] == nil {
        // A later catalogue may ask for none; the mark stays until it is approved.
        throw RPCError(
          .approvalRequired,
          rule: catalogue.scenario(request.scenario)?.approval?.rule.id ?? SupportRules.approver)
      }
      return Notes()
    }
  }

  static let requestInfo: Change = { request, from, params, context, _ in
    request.former = from
    do {
      try request.clocks.pauses.pause(at: context.now, reason: "")
    } catch {
      throw Self.clockWentBack(context)
    }
    return Notes(history: ["reason": try text(params, "reason")])
  }

  func complete() -> Change {
    { [catalogue] request, _, params, context, _ in
      request.clocks.completed = context.now
      let cycle = try Self.cycle(request)
      try Terms(context, catalogue).renew(
        .feedback, cycle.limit(.feedback, request.urgency, catalogue), &request.clocks,
        version: cycle.ruleVersion)
      return Notes(history: ["text": try Self.text(params, "result")])
    }
  }

  static func text(_ params: Params, _ key: String) throws(RPCError) -> JSONValue {
    .string(try params.string(key))
  }

  /// The machine's clock stands before the last pause.
  static func clockWentBack(_ context: CallContext) -> RPCError {
    RPCError(
      .unavailable, Text("The clock stands before the last step of this request", zh: "系统时间早于该请求的上一步骤"),
      retryAfterMs: 1000)
  }
}
