import StationKit

/// `keyperson.delist`: a follow-up ends before its term.
struct Delisting {
  let work: Work
  let params: Params

  func run() throws -> JSONValue {
    var loaded = try work.load(try params.string("id"), version: params["version"])
    let before = loaded.record.state
    try work.take(.delist, &loaded)
    let reason = try params.word(CallerReason.self, "reason")
    try check(reason, loaded.record, before)
    try Screen.check(all: params["decision"], "/decision")
    try work.notLater(params["decision"]?["date"], "/decision/date", rule: RuleID.delistReason)
    loaded.record.personal["decision"] = params["decision"]
    let end = try work.finish(loaded.id, &loaded.record, reason.reason, at: work.now, from: before)
    return try work.save(loaded, end)
  }

  private func check(_ reason: CallerReason, _ record: KeyRecord, _ before: State) throws {
    guard (reason == .courtDecision) == (params["decision"] != nil) else {
      throw refuse(
        Text("A court decision is named, and nothing else is", zh: "依法院等决定解除的须写明文书，其他理由不得填写"), "/decision")
    }
    switch reason {
    case .error, .courtDecision: break
    case .completion:
      guard before.isLive else { throw refuse(Text("It was not entered", zh: "尚未登记生效")) }
    case .threeYearsClean:
      guard record.isClean(at: work.now) else {
        throw RPCError.refused(
          rule: RuleID.clean, Text("Not clean for three years yet", zh: "戒断未满三年"), pointer: "/reason")
      }
    case .found:
      guard record.category == .missingVulnerablePerson, before.isLive else {
        throw refuse(Text("Nobody was missing", zh: "不是走失人员记录"))
      }
    case .consentWithdrawn:
      guard record.category == .resettlementSupport || record.part == .protected else {
        throw refuse(Text("The follow-up does not rest on consent", zh: "该类别不以同意为前提"))
      }
    }
  }

  private func refuse(_ message: Text, _ pointer: String = "/reason") -> RPCError {
    .refused(rule: RuleID.delistReason, message, pointer: pointer)
  }
}

extension Work {
  /// Ends a record: its tasks are dropped, the station is told, and what the person must be told is written.
  ///
  /// - Parameter before: the state before; `record` has the new one.
  /// - Returns: what the answer tells, without personal data.
  @discardableResult
  func finish(
    _ id: String, _ record: inout KeyRecord, _ reason: DelistReason, at: Instant, from before: State
  ) throws -> JSONObject {
    if before == .reviewDue { try countReview(reason == .expiry ? .void : .inTime, record) }
    let eraseAt = try terms.erasure(from: at, on: record.rulesOn).end
    record.delisting = KeyRecord.Delisting(reason: reason, at: at, eraseAt: eraseAt)
    record.reviewTask = nil
    record.stepTask = nil
    record.approval = nil
    record.renewal = nil
    record.personal["pending_instrument"] = nil
    try dropTasks(of: id)
    try count(
      .delisting, before.isLive ? reason.rawValue : Tally.neverEntered, unit: record.station, at: at)

    var answer: JSONObject = ["erase_at": eraseAt.text(zone), "reason": .string(reason.rawValue)]
    // Who was never entered was never followed up.
    if before.isLive { answer["task"] = .string(try writeNotice(id, record, reason, eraseAt)) }
    // A search that is under way is for nobody any more.
    var event = answer
    event["support"] = record.lost?.support.map(JSONValue.string)
    record.lost = nil
    try announce(.delisted, record, event)
    return answer
  }

  private func writeNotice(
    _ id: String, _ record: KeyRecord, _ reason: DelistReason, _ eraseAt: Instant
  ) throws -> String {
    let due = try terms.notice(from: now, on: record.rulesOn).end
    let task = try addTask(.notice, of: id, record, due: due)
    let text = reason.notice(on: record)
    let day = eraseAt.adding(milliseconds: -1).date(in: zone)
    var notice: JSONObject = [
      "record": .string(id), "unit": .string(record.station), "task": .string(task),
      "reason": .string(reason.rawValue), "erase_at": eraseAt.stored,
      "en": .string(
        "\(text.en) Your record is hidden now and is erased after \(day). Until then you can ask for an extract."
      ),
      "zh": .string("\(text.zh)您的记录现已停止查阅，将于\(day)期满后删除；在此之前，您可以申请查阅、复制。"),
    ]
    for name in ["name", "phone"] { notice[name] = record.personal[name] }
    _ = try tx.create("notice", id: nil, notice)
    return task
  }
}
