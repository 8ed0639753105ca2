import StationKit

/// `mediation.register`: the first receiver takes a dispute, and owns it.
///
/// A call about a dispute of the same parties and matter that is open already becomes a call of that one, with
/// everything that was said kept with the call: so that there is never a second owner.
struct Registration: Sendable {
  let rules: Rules

  func run(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    let station = try params.string("station")
    try context.principal.require(station)
    try Units.requireStation(station, tx)
    let at = try Moments.read(params, context)
    let people = try people(params, context)
    guard let kind = Kind(rawValue: try params.string("kind")) else { throw RPCError(.invalidParams) }
    let earlier = try Matching(tx: tx).earlier(people, kind, try params.string("matter"))
    let before = try named(params, people, tx) ?? earlier.first(where: \.isSameMatter)
    if let before, let open = try current(before.dispute.thread, tx) {
      return try fold(open, params, at, context, tx)
    }
    let year = String(context.now.date(in: context.zone).year)
    let id = SeriesNumber.id("MD", year: year, try tx.next(series: year))
    let similar = earlier.filter { $0.dispute.thread != before?.dispute.thread }.map(\.record.id)
    return try open(id, before, similar, params, kind, people, at, context, tx)
  }

  private func open(
    _ id: String, _ before: Matching.Earlier?, _ similar: [String], _ params: Params, _ kind: Kind,
    _ people: [Party], _ at: Instant, _ context: CallContext, _ tx: any Transaction
  ) throws -> JSONValue {
    let station = try params.string("station")
    let day = at.date(in: context.zone)
    let rules = rules.on(day)
    var dispute = Dispute(
      kind: kind, mode: Mode(params["mode"]) ?? .police,
      station: station, opened: at, rulesOn: day, thread: before?.dispute.thread ?? id,
      matter: params["matter"] ?? .null, summary: params["summary"] ?? .null)
    dispute.place = params["place"]
    dispute.custody = [
      Dispute.Custody(
        unit: station, mode: dispute.mode, since: at, acceptedBy: context.principal.person)
    ]
    try dispute.start(.accept, at: at, Terms(context, rules))
    for (number, person) in people.enumerated() {
      try People.add(person, to: &dispute, id, tx, pointer: "/parties/\(number)")
    }
    _ = try tx.create(
      "call", id: nil,
      Self.call(id, dispute, at, isFirst: before == nil, context).merging(
        params["violence_risk"].map { ["risk": $0] } ?? [:]))
    var step = Step(
      id: id, version: 1, params: params, context: context, tx: tx, rules: rules, dispute: dispute)
    step.takeRisk()
    try Door(rules: rules).check(&step)
    step.dispute.history = [
      Steps.entry("register", .registered, .registered, context, step.history.merging(on(at, context)))
    ]
    let record = try tx.create("dispute", id: id, step.dispute.body(zone: context.zone))
    try Steps.schedule(id, step.dispute, step.context, tx, rules)
    try Announcement(tx, rules).registered(id, step.dispute)
    let header = step.dispute.header(id: id, version: record.version, context: context)
    return answer(header, folded: false, similar)
  }

  /// The oldest dispute of a thread that is open. There may be more, where it came to light later who they are.
  private func current(_ thread: String, _ tx: any ReadTransaction) throws -> String? {
    try tx.all(
      Query("dispute", index: "by_thread", equals: [.text(thread)], limit: Bounds.limitAtMost)
    ).first { $0["open"] == 1 }?.id
  }

  /// One more call about a dispute that is open.
  private func fold(
    _ id: String, _ params: Params, _ at: Instant, _ context: CallContext, _ tx: any Transaction
  ) throws -> JSONValue {
    var members = params.object
    members["id"] = .string(id)
    members["unit"] = params["station"]
    members["version"] = nil
    let steps = Steps(rules: rules)
    let header = try steps.run(.call, Params(members), context, tx, by: .named("unit")) { step in
      let pointer = params["repeat_of"] == nil ? "/matter" : "/repeat_of"
      try Self.take(&step, at, said: params["parties"], pointer: pointer)
    }
    return answer(header, folded: true, [])
  }

