import StationKit

/// `keyperson.contact.*`: somebody is out of contact, and how that ended. The record holds the outcome; the
/// search is the matter of the support request.
struct Contacting {
  let work: Work
  let params: Params

  /// Keeps the absence, and asks for support in the same transaction.
  func lost() throws -> JSONValue {
    var loaded = try work.load(try params.string("id"), version: params["version"])
    try work.take(.contactLost, &loaded)
    _ = try contact(loaded.record, .lose)
    let task = try work.addTask(.contact, of: loaded.id, loaded.record, due: work.now)
    loaded.record.lost = KeyRecord.Lost(since: work.now, support: nil, task: task)
    var answer: JSONObject = ["task": .string(task)]
    let urgency = params["urgency"] ?? "routine"
    if work.context.principal.mayReach(loaded.record.station) {
      answer.merge(try SupportAsking(work: work).run(loaded.id, &loaded.record, urgency: urgency))
    } else {
      // The owner's officer cannot ask in the station's name; the daemon does, at once.
      try work.tx.schedule(
        SupportAsking.deadline, subject: loaded.id, due: work.now, payload: ["urgency": urgency])
    }
    return try work.save(loaded, answer)
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
