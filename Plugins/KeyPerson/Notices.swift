import StationKit

/// `keyperson.notice.*`: what a person must be told at the end, and that they were.
struct Notices {
  let params: Params
  let context: CallContext

  /// The notice with its addressee, for the station that delivers it.
  func get(_ tx: any ReadTransaction) throws -> JSONValue {
    try Reading.requirePurpose(context)
    let stored = try find(tx)
    let zone = context.zone
    var answer: JSONObject = [
      "task": stored["task"] ?? .null, "record": stored["record"] ?? .null,
      "reason": stored["reason"] ?? .null, "en": stored["en"] ?? .null, "zh": stored["zh"] ?? .null,
    ]
    answer["erase_at"] = Instant(stored["erase_at"])?.text(zone)
    answer["told_at"] = Instant(stored["told_at"])?.text(zone)
    answer["name"] = stored["name"]
    answer["phone"] = stored["phone"]
    return .object(answer)
  }

  /// The person was told: name and telephone are taken out of the notice.
  func record(_ work: Work) throws -> JSONValue {
    let stored = try find(work.tx)
    guard stored["told_at"] == nil, let task = stored["task"]?.stringValue else {
      throw RPCError.wrongState(TaskState.done.rawValue, allowed: [TaskState.open.rawValue])
    }
    var body = stored.body
    let record = try stored["record"]?.stringValue.flatMap { try work.tx.get("record", $0) }
    guard let end = record.flatMap({ KeyRecord($0.body) })?.delisting else {
      throw RPCError(.internalError)
    }
    let at = try work.past(params, "at", notBefore: end.at)
    body["told_at"] = at.stored
    body["told_by"] = .string(context.principal.person)
    body["name"] = nil
    body["phone"] = nil
    _ = try work.tx.put("notice", stored.id, version: stored.version, body)
    try work.closeTask(task, .record)
    return ["task": .string(task), "told_at": at.text(context.zone)]
  }

  private func find(_ tx: any ReadTransaction) throws -> Record {
    let task = try params.string("task")
    let page = try tx.query(Query("notice", index: "by_task", equals: [.text(task)], limit: 1))
    guard let stored = page.records.first else {
      throw RPCError.notFound("notice", task, pointer: "/task")
    }
    try context.principal.require(stored["unit"]?.stringValue)
    return stored
  }
}
