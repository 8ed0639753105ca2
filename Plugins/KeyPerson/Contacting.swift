import StationKit

/// `keyperson.contact.*`: somebody is out of contact, and how that ended. The record holds the outcome; the
/// search is the matter of the support request.
struct Contacting {
  static let open = "support.open"
  /// The scenario of the support catalogue: key person out of contact.
  static let scenario = 9
  static let code = "out_of_contact"

  let work: Work
  let params: Params

  /// Asks the instrument's owner for support, in the same transaction, with an id and a code and nothing else.
  func lost() throws -> JSONValue {
    var loaded = try work.load(try params.string("id"), version: params["version"])
    try work.take(.contactLost, &loaded)
    _ = try contact(loaded.record, .lose)
    let request = try work.tx.call(
      Self.open,
      [
        "scenario": .int(Self.scenario), "station": .string(loaded.record.station),
        "urgency": params["urgency"] ?? "routine", "branch": .string(loaded.record.owner),
        "summary": .string("keyperson \(loaded.id) \(Self.code)"),
      ])
    guard let support = request["id"]?.stringValue else { throw RPCError(.internalError) }
    let task = try work.addTask(.contact, of: loaded.id, loaded.record, due: work.now)
    loaded.record.lost = KeyRecord.Lost(since: work.now, support: support, task: task)
    let header = try work.save(loaded, ["task": .string(task), "support": .string(support)])
    try work.announce(
      .contactLost, loaded.record, ["task": .string(task), "support": .string(support)])
    return header
  }

  func found() throws -> JSONValue {
    var loaded = try work.load(try params.string("id"), version: params["version"])
    try work.take(.contactFound, &loaded)
    let before = loaded.record.state
    let isMissing = loaded.record.category == .missingVulnerablePerson
    // Whoever is recorded as missing is out of contact without being lost again.
    if !isMissing || loaded.record.lost != nil { _ = try contact(loaded.record, .find) }
    let outcome = try params.word(ContactOutcome.self, "outcome")
    let handover = params["handover_to"] == nil ? nil : try params.word(HandoverTo.self, "handover_to")
    guard (outcome == .handover) == (handover != nil) else {
      throw RPCError.refused(
        rule: RuleID.contact,
        Text("A handover, and nothing else, says to whom", zh: "移交时须写明接收方，其他结果不适用"),
        pointer: "/handover_to")
    }
    let support = loaded.record.lost?.support
    try work.closeTask(loaded.record.lost?.task, .record)
    loaded.record.lost = nil
    let episode = KeyRecord.Episode(at: work.now, outcome: outcome, handover: handover)
    loaded.record.episodes = Array(loaded.record.episodes.suffix(KeyRecord.episodesAtMost - 1)) + [episode]

    var event: JSONObject = ["outcome": .string(outcome.rawValue)]
    event["support"] = support.map(JSONValue.string)
    try work.announce(.contactFound, loaded.record, event)
    guard isMissing, outcome != .handover else { return try work.save(loaded) }
    try work.take(.delist, &loaded)
    let end = try work.finish(loaded.id, &loaded.record, .found, at: work.now, from: before)
    return try work.save(loaded, end)
  }

  private func contact(_ record: KeyRecord, _ action: ContactAction) throws -> ContactState {
    try RecordLife.contact.next(record.lost == nil ? .inContact : .lost, action)
  }
}
