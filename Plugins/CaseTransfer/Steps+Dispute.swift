import StationKit

/// Accept first, dispute afterwards, and the legal department rules.
extension Steps {
  static let dispute: Change = { handling in
    guard let sender = handling.item.sender, let receiver = handling.item.receiver else {
      throw RPCError(.internalError)
    }
    guard !handling.item.isRuled else {
      throw RPCError.refused(
        rule: RuleID.disputeFinal, Text("The legal department has ruled on it", zh: "法制部门已作出裁定"),
        pointer: "/id")
    }
    let hours = try handling.rule(RuleID.disputeWindow).int("hours")
    guard handling.now < handling.item.ownedSince.adding(hours: hours) else {
      throw RPCError.refused(
        rule: RuleID.disputeWindow,
        Text("A dispute is raised within \(hours) hours of the acceptance", zh: "应在接收后 \(hours) 小时内提出争议"),
        pointer: "/id")
    }
    let ground: DisputeGround = try handling.params.word("ground")
    let days =
      handling.item.kind == .criminal ? "criminal_working_days" : "administrative_working_days"
    let duty = try handling.clock.duty(
      .adjudicate, RuleID.adjudicate, { .workingDays($0.int(days)) }, from: handling.now)
    handling.item.owe(duty)
    handling.item.disputes += 1
    handling.item.ended = nil
    var body: JSONObject = [
      "case": .string(handling.id), "leg": .int(handling.item.leg), "number": .int(handling.item.disputes),
      "at": handling.now.text(handling.context.zone), "opened": handling.now.stored, "due": duty.due.stored,
      "ground": .string(ground.rawValue), "result": .string(DisputeResult.open.rawValue),
      "by": handling.by, "sender": .string(sender), "receiver": .string(receiver),
      "kind": .string(handling.item.kind.rawValue),
    ]
    body["text"] = handling.params["text"]
    _ = try handling.tx.create("dispute", id: handling.disputeID, body)
    handling.details["code"] = .string(ground.rawValue)
    handling.details["record"] = .string(handling.disputeID)
    handling.alsoTo = [handling.policy.legal, handling.policy.coordination]
  }

  /// The case stays with its owner, or goes to the unit that the ruling names; until that has accepted it, the
  /// owner keeps it.
  static let adjudicate: Change = { handling in
    let unit = try handling.params.string("to")
    try handling.requireBrigade(unit, pointer: "/to")
    let stays = unit == handling.item.unit
    handling.item.fulfil(.adjudicate, at: handling.now)
    let due = handling.item.duty(.adjudicate)?.due
    try handling.closeDispute(stays ? .stays : .moves, due: due) { body in
      body["unit"] = .string(unit)
      body["decided_by"] = handling.by
      body["document"] = handling.params["document"]
      body["ruling"] = handling.params["text"]
    }
    handling.details["record"] = .string(handling.disputeID)
    handling.details["code"] = .string((stays ? DisputeResult.stays : .moves).rawValue)
    if let document = handling.params["document"] { handling.details["document"] = document }
    handling.alsoTo = [handling.policy.legal, handling.policy.coordination]
    if stays {
      handling.item.ended = handling.now
    } else {
      try Units.require(unit, pointer: "/to", handling.tx)
      try handling.route(
        to: unit, by: try handling.clock.hours(.transfer, RuleID.rulingLimit, from: handling.now))
    }
    handling.item.isRuled = true
  }
}

extension Handling {
  var disputeID: String { "\(id).d\(item.disputes)" }

  /// A dispute that is open when the case turns out to be a crime is over without a ruling.
  mutating func supersedeDispute() throws {
    guard from == .acceptedUnderDispute else { return }
    item.drop(.adjudicate)
    try closeDispute(.superseded, due: nil) { _ in }
    alsoTo = [policy.legal, policy.coordination]
  }

  func closeDispute(
    _ result: DisputeResult, due: Instant?, _ change: (inout JSONObject) -> Void
  ) throws {
    guard let record = try tx.get("dispute", disputeID) else { throw RPCError(.internalError) }
    var body = record.body
    body["decided"] = now.stored
    body["result"] = .string(result.rawValue)
    // The end may have moved since, when a calendar arrived.
    if let due { body["due"] = due.stored }
    change(&body)
    _ = try tx.put("dispute", record.id, version: record.version, body)
  }
}
