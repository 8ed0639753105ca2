import StationKit

/// Failure, the case clock, and the ends.
extension Steps {
  func fail(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    try run(.fail, params, context, tx) { step in
      let reason = FailureReason(rawValue: try params.string("reason")) ?? .other
      let at = try Moments.read(params, context, notBefore: step.dispute.latest)
      step.takeRisk()
      step.history["on"] = at.text(context.zone)
      step.history["reason"] = params["note"]
      try step.fail(reason, at: at)
    }
  }

  func startAppraisal(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    try run(.startAppraisal, params, context, tx) { step in
      guard !step.dispute.pauses.isPaused, step.dispute.pauses.pauses.count < Bounds.appraisals else {
        throw RPCError.refused(
          rule: RuleID.appraisal, Text("One appraisal at a time", zh: "鉴定正在进行中"), pointer: "/id")
      }
      let at = try Moments.read(params, context, notBefore: step.dispute.opened)
      try Self.ledger { try step.dispute.pauses.pause(at: at, reason: "appraisal") }
      step.dispute.pauseLimits(at: at, now: context.now)
      step.history["on"] = at.text(context.zone)
      step.history["reason"] = params["note"]
    }
  }

  func endAppraisal(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    try run(.endAppraisal, params, context, tx) { step in
      guard let pause = step.dispute.pauses.pauses.last, pause.to == nil else {
        throw RPCError.refused(
          rule: RuleID.appraisal, Text("No appraisal is under way", zh: "没有进行中的鉴定"), pointer: "/id")
      }
      let at = try Moments.read(params, context, notBefore: pause.from)
      try Self.ledger { try step.dispute.pauses.resume(at: at) }
      try step.dispute.resumeLimits(at: at, step.terms)
      step.history["on"] = at.text(context.zone)
      step.history["reason"] = params["note"]
    }
  }

  private static func ledger(_ change: () throws -> Void) throws {
    do {
      try change()
    } catch is CalendarError {
      throw RPCError.refused(
        rule: RuleID.time,
        Text("Not before the end of the last appraisal", zh: "时间不得早于上一次鉴定结束"), pointer: "/at")
    }
  }

  /// Asks somebody higher for more time; the clock runs on meanwhile.
  func requestExtension(
    _ params: Params, _ context: CallContext, _ tx: any Transaction
  ) throws -> JSONValue {
    try run(.requestExtension, params, context, tx) { step in
      try Self.extendable(step)
      let reason = try params.string("reason")
      let approval = try tx.call(
        "approval.request",
        [
          "action": "mediation.extend", "subject": .string(step.id),
          "payload": try Self.payload(step, reason: reason),
          "hours": .int(try step.rules.int(RuleID.caseExtension, "approval_hours")),
          "unit": .string(step.dispute.station), "about": .string(step.id),
        ])
      guard let id = approval["id"]?.stringValue else { throw RPCError(.internalError) }
      step.dispute.extensions.append(
        Dispute.Extension(approval: id, askedAt: context.now, reason: reason))
      step.history["reason"] = .string(reason)
      step.history["request"] = .string(id)
    }
  }

  /// Takes the approval, once: the case clock counts the days of both.
  func extend(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    try run(.extend, params, context, tx) { step in
      try Self.extendable(step)
      guard let asked = step.dispute.extensions.last, asked.grantedAt == nil else {
        throw RPCError(.approvalRequired, pointer: "/id", rule: RuleID.caseExtension)
      }
      do {
        _ = try tx.call(
          "approval.consume",
          [
            "id": .string(asked.approval), "action": "mediation.extend", "subject": .string(step.id),
            "payload": try Self.payload(step, reason: asked.reason),
          ])
      } catch let error as RPCError where error.kind == .approvalRequired || error.kind == .expired {
        throw RPCError(error.kind, error.message, pointer: "/id", rule: RuleID.caseExtension)
      }
      step.dispute.extensions[step.dispute.extensions.count - 1].grantedAt = context.now
      guard let running = step.dispute.limits[.caseClock] else { throw RPCError(.internalError) }
      step.dispute.stop(.caseClock, at: context.now)
      step.dispute.limits[.caseExtended] = try step.terms.caseLimit(
        .caseExtended, from: running.start, pauses: step.dispute.pauses)
      step.history["request"] = .string(asked.approval)
    }
  }

  /// What somebody higher sees and approves.
  private static func payload(_ step: Step, reason: String) throws -> JSONValue {
    [
      "dispute": .string(step.id), "rule": try step.rules.reference(RuleID.caseExtension).json,
      "days": .int(try step.rules.int(RuleID.caseExtension, "days")), "reason": .string(reason),
    ]
  }

  /// The clock must run still, and not have been extended as often as the rule allows.
  private static func extendable(_ step: Step) throws {
    let granted = step.dispute.extensions.count { $0.grantedAt != nil }
    guard granted < (try step.rules.int(RuleID.caseExtension, "times")) else {
      throw RPCError.refused(
        rule: RuleID.caseExtension, Text("It was extended already", zh: "期限已延长"), pointer: "/id")
    }
    let limit = step.dispute.limits[.caseExtended] ?? step.dispute.limits[.caseClock]
    guard let limit, limit.done == nil, limit.end.map({ step.now < $0 }) ?? true else {
      throw RPCError.refused(
        rule: RuleID.caseExtension, Text("The case clock has run out", zh: "办案期限已届满"), pointer: "/id")
    }
  }

  func withdraw(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    try run(.withdraw, params, context, tx) { step in
      step.history["reason"] = params["reason"]
      step.dispute.withdrawnIn = step.stateBefore
    }
  }

  /// The end: after the visit, or with the advice where to go.
  func close(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    let advice = Advice(params["advice"])
    return try run(
      params, context, tx,
      choose: { step in
        [.failed, .ineligible].contains(step.dispute.state) ? .advise : .close
      },
      change: { step in
        guard (advice != nil) == (step.dispute.state == .advised) else {
          throw RPCError.refused(
            rule: RuleID.advice,
            Text("What failed ends with an advice, and only that", zh: "调解不成或不适用调解的须填写告知去向，其他情形不得填写"),
            pointer: "/advice")
        }
        step.dispute.advice = advice
        step.history["code"] = advice.map { .string($0.rawValue) }
        step.history["reason"] = params["note"]
      })
  }
}
