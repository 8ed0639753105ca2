import StationKit

extension SQLWriteTransaction {
  /// Sets the deadline that ends a record's keeping; none while nothing says from when.
  func scheduleEnd(_ plan: CollectionPlan, _ id: String, _ body: JSONObject) throws {
    guard let rule = plan.retention else { return }
    hasWritten = true
    guard let due = try rule.end(of: body, zone: context.zone) else {
      return try DeadlineTable.remove(rule.deadline, id, on: db)
    }
    try DeadlineTable.set(rule.deadline, id, due: due, payload: Array("{}".utf8), hot)
    state.deadlineSet(due.milliseconds)
  }

  /// After a put: nothing to do where the member is as it was read in this call.
  func moveEnd(_ plan: CollectionPlan, _ id: String, _ body: JSONObject) throws {
    guard let rule = plan.retention else { return }
    let place = CacheKey(collection: plan.compiled.fullName, id: id)
    let value = body[rule.member] ?? .null
    if ends[place] == value { return }
    try scheduleEnd(plan, id, body)
    ends[place] = value
  }
}
