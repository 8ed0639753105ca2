import StationKit

/// `keyperson.get`: one record, for a stated purpose. It writes, because every read is counted.
struct Reading {
  /// Purposes for which an officer may read; a request of the person concerned has a method of its own.
  static let purposes = ["handling", "supervision", "audit", "court_or_prosecutor"]

  let work: Work
  let params: Params

  func run() throws -> JSONValue {
    try Self.requirePurpose(work.context)
    let (loaded, task) = try Finding(work: work, params: params, reader: .officer).run()
    try work.count(
      .reading, (task == nil ? Tally.Reading.unlinked : .linked).rawValue, unit: loaded.record.station,
      at: work.now)
    var answer = try work.shown(loaded)
    answer["counterpart"] = try counterpart(loaded.record).map(JSONValue.string)
    return .object(answer)
  }

  /// - Throws: `refused_by_rule` for a purpose that the daemon knows and that allows no read here.
  static func requirePurpose(_ context: CallContext) throws(RPCError) {
    guard let purpose = context.purpose, purposes.contains(purpose) else {
      throw .refused(
        rule: RuleID.readPurpose,
        Text("Not a purpose for which a record is read", zh: "该用途不得查阅记录"), pointer: "/meta/purpose")
    }
  }

  /// The other side of a protection order: its id, as long as the order holds for both, and no more.
  private func counterpart(_ record: KeyRecord) throws -> String? {
    guard let part = record.part, record.state.isLive,
      let number = record.personal["instrument"]?["number"]?.stringValue
    else { return nil }
    for stored in try work.records(under: number) {
      guard let other = KeyRecord(stored.body), other.category == .protectionOrder,
        let otherPart = other.part, otherPart != part,
        other.personal["instrument"]?["authority"]?.folded
          == record.personal["instrument"]?["authority"]?.folded,
        other.state(at: work.now).isLive, other.state(at: work.now) != .suspended,
        work.context.principal.mayReach(other.station, other.owner)
      else { continue }
      return stored.id
    }
    return nil
  }
}

extension Work {
  /// A record as its readers see it.
  ///
  /// - Parameter withEnded: whether duties and agreements that have ended are told as well.
  func shown(_ loaded: Loaded, withEnded: Bool = false) throws -> JSONObject {
    let record = loaded.record
    var answer: JSONObject = [
      "id": .string(loaded.id), "version": .int(loaded.version), "state": .string(record.state.rawValue),
      "category": .string(record.category.rawValue), "purpose": .string(record.purpose.rawValue),
      "station": .string(record.station), "owner": .string(record.owner),
      "rules_on": .string(record.rulesOn.description), "from": .string(record.from.description),
      "to": .string(record.to.description), "next_review": .string(record.nextReview.description),
      "renewals": .int(record.renewals), "corrections": .int(record.corrections),
      "contact": .string((record.lost == nil ? ContactState.inContact : .lost).rawValue),
    ]
    answer["part"] = record.part.map { .string($0.rawValue) }
    answer["clean_since"] = record.cleanSince.map { .string($0.description) }
    answer["support"] = record.lost?.support.map(JSONValue.string)
    answer["episodes"] = .array(
      record.episodes.map { episode in
        var json: JSONObject = ["at": episode.at.text(zone), "outcome": .string(episode.outcome.rawValue)]
        json["handover_to"] = episode.handover.map { .string($0.rawValue) }
        return .object(json)
      })
    for name in ["name", "id_number", "phone", "guardian", "instrument", "consent", "care_need"] {
      answer[name] = record.personal[name]
    }
    answer["duties"] = .array(try duties(of: loaded.id, withEnded: withEnded))
    answer["tasks"] = .array(
      try all("task", "by_record", [.text(loaded.id), .text(TaskState.open.rawValue)]).compactMap { stored in
        DueTask(stored.body).map { show($0, id: stored.id) }
      })
    return answer
  }

  private func duties(of id: String, withEnded: Bool) throws -> [JSONValue] {
    try all("duty", "by_record", [.text(id)]).compactMap { stored in
      guard let duty = Duty(stored.body), withEnded || duty.ended == nil else { return nil }
      var json: JSONObject = [
        "duty": .string(stored.id), "kind": .string(duty.kind.rawValue),
        "first_due": duty.firstDue.text(zone), "grace_hours": .int(duty.graceHours),
      ]
      json["every_days"] = duty.everyDays.map(JSONValue.int)
      json["every_months"] = duty.everyMonths.map(JSONValue.int)
      json["ended"] = duty.ended?.text(zone)
      json["consent"] = duty.consent
      return .object(json)
    }
  }

  func show(_ task: DueTask, id: String) -> JSONValue {
    var json: JSONObject = [
      "task": .string(id), "kind": .string(task.kind.rawValue), "due": task.due.text(zone),
      "state": .string(task.state.rawValue),
    ]
    if task.isProvisional { json["provisional"] = true }
    json["at"] = task.at?.text(zone)
    json["in_time"] = task.inTime.map(JSONValue.bool)
    json["excuse"] = task.excuse.map { .string($0.rawValue) }
    json["outcome"] = task.outcome.map { .string($0.rawValue) }
    return .object(json)
  }
}
