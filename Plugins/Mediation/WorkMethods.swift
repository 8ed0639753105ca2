import StationKit

extension Mediation {
  /// From the first session to the end.
  static func workMethods(_ rules: Rules) -> [Method] {
    let steps = Steps(rules: rules)
    let header = Examples.header
    let at: JSONObject = ["at": Shapes.instant]
    let note: JSONObject = ["note": Schemas.reason]
    let risk: JSONObject = ["violence_risk": Shapes.flag]
    return [
      step(
        "session.record", Text("Record a session; there are two at most", zh: "记录一次调解（最多两次）"),
        [
          "at": Shapes.instant, "place": Schemas.place, "mediator": Schemas.name,
          "attendees": Shapes.list(Schemas.attendee, max: Bounds.people),
          "others_present": Shapes.list(Schemas.name, max: Bounds.people),
          "result": Shapes.words(SessionResult.self), "minutes": Schemas.minutes,
          "violence_risk": Shapes.flag,
        ], required: ["place", "mediator", "attendees", "result"],
        example: [
          "place": "Mediation room", "mediator": "Officer Zhao", "result": "agreed",
          "attendees": [["person": Examples.person(1)], ["person": Examples.person(2)]],
        ], result: header(.agreed, 6), steps.session),
      step(
        "agreement.record", Text("Record the agreement that the parties signed", zh: "登记调解协议书"),
        Schemas.agreementItems, example: Examples.agreement, result: header(.performing, 7), steps.agreement),
      step(
        "performance.record", Text("Record whether the agreement was performed", zh: "记录协议履行情况"),
        at.merging(note).merging(risk).merging(["outcome": Shapes.words(Performance.self)]),
        required: ["outcome"], example: ["outcome": "full"], result: header(.performed, 8),
        steps.performance),
      step(
        "visit.record", Text("Record the return visit", zh: "记录回访"),
        at.merging(note).merging(["settled": Shapes.flag]), required: ["settled"],
        example: ["settled": true], result: header(.visited, 9), steps.visit),
      step(
        "court.confirm",
        Text("Record that a people's-mediation agreement went to court", zh: "登记人民调解协议司法确认的申请与结果"),
        [
          "applied_on": Shapes.date, "court": Schemas.name, "outcome": Shapes.words(CourtOutcome.self),
          "number": Schemas.courtNumber,
        ], required: ["applied_on", "court", "outcome"],
        example: ["applied_on": "2026-03-10", "court": "Qingping County Court", "outcome": "applied"],
        result: header(.performing, 8), steps.court),
      step(
        "fail", Text("Mediation failed: the case clock starts that day", zh: "调解不成（当日起算办案期限）"),
        at.merging(note).merging(risk).merging(["reason": Schemas.oneOf(FailureReason.stated)]),
        required: ["reason"], example: ["reason": "absent"], result: header(.failed, 6), steps.fail),
      step(
        "appraisal.start", Text("An appraisal begins: its time does not count", zh: "开始鉴定（不计入期限）"),
        at.merging(note), result: header(.eligibility, 3), steps.startAppraisal),
      step(
        "appraisal.end", Text("The result of the appraisal is there", zh: "鉴定结论出具"),
        at.merging(note), result: header(.eligibility, 4), steps.endAppraisal),
      step(
        "extend.request", Text("Ask for a higher approval of more time for the case", zh: "申请延长办案期限"),
        ["reason": Schemas.reason], required: ["reason"], example: ["reason": "A witness is abroad"],
        result: header(.failed, 7), steps.requestExtension),
      step(
        "extend", Text("Take the approval: the case clock is longer", zh: "凭批准延长办案期限"),
        result: header(.failed, 8), steps.extend),
      step(
        "withdraw", Text("The parties take the dispute back", zh: "撤回调解"), ["reason": Schemas.reason],
        required: ["reason"], example: ["reason": "They made peace by themselves"],
        result: header(.withdrawn, 5), steps.withdraw),
      step(
        "close", Text("Close it after the visit, or with the advice where to go", zh: "结案（或告知去向）"),
        note.merging(["advice": Shapes.words(Advice.self)]), result: header(.closed, 10), steps.close),
    ]
  }

  /// Who has it.
  static func custodyMethods(_ rules: Rules) -> [Method] {
    let steps = Steps(rules: rules)
    return [
      step(
        "hand_over.propose",
        Text("Propose that another unit or another kind of mediation takes over", zh: "提出移交（含公调、民调、庭所对接）"),
        ["to": Shapes.unit, "mode": Schemas.mode, "body": Schemas.name, "reason": Schemas.reason],
        required: ["to", "reason"],
        example: [
          "to": "st-03", "mode": "people", "body": "People's mediation committee of Pine Hill",
          "reason": "Both live there",
        ], result: Examples.proposed, steps.propose),
      step(
        "hand_over.accept", Text("Take over: from now on the dispute is yours", zh: "接收移交"),
        ["taker": Schemas.name], example: ["taker": "Mediator Sun"], result: Examples.header(.consent, 5),
        steps.takeOver),
      step(
        "hand_over.cancel", Text("Let a hand-over be; the owner stays the owner", zh: "取消移交"),
        ["reason": Schemas.reason], required: ["reason"], example: ["reason": "They moved again"],
        result: Examples.header(.consent, 5), steps.cancelProposal),
    ]
  }
}
