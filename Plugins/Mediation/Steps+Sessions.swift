import StationKit

/// The two sessions.
extension Steps {
  func session(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    let result = SessionResult(rawValue: try params.string("result")) ?? .failed
    return try run(
      params, context, tx,
      choose: { step in
        let most = try step.rules.int(RuleID.sessionsAtMost, "sessions")
        // One more would be too many: refused whatever the state.
        try Self.require(step.dispute.sessions < most, pointer: "/id")
        let isLast = step.dispute.sessions + 1 == most
        switch result {
        case .agreed: return .agree
        case .failed: return .endSession
        case .adjourned:
          if [.session1, .session2].contains(step.dispute.state) {
            try Self.require(!isLast, pointer: "/result")
          }
          return .adjourn
        }
      },
      change: { step in try Self.hold(&step, result) })
  }

  private static func require(_ isFine: Bool, pointer: String) throws {
    guard isFine else {
      throw RPCError.refused(
        rule: RuleID.sessionsAtMost,
        Text("One session, and one more: no further one", zh: "调解以两次为限，不得进行第三次"), pointer: pointer)
    }
  }

  private static func hold(_ step: inout Step, _ result: SessionResult) throws {
    let context = step.context
    let at = try Moments.read(step.params, context, notBefore: step.dispute.latest)
    let attendees = (step.params["attendees"]?.arrayValue ?? []).compactMap(Attendance.Attendee.init)
    let attendance = Attendance(
      roster: step.dispute.roster, people: try People.all(step.id, step.tx), rules: step.rules)
    try attendance.check(attendees, on: at.date(in: context.zone))
    step.dispute.sessions += 1
    let isFirst = step.dispute.sessions == 1
    step.dispute.times[isFirst ? .session1 : .session2] = at
    step.dispute.stop(isFirst ? .session1 : .session2, at: at)
    var body: JSONObject = [
      "dispute": .string(step.id), "number": .int(step.dispute.sessions), "at": at.stored,
      "recorded": context.now.stored, "by": .string(context.principal.person),
      "result": .string(result.rawValue), "mode": .string(step.dispute.modeHeld(at: at).rawValue),
      "attendees": .array(attendees.map(\.json)),
    ]
    for key in ["place", "mediator", "others_present", "minutes"] { body[key] = step.params[key] }
    if body["others_present"] == nil { body["others_present"] = [] }
    _ = try step.tx.create("session", id: "\(step.id).s\(step.dispute.sessions)", body)
    step.history["on"] = at.text(context.zone)
    step.takeRisk()
    switch result {
    case .agreed: try step.dispute.start(.agreement, at: at, step.terms)
    case .adjourned:
      step.dispute.failures.append(at)
      step.opensDoor = true
      try step.dispute.start(.session2, at: at, step.terms)
    case .failed: try step.fail(.noAgreement, at: at)
    }
  }
}
