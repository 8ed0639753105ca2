import StationKit

/// From registration to everybody's consent.
extension Steps {
  func accept(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    try run(.accept, params, context, tx) { step in
      let at = try Moments.read(params, context, notBefore: step.dispute.latest)
      step.dispute.times[.accepted] = at
      step.dispute.stop(.accept, at: at)
      try step.dispute.start(.session1, at: at, step.terms)
      step.history["on"] = at.text(context.zone)
    }
  }

  /// Another call about the same dispute, whoever takes it.
  func recordCall(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    try run(.call, params, context, tx, by: .named("unit")) { step in
      try Units.requireOwner(try params.string("unit"), rule: RuleID.station, pointer: "/unit", tx)
      let at = try Moments.read(params, context, notBefore: step.dispute.opened)
      try Registration.take(&step, at, said: nil, pointer: "/id")
    }
  }

  /// The decision whether it is open to mediation, with why.
  func eligibility(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    let isOpen = params["open"]?.boolValue ?? false
    let exclusions = (params["exclusions"]?.arrayValue ?? []).compactMap {
      Exclusion($0)
    }
    return try run(isOpen ? .findOpen : .exclude, params, context, tx) { step in
      if isOpen {
        if let exclusion = exclusions.first {
          throw RPCError.refused(
            rule: exclusion.rule, Text("Not open to mediation", zh: "不适用调解"), pointer: "/exclusions/0")
        }
        // Whoever is injured was so by somebody; in a fight each may be an offender towards the other.
        let roles = step.dispute.parties.map(\.role)
        guard roles.count >= 2, roles.contains(where: { $0 != .injured }) else {
          throw RPCError.refused(
            rule: RuleID.parties, Text("Mediation has two sides at least", zh: "调解须有双方当事人"),
            pointer: "/open")
        }
      } else if exclusions.isEmpty {
        throw RPCError.refused(
          rule: RuleID.why, Text("Say which exclusion it is", zh: "须说明不适用调解的情形"), pointer: "/exclusions")
      }
      try Self.decide(&step, open: isOpen, exclusions, reason: try params.string("reason"))
    }
  }

  private static func decide(
    _ step: inout Step, open: Bool, _ exclusions: [Exclusion], reason: String
  ) throws {
    step.dispute.decisions.append(
      Dispute.Decision(
        at: step.now, by: step.context.principal.person, open: open, exclusions: exclusions, reason: reason))
    step.history["code"] = exclusions.first.map { .string($0.rawValue) }
    step.history["reason"] = .string(reason)
    switch step.dispute.state {
    case .failed: try step.fail(.excluded, at: max(step.now, step.dispute.latest))
    case .ineligible: step.dispute.stop(.session1, at: step.now)
    default: break
    }
  }

  /// One party is willing, or is not: then the dispute is not open to mediation.
  func consent(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    let agrees = params["agrees"]?.boolValue ?? false
    return try run(
      params, context, tx,
      choose: { step in
        guard agrees else { return .refuse }
        let named = params["person"]?.stringValue
        let isLast = step.dispute.parties.allSatisfy { $0.agrees == true || $0.id == named }
        return isLast ? .consentAll : .consent
      },
      change: { step in
        let person = try step.person("person")
        guard person.role.isParty, person.agrees == nil else {
          throw RPCError.refused(
            rule: RuleID.consent, Text("Each party is asked once", zh: "每名当事人仅确认一次"), pointer: "/person")
        }
        for place in step.dispute.roster.indices where step.dispute.roster[place].id == person.id {
          step.dispute.roster[place].agrees = agrees
        }
        step.history["person"] = .string(person.id)
        if !agrees {
          try Self.decide(
            &step, open: false, [.unwilling], reason: params["reason"]?.stringValue ?? "A party is unwilling")
        }
      })
  }
}
