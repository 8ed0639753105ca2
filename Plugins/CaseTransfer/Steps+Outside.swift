import StationKit

/// To another bureau: negotiated, designated by the common superior, ended by its notice.
extension Steps {
  static let negotiate: Change = { handling in
    guard !handling.item.isLegOpen else {
      throw RPCError.refused(
        rule: RuleID.receiver, Text("It is on its way to a unit of the bureau", zh: "案件正移交本局单位"),
        pointer: "/id")
    }
    let bureau = try handling.params.string("bureau")
    handling.item.jurisdiction = .outside
    handling.item.bureau = bureau
    handling.item.ended = nil
    handling.item.fulfil(.transfer, at: handling.now)
    handling.item.owe(
      try handling.clock.duty(
        .designate, RuleID.negotiation, { .workingDays($0.int("working_days")) }, from: handling.now))
    // The reporter is told of a way outside as of one inside; what is overdue does not begin anew.
    if handling.item.reporter != nil, handling.item.told == nil,
      handling.item.duty(.tell)?.isOverdue(at: handling.now) != true
    {
      handling.item.owe(try handling.clock.hours(.tell, RuleID.reporterTold, from: handling.now))
    }
    handling.details["bureau"] = .string(bureau)
    handling.text = handling.params["text"]
    handling.alsoTo = [handling.policy.legal]
  }

  static let chooseDesignate: Choice = { _, params in params["keeps"] == true ? .keep : .designate }

  /// The common superior's decision: another bureau, or that the case stays.
  static let designate: Change = { handling in
    let keeps = handling.params["keeps"] == true
    let bureau = handling.params["bureau"]?.stringValue
    guard keeps == (bureau == nil) else {
      throw RPCError.invalid(
        Text("Give 'bureau', or 'keeps': true", zh: "须填写 bureau，或 keeps 为 true"), pointer: "/bureau")
    }
    handling.item.fulfil(.designate, at: handling.now)
    handling.details["document"] = .string(try handling.params.string("number"))
    handling.details["superior"] = .string(try handling.params.string("superior"))
    handling.alsoTo = [handling.policy.legal]
    if let bureau {
      handling.item.bureau = bureau
      handling.item.designated = handling.now
      handling.details["bureau"] = .string(bureau)
    } else {
      handling.item.jurisdiction = .own
      handling.item.bureau = nil
      handling.item.clockFrom = handling.now
      handling.item.found = nil
      handling.item.ended = handling.now
    }
  }

  /// The notice of designation is received: from that instant the bureau owns the case no more.
  static let endJurisdiction: Change = { handling in
    guard let bureau = handling.item.bureau else { throw RPCError(.internalError) }
    var received = handling.now
    if let given = handling.params["received_at"]?.stringValue {
      guard let instant = Instant(rfc3339: given) else {
        throw RPCError.invalid(Text("Not an instant", zh: "时间无效"), pointer: "/received_at")
      }
      received = instant
    }
    guard received <= handling.now, received >= handling.item.ownedSince,
      !received.isInMinute(before: handling.item.designated ?? handling.item.ownedSince)
    else {
      throw RPCError.refused(
        rule: RuleID.jurisdictionNotice,
        Text("Not in the future, nor before the designation", zh: "收到时间不得晚于当前或早于指定管辖时间"),
        pointer: "/received_at")
    }
    handling.item.stepsAfterNotice =
      received < handling.now
      ? try handling.tx.count(
        Query(
          "step", index: "by_case", equals: [.text(handling.id)], from: .integer(Int(received.milliseconds))))
      : 0
    handling.details["document"] = .string(try handling.params.string("number"))
    handling.details["bureau"] = .string(bureau)
    handling.details["effective"] = received.text(handling.context.zone)
    // Who reported it is owed the telling still.
    for name in DutyName.allCases where name != .tell && handling.item.duty(name)?.isOpen == true {
      handling.item.drop(name)
    }
    handling.alsoTo = [handling.policy.legal, handling.policy.coordination]
    try handling.changeOwner(to: bureau, outside: true, at: received, .endJurisdiction)
    handling.item.ended = handling.now
  }
}
