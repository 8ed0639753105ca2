import StationKit

/// Who joins a dispute.
extension Steps {
  /// A party, or somebody who stands by one.
  func addPerson(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    let role = Role(rawValue: try params.string("role")) ?? .other
    return try run(role.isParty ? .addParty : .addRepresentative, params, context, tx) { step in
      let today = context.now.date(in: context.zone)
      var party = try Party(said: params.object, role: role, pointer: "", today: today)
      try Self.represent(&party, step)
      try Self.requireAdult(party, step)
      try Sides(people: try People.all(step.id, tx)).check(party, id: nil, pointer: "/name")
      try People.add(party, to: &step.dispute, step.id, tx, pointer: "")
      step.history["person"] = step.dispute.roster.last.map { .string($0.id) }
      if role.isParty { try Threads.match(&step) }
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

  /// Who stands by a party is of age, as far as anybody has said when they were born.
  static func requireAdult(_ party: Party, _ step: Step) throws(RPCError) {
    guard !party.role.isParty, let age = party.age(on: step.now.date(in: step.context.zone)),
      age < (try step.rules.int(RuleID.guardian, "adult"))
    else { return }
    let isGuardian = party.role == .guardian
    throw .refused(
      rule: isGuardian ? RuleID.guardian : RuleID.proxy,
      isGuardian
        ? Text("A guardian is of age", zh: "监护人须为成年人") : Text("A proxy is of age", zh: "代理人须为成年人"),
      pointer: step.params["birth"] == nil ? "/id_number" : "/birth")
  }
}