  /// Counts a call of a step, with what was said.
  ///
  /// - Parameter pointer: the member that names the dispute.
  static func take(_ step: inout Step, _ at: Instant, said: JSONValue?, pointer: String) throws {
    guard step.dispute.calls < Bounds.calls else {
      throw RPCError.refused(rule: RuleID.bounds, Text("Too many calls", zh: "报警次数超过上限"), pointer: pointer)
    }
    step.dispute.calls += 1
    var call = Self.call(step.id, step.dispute, at, isFirst: false, step.context)
    call["unit"] = .string(try step.params.string("unit"))
    call["summary"] = step.params["summary"]
    call["place"] = step.params["place"]
    call["said"] = said
    call["risk"] = step.params["violence_risk"]
    _ = try step.tx.create("call", id: nil, call)
    step.takeRisk()
    step.alsoTo = [try step.params.string("unit")]
    step.opensDoor = true
  }

  private static func call(
    _ id: String, _ dispute: Dispute, _ at: Instant, isFirst: Bool, _ context: CallContext
  ) -> JSONObject {
    [
      "dispute": .string(id), "thread": .string(dispute.thread), "at": at.stored, "first": isFirst ? 1 : 0,
      "unit": .string(dispute.station), "owner": .string(dispute.owner),
      "kind": .string(dispute.kind.rawValue), "mode": .string(dispute.mode.rawValue),
      "by": .string(context.principal.person),
    ]
  }

  private func on(_ at: Instant, _ context: CallContext) -> JSONObject {
    at == context.now ? [:] : ["on": at.text(context.zone)]
  }

  private func people(_ params: Params, _ context: CallContext) throws -> [Party] {
    let today = context.now.date(in: context.zone)
    var people: [Party] = []
    for (number, said) in (params["parties"]?.arrayValue ?? []).enumerated() {
      let pointer = "/parties/\(number)"
      guard let said = said.objectValue,
        let role = Role(said["role"])
      else { throw RPCError(.invalidParams, pointer: pointer) }
      let person = try Party(said: said, role: role, pointer: pointer, today: today)
      guard !people.contains(where: { $0.isSamePerson(as: person) }) else {
        throw RPCError.refused(
          rule: RuleID.parties, Text("The same person twice", zh: "当事人重复"), pointer: pointer)
      }
      people.append(person)
    }
    return people
  }

  /// The dispute that the caller says this is a repeat of.
  ///
  /// - Throws: `refused_by_rule` unless everybody who can be told is a party of it, and somebody can.
  private func named(
    _ params: Params, _ people: [Party], _ tx: any ReadTransaction
  ) throws -> Matching.Earlier? {
    guard let id = params["repeat_of"]?.stringValue else { return nil }
    let (record, dispute) = try tx.find("dispute", id, pointer: "/repeat_of", as: Dispute.init)
    let theirs = try People.all(id, tx).values.filter(\.role.isParty)
    let known = people.filter { $0.idNumber != nil || $0.namePhone != nil }
    guard !known.isEmpty,
      known.allSatisfy({ one in theirs.contains { $0.isSamePerson(as: one) } })
    else {
      throw RPCError.refused(
        rule: RuleID.repeats, Text("Not the same parties", zh: "当事人不一致"), pointer: "/repeat_of")
    }
    return Matching.Earlier(record: record, dispute: dispute, isSameMatter: true)
  }

  private func answer(_ header: JSONValue, folded: Bool, _ similar: [String]) -> JSONValue {
    var answer = header.objectValue ?? [:]
    answer["folded"] = .bool(folded)
    answer["similar"] = .array(similar.prefix(Bounds.similar).map(JSONValue.string))
    return .object(answer)
  }
}
