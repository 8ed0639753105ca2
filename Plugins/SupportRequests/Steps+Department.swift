import StationKit

/// What the department does.
extension Steps {
  static let acknowledge: Change = { request, _, _, context, _ in
    request.clocks.acknowledged = context.now
    return Notes()
  }

  /// The request goes to another department and waits for acknowledgement there, on the same response
  /// clock; a department that had acknowledged it does not stop that clock.
  static let redirect: Change = { request, _, params, _, tx in
    let to = try params.string("to")
    guard to != request.department else {
      throw RPCError.refused(
        rule: SupportRules.redirect, Text("'\(to)' has it already", zh: "“\(to)”已是承办部门"), pointer: "/to")
    }
    try Units.requireDepartment(to, rule: SupportRules.redirect, pointer: "/to", tx)
    let before = request.department
    request.department = to
    request.clocks.acknowledged = nil
    request.assigned = nil
    request.outcome.redirects += 1
    var notes = Notes(
      history: ["department": .string(to), "reason": try text(params, "reason")], alsoTo: [before])
    if request.urgency == .immediate { notes.follow = { try $0.immediate($1, $2) } }
    return notes
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
