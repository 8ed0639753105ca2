import StationKit

/// `keyperson.extract` and `keyperson.correct`: the rights of the person concerned.
struct Subject {
  let work: Work
  let params: Params

  /// Everything that is kept about the person, also after the end, until it is erased.
  func extract() throws -> JSONValue {
    guard work.context.purpose == "subject_request" else {
      throw RPCError.refused(
        rule: RuleID.readPurpose,
        Text(
          "An extract is for the person concerned: purpose subject_request",
          zh: "仅限本人申请查阅、复制（用途须为 subject_request）"),
        pointer: "/meta/purpose")
    }
    let (loaded, _) = try Finding(work: work, params: params, reader: .subject).run()
    let record = loaded.record
    try work.count(.reading, Tally.Reading.extract.rawValue, unit: record.station, at: work.now)
    var answer = try work.shown(loaded, withEnded: true)
    for name in ["pending_instrument", "former_instruments", "decision"] {
      answer[name] = record.personal[name]
    }
    if let delisting = record.delisting {
      let notice = delisting.reason.notice(on: record)
      answer["delisting"] = [
        "reason": .string(delisting.reason.rawValue), "at": delisting.at.text(work.zone),
        "erase_at": delisting.eraseAt.text(work.zone),
        "en": .string(notice.en), "zh": .string(notice.zh),
      ]
    }
    answer["corrected"] = .array(
      try work.all("correction", "by_record", [.text(loaded.id)]).map { stored in
        var json: JSONObject = [:]
        json["at"] = Instant(stored["at"])?.text(work.zone)
        for name in ["before", "after", "document"] { json[name] = stored[name] }
        return .object(json)
      })
    var query = Query("task", index: "by_record", equals: [.text(loaded.id)])
    query.takePage(params, size: 200)
    let history = try work.tx.query(query).answer { stored in
      guard let task = DueTask(stored.body), case .object(var json) = work.show(task, id: stored.id) else {
        return nil
      }
      json["document"] = task.document
      return .object(json)
    }
    answer["history"] = history["items"]
    answer["next"] = history["next"]
    return .object(answer)
  }

  /// Members that can be corrected; the others state the instrument: a wrong one is an error to delist for.
  static let members = ["name", "id_number", "phone", "guardian", "care_need"]

  func correct() throws -> JSONValue {
    var loaded = try work.load(try params.string("id"), version: params["version"])
    try work.take(.correct, &loaded)
    try Screen.check(person: params.object)
    try work.notLater(
      params["care_need"]?["document"]?["date"], "/care_need/document/date", rule: RuleID.careNeed)
    // Which members are given decides, and not whether one is what is stored: nobody can try out a value.
    let given = Self.members.filter { params[$0] != nil }
    guard !given.isEmpty else {
      throw RPCError.refused(
        rule: RuleID.correction, Text("Say what is to be corrected", zh: "请写明更正内容"), pointer: "/id")
    }
    try requireSamePerson(loaded.record, given)
    let (before, after) = loaded.record.personal.correct(Self.members, by: params.object)
    if loaded.record.state.isBeforeEntry, !Self.whom.isDisjoint(with: Set(before.keys).union(after.keys)) {
      try requireFew(loaded.record)
      try work.requireOnce(
        loaded.record.personal["instrument"], of: loaded.record, besides: loaded.id, pointer: "/id")
    }
    loaded.record.corrections += 1
    _ = try work.tx.create(
      "correction", id: nil,
      [
        "record": .string(loaded.id), "at": work.now.stored, "by": .string(work.context.principal.person),
        "before": .object(before), "after": .object(after), "document": params["document"] ?? .null,
      ])
    let header = try work.save(loaded)
    try work.changed(.correct, loaded)
    return header
  }

  /// That somebody is recorded under an instrument is told by a refusal: nobody goes through a list of people.
  private func requireFew(_ record: KeyRecord) throws(RPCError) {
    guard record.corrections < Self.atMost else {
      throw .refused(
        rule: RuleID.correction,
        Text(
          "It was corrected \(Self.atMost) times before it was entered: delist it as an error and propose it anew",
          zh: "登记前已更正 \(Self.atMost) 次：请以登记有误解除后重新提出"),
        pointer: "/id")
    }
  }

  /// Corrections before entry after which it is not said anew whom a record is about.
  static let atMost = 3

  /// Members that say whom a record is about.
  static let whom: Set = ["name", "id_number"]

  /// Whom a record is about was approved by four eyes: once it is entered, neither the ID number nor, where there is
  /// none, the name is changed by two. Before that a correction makes the approval void.
  private func requireSamePerson(_ record: KeyRecord, _ given: [String]) throws(RPCError) {
    guard !record.state.isBeforeEntry else { return }
    let named = record.personal["id_number"] == nil ? ["id_number", "name"] : ["id_number"]
    for name in named where given.contains(name) {
      throw .refused(
        rule: RuleID.correction,
        Text(
          "It would be about somebody else: delist it as an error and enter it anew",
          zh: "涉及更换当事人，应以登记有误解除后重新登记"),
        pointer: "/\(name)")
    }
  }
}
