import StationKit

/// What is stated of a person changes: both versions stay.
extension Steps {
  /// What became known of a person later.
  func updatePerson(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    try run(.updateParty, params, context, tx) { step in try Self.restate(&step) }
  }

  /// What was wrong, or has changed: a right of the person concerned, also after the end.
  func correctPerson(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    try run(.correct, params, context, tx) { step in
      try Self.restate(&step, document: try params.string("document"))
    }
  }

  /// Takes over what is said of a person, under the rules by which they joined, and keeps what it overwrites.
  ///
  /// - Parameter document: what a correction rests on.
  private static func restate(_ step: inout Step, document: String? = nil) throws {
    let person = try step.person("person")
    guard let record = try step.tx.get("party", person.id), let former = Party(record.body) else {
      throw RPCError.notFound("person", person.id, pointer: "/person")
    }
    var party = former
    try party.set(step.params.object, pointer: "", today: step.now.date(in: step.context.zone))
    try requireAdult(party, step)
    try Sides(people: try People.all(step.id, step.tx)).check(party, id: person.id, pointer: "/person")
    try keep(former, in: &party, step, document)
    var body = party.body(dispute: step.id, number: record["number"]?.intValue ?? 1)
    // The dispute may have ended: the person is kept as long as it, and no longer.
    body["ended_at"] = record["ended_at"]
    _ = try step.tx.put("party", person.id, version: record.version, body)
    step.history["person"] = .string(person.id)
    guard party.role.isParty, (party.idNumber, party.namePhone) != (former.idNumber, former.namePhone)
    else { return }
    try Threads.match(&step)
  }

  /// Every correction is kept; of what else becomes known, only what overwrites something.
  private static func keep(
    _ former: Party, in party: inout Party, _ step: Step, _ document: String?
  ) throws(RPCError) {
    let before = former.stated(unlike: party)
    let after = party.stated(unlike: former)
    if document == nil, before.isEmpty { return }
    guard !(before.isEmpty && after.isEmpty) else {
      throw .refused(
        rule: RuleID.correction, Text("Nothing would change", zh: "没有需要更正的内容"), pointer: "/person")
    }
    guard party.corrections.count < Bounds.corrections else {
      throw .refused(
        rule: RuleID.bounds,
        Text("At most \(Bounds.corrections) corrections of a person", zh: "每人至多更正 \(Bounds.corrections) 次"),
        pointer: "/person")
    }
    var correction: JSONObject = [
      "at": step.now.text(step.context.zone),
      "by": .string(step.context.principal.person), "before": .object(before), "after": .object(after),
    ]
    correction["document"] = document.map(JSONValue.string)
    party.corrections.append(.object(correction))
  }
}
