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
    if let given = handling.params["facts"]?.objectValue {
      var facts = handling.item.facts?.objectValue ?? [:]
      for (key, value) in given { facts[key] = value }
      handling.item.facts = .object(facts)
      if UrgentFacts(.object(facts)).isUrgent(try handling.rule(RuleID.urgent)) {
        handling.item.isUrgent = true
      }
    }
    handling.text = handling.params["text"]
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
    guard !handling.item.isUrgent || to == brigade else {
      throw RPCError.refused(
        rule: RuleID.urgent, Text("It goes to '\(brigade)' at once", zh: "应即时移交“\(brigade)”"), pointer: "/to")
    }
    try handling.requireReceiver(to)
    handling.item.fulfil(.screen, at: handling.now)
    try handling.route(to: to, by: try handling.transferDuty())
  }
}
