import StationKit

/// The hand-over itself, and telling the reporter.
extension Steps {
  static let send: Change = { handling in
    guard handling.item.isLegOpen, let receiver = handling.item.receiver else {
      throw handling.nothingToTransfer()
    }
    if handling.item.kind == .criminal, !handling.item.isUrgent { try requirePapers(handling) }
    handling.item.fulfil(.transfer, at: handling.now)
    handling.item.fulfil(.urgent, at: handling.now)
    handling.item.owe(try handling.clock.hours(.accept, RuleID.acceptLimit, from: handling.now))
    handling.item.round = nil
    try handling.markSent()
    handling.details["receiver"] = .string(receiver)
  }

  /// A criminal case waits for approval and notice; one that a ruling moves waits for the notice alone.
  private static func requirePapers(_ handling: Handling) throws(RPCError) {
    if handling.from == .screened {
      throw .refused(
        rule: RuleID.approval,
        Text("A criminal case is sent with approval and notice", zh: "刑事案件移送须经批准并制作移送案件通知书"),
        pointer: "/id")
    }
    guard handling.item.notice != nil else {
      throw .refused(
        rule: RuleID.notice,
        Text("A criminal case is sent with a notice of transfer", zh: "刑事案件移送须制作移送案件通知书"), pointer: "/id")
    }
  }

  /// Which says that a difference in the evidence is open, where one is, rather than only the state.
  static let chooseAccept: Choice = { item, _ in
    guard item.state != .discrepancy else {
      throw RPCError.refused(
        rule: RuleID.discrepancy,
        Text("The counts of the evidence differ: count again first", zh: "证据清点不一致，须重新清点"), pointer: "/id")
    }
    return .accept
  }

  /// The receiver takes the case over with its evidence: from this instant it is the owner.
  static let accept: Change = { handling in
    guard let receiver = handling.item.receiver else { throw RPCError(.internalError) }
    // It may have been retired since the sending: then the case would be nobody's.
    try Units.require(receiver, pointer: "/id", handling.tx)
    let items = try handling.evidence().filter(\.isHeld)
    let handler = handling.params["handler"]?.stringValue
    let custodian = handling.params["custodian"]?.stringValue
    if !items.isEmpty || handler != nil || custodian != nil {
      guard let handler else { throw missing("handler") }
      guard let custodian else { throw missing("custodian") }
      let holder = Holder(unit: receiver, handler: handler, custodian: custodian)
      try holder.check()
      for item in items { try handling.handOver(item, to: holder) }
    }
    handling.item.fulfil(.accept, at: handling.now)
    try handling.markAccepted()
    try handling.changeOwner(to: receiver, outside: false, at: handling.now, .accept)
    handling.item.clockFrom = handling.now
    handling.item.found = nil
    handling.item.ended = handling.now
    handling.details["receiver"] = .string(receiver)
    if handling.item.rounds > 0 { handling.details["round"] = .int(handling.item.rounds) }
  }

  static let tell: Change = { handling in
    guard handling.item.reporter != nil else {
      throw RPCError.refused(
        rule: RuleID.reporterTold, Text("The case has no reporter", zh: "该案无报案人"), pointer: "/id")
    }
    // What is owed can be done, also where the case stays after all.
    guard
      handling.item.leg > 0 || handling.item.jurisdiction == .outside
        || handling.item.duty(.tell)?.isOpen == true
    else {
      throw handling.nothingToTransfer()
    }
    let way: TellWay = try handling.params.word("way")
    handling.details["code"] = .string(way.rawValue)
    handling.text = handling.params["text"]
    if handling.item.told == nil { handling.item.told = handling.now }
    handling.item.fulfil(.tell, at: handling.now)
  }

  private static func missing(_ key: String) -> RPCError {
    .invalid(
      Text("'\(key)' is missing: the case has evidence", zh: "案件有证据物品，缺少“\(key)”"), pointer: "/\(key)")
  }
}
