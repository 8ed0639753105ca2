import StationKit

/// From the agreement to the visit.
extension Steps {
  func agreement(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    try run(.sign, params, context, tx) { step in
      let session = try tx.get("session", "\(step.id).s\(step.dispute.sessions)")
      let attendees = (session?["attendees"]?.arrayValue ?? []).compactMap(Attendance.Attendee.init)
      let (signed, by) = try Agreement.check(
        params, step.dispute, try People.all(step.id, tx), attendees, step.rules, context)
      // It may be entered after a hand-over to another kind of mediation.
      let mode = step.dispute.modeHeld(at: signed)
      var body: JSONObject = [
        "dispute": .string(step.id), "recorded": context.now.stored,
        "by": .string(context.principal.person), "mode": .string(mode.rawValue),
      ]
      for item in Agreement.items + ["performance", "signatures"] { body[item] = params[item] }
      body["signed_at"] = signed.text(context.zone)
      _ = try tx.create("agreement", id: Agreement.id(step.id), body)
      step.dispute.times[.signed] = signed
      step.dispute.agreementMode = mode
      step.dispute.stop(.agreement, at: signed)
      step.dispute.limits[.performance] = Limit(
        rule: try step.rules.reference(RuleID.performance), term: nil, start: signed,
        end: by.end(in: context.zone))
      if mode == .people { try step.dispute.start(.court, at: signed, step.terms) }
      step.history["on"] = signed.text(context.zone)
    }
  }

  func performance(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    let outcome = Performance(rawValue: try params.string("outcome")) ?? .part
    let action: Action =
      switch outcome {
      case .part: .performPart
      case .full: .perform
      case .none: .breach
      }
    return try run(action, params, context, tx) { step in
      let at = try Moments.read(params, context, notBefore: step.dispute.latest)
      step.history["on"] = at.text(context.zone)
      step.history["code"] = .string(outcome.rawValue)
      step.history["reason"] = params["note"]
      switch outcome {
      case .part: break
      case .full:
        step.dispute.times[.performed] = at
        // What is performed needs no court any more.
        step.dispute.stop(.performance, .court, at: at)
        try step.dispute.start(.visit, at: at, step.terms)
      case .none:
        step.takeRisk()
        try step.fail(.notPerformed, at: at)
      }
    }
  }

  func visit(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    try run(.visit, params, context, tx) { step in
      let at = try Moments.read(params, context, notBefore: step.dispute.latest)
      step.dispute.times[.visited] = at
      step.dispute.settled = params["settled"]?.boolValue
      step.dispute.stop(.visit, at: at)
      step.history["on"] = at.text(context.zone)
      step.history["reason"] = params["note"]
    }
  }

  /// A people's-mediation agreement goes to court, and what the court says.
  func court(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    try run(.confirm, params, context, tx) { step in
      guard step.dispute.agreementMode == .people, let limit = step.dispute.limits[.court],
        let last = limit.end?.adding(milliseconds: -1).date(in: context.zone)
      else {
        throw RPCError.refused(
          rule: RuleID.court,
          Text("Only an agreement of people's mediation is confirmed by a court", zh: "仅人民调解协议可申请司法确认"),
          pointer: "/id")
      }
      guard step.dispute.court?["outcome"] == nil || step.dispute.court?["outcome"] == "applied" else {
        throw RPCError.refused(
          rule: RuleID.court, Text("The court has decided", zh: "法院已作出裁定"), pointer: "/outcome")
      }
      guard let day = CivilDate(try params.string("applied_on")) else { throw RPCError(.invalidParams) }
      guard day <= context.now.date(in: context.zone) else {
        throw RPCError.refused(
          rule: RuleID.time, Text("Not in the future", zh: "时间不得晚于现在"), pointer: "/applied_on")
      }
      guard day >= limit.start.date(in: context.zone), day <= last else {
        throw RPCError.refused(
          rule: RuleID.court,
          Text(
            "An application is made from \(limit.start.date(in: context.zone)) to \(last)",
            zh: "申请期限为 \(limit.start.date(in: context.zone)) 至 \(last)"
          ),
          pointer: "/applied_on")
      }
      try Screen.check(params, "court", rule: RuleID.court)
      var court = JSONObject()
      for key in ["applied_on", "court", "outcome", "number"] { court[key] = params[key] }
      step.dispute.court = court
      step.dispute.stop(.court, at: max(limit.start, day.start(in: context.zone)))
      step.history["code"] = params["outcome"]
    }
  }
}
