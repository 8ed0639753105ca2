import StationKit

/// From registration to everybody's consent.
extension Steps {
  func accept(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    try run(.accept, params, context, tx) { step in
      let at = try Moments.read(params, context, notBefore: step.dispute.latest)
      step.dispute.times[.accepted] = at
      step.dispute.stop(.accept, at: at)
      try step.dispute.start(.session1, at: at, step.terms)
      step.history["on"] = .string(at.rfc3339(zone: context.zone))
    }
  }

  /// Another call about the same dispute, whoever takes it.
  func recordCall(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    try run(.call, params, context, tx, by: .named("unit")) { step in
      try Units.requireOwner(try params.string("unit"), rule: RuleID.station, pointer: "/unit", tx)
      let at = try Moments.read(params, context, notBefore: step.dispute.opened)
      try Registration.take(&step, at, said: nil)
    }
  }

  /// A party, or somebody who stands by one.
  func addPerson(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    let role = Role(rawValue: try params.string("role")) ?? .other
    return try run(role.isParty ? .addParty : .addRepresentative, params, context, tx) { step in
      let today = context.now.date(in: context.zone)
      var party = try Party(said: params.object, role: role, pointer: "", today: today)
      try Self.represent(&party, step)
      try Self.requireAdult(party, step)
      try Self.requireOnce(party, step, pointer: "/name")
      try People.add(party, to: &step.dispute, step.id, tx, pointer: "")
      step.history["person"] = step.dispute.roster.last.map { .string($0.id) }
    }
  }

  /// Whom a guardian or proxy stands by: an offender may not send anybody.
  private static func represent(_ party: inout Party, _ step: Step) throws {
    guard !party.role.isParty else {
      guard step.params["for"] == nil else {
        throw RPCError.refused(
          rule: RuleID.represents, Text("A party stands for nobody else", zh: "当事人不得代表他人"), pointer: "/for")
      }
      return
    }
    guard step.params["for"] != nil else {
      throw RPCError.refused(
        rule: RuleID.represents, Text("For whom?", zh: "须指明代表哪一方当事人"), pointer: "/for")
    }
    let represented = try step.person("for")
    guard represented.role.isParty else {
      throw RPCError.refused(
        rule: RuleID.represents, Text("Only a party is stood by", zh: "只能代表当事人"), pointer: "/for")
    }
    if party.role == .proxy {
      let roles = try step.rules.entry(RuleID.proxy).strings("roles")
      guard roles.contains(represented.role.rawValue) else {
        throw RPCError.refused(
          rule: RuleID.proxy,
          Text("An offender may not send a proxy", zh: "违法嫌疑人不得委托他人参加调解"), pointer: "/for")
      }
    }
    party.represents = represented.id
  }

  /// A guardian is of age, as far as anybody has said when they were born.
  static func requireAdult(_ party: Party, _ step: Step) throws(RPCError) {
    guard party.role == .guardian, let age = party.age(on: step.now.date(in: step.context.zone)),
      age < (try step.rules.int(RuleID.guardian, "adult"))
    else { return }
    throw .refused(
      rule: RuleID.guardian, Text("A guardian is of age", zh: "监护人须为成年人"),
      pointer: step.params["birth"] == nil ? "/id_number" : "/birth")
  }

  /// Nobody is a party twice.
  ///
  /// - Parameter id: the person's, who is on the roster already.
  static func requireOnce(_ party: Party, id: String? = nil, _ step: Step, pointer: String) throws {
    guard party.role.isParty else { return }
    let others = try People.all(step.id, step.tx).filter { $0.key != id && $0.value.role.isParty }
    guard !others.values.contains(where: { $0.isSamePerson(as: party) }) else {
      throw RPCError.refused(
        rule: RuleID.parties, Text("The same person twice", zh: "当事人重复"), pointer: pointer)
    }
  }

  /// The decision whether it is open to mediation, with why.
  func eligibility(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    let isOpen = params["open"]?.boolValue ?? false
    let exclusions = (params["exclusions"]?.arrayValue ?? []).compactMap {
      $0.stringValue.flatMap(Exclusion.init(rawValue:))
    }
    return try run(isOpen ? .findOpen : .exclude, params, context, tx) { step in
      if isOpen {
        if let exclusion = exclusions.first {
          throw RPCError.refused(
            rule: exclusion.rule, Text("Not open to mediation", zh: "不适用调解"), pointer: "/exclusions/0")
        }
        guard step.dispute.parties.count >= 2 else {
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
