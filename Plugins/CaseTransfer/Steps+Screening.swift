import StationKit

/// What the owner finds out about its case.
extension Steps {
  static let urgentStep: Change = { handling in
    let measure: UrgentMeasure = try handling.params.word("measure")
    handling.details["code"] = .string(measure.rawValue)
    handling.text = handling.params["text"]
  }

  /// Whose case it is. Facts learned since then can make it urgent, never less so.
  static let screen: Change = { handling in
    let jurisdiction: Jurisdiction = try handling.params.word("jurisdiction")
    let wasUrgent = handling.item.isUrgent
    if let given = handling.params["facts"]?.objectValue {
      var facts = handling.item.facts?.objectValue ?? [:]
      facts.merge(given)
      handling.item.facts = .object(facts)
      if UrgentFacts(.object(facts)).isUrgent(try handling.rule(RuleID.urgent)) {
        handling.item.isUrgent = true
      }
    }
    handling.text = handling.params["text"]
    if !CaseLife.unsent.contains(handling.from) { try handling.leave(wasUrgent: wasUrgent) }
    try handling.screened(jurisdiction, to: handling.params["to"]?.stringValue)
  }

  /// Once it is a crime it is transferred at once; a dispute that is open about it has lost its object.
  static let reclassify: Change = { handling in
    guard handling.item.kind == .administrative else {
      throw RPCError.refused(
        rule: RuleID.reclassify, Text("It is a criminal case already", zh: "已按刑事案件办理"), pointer: "/id")
    }
    handling.text = handling.params["text"]
    handling.item.kind = .criminal
    handling.item.isUnclear = false
    // A ruling about an administrative case is none about a criminal one.
    handling.item.isRuled = false
    let given = handling.params["to"]?.stringValue
    guard handling.item.state == .screened else {
      // Negotiations with another bureau go on; only the procedure changes.
      guard given == nil else {
        throw RPCError.refused(
          rule: RuleID.reclassify,
          Text("The case is being negotiated with another bureau", zh: "案件正与外地公安机关协商管辖"), pointer: "/to")
      }
      return
    }
    try handling.supersedeDispute()
    let brigade = handling.policy.criminalBrigade
    let to = given ?? brigade
    if to == handling.item.unit, to == brigade {
      handling.item.fulfil(.screen, at: handling.now)
      try handling.dropLeg()
      handling.item.jurisdiction = .own
      handling.item.receiver = nil
      handling.item.ended = handling.now
      return
    }
    try handling.requireBrigade(to, pointer: "/to")
    try handling.requireReceiver(to)
    handling.item.fulfil(.screen, at: handling.now)
    try handling.route(to: to, by: try handling.transferDuty())
  }
}

extension Handling {
  /// Who has accepted a case disputes it rather than screening it anew, unless it is urgent now; then whatever else
  /// is under way about it is over.
  ///
  /// - Throws: `refused_by_rule` where it is not, or was before.
  fileprivate mutating func leave(wasUrgent: Bool) throws {
    guard item.isUrgent, !wasUrgent else {
      throw RPCError.refused(
        rule: RuleID.acceptFirst,
        Text("It was screened; screened anew is what has become urgent", zh: "案件已审查；仅发现属紧急情形时可重新审查"),
        pointer: "/id")
    }
    try supersedeDispute()
    item.drop(.designate)
    item.bureau = nil
    item.isRuled = false
    item.clockFrom = now
  }
}
