import StationKit

/// `keyperson.verify_instrument` and `keyperson.activate`: the instrument is seen, a second person approves.
struct Entering {
  static let action = "keyperson.activate"

  let work: Work
  let params: Params

  func verify() throws -> JSONValue {
    var loaded = try work.load(try params.string("id"), version: params["version"])
    let isFirst = loaded.record.state == .proposed
    try work.take(.verifyInstrument, &loaded)
    try requireBegun(loaded.record)
    if isFirst {
      try work.closeTask(loaded.record.stepTask, .record)
      loaded.record.stepTask = nil
    }
    try note(work.context.principal.person, &loaded.record)
    let task =
      try loaded.record.stepTask
      ?? work.addTask(.approve, of: loaded.id, loaded.record, due: loaded.record.lapses)
    let approval = try FourEyes(work: work).request(
      Self.action, task: task, of: loaded.id, loaded.record, payload: Self.payload(loaded.record))
    loaded.record.approval = approval
    loaded.record.stepTask = task
    let header = try work.save(loaded, ["approval": .string(approval), "task": .string(task)])
    try work.changed(.verifyInstrument, loaded)
    return header
  }

  func activate() throws -> JSONValue {
    var loaded = try work.load(try params.string("id"), version: params["version"])
    try work.take(.activate, &loaded)
    try requireBegun(loaded.record)
    let record = loaded.record
    try FourEyes(work: work).consume(
      Self.action, approval: record.approval, task: record.stepTask, payload: Self.payload(record))
    // Between proposal and entry days have passed.
    guard work.now < record.reviewEnds else {
      throw RPCError.refused(
        rule: RuleID.reviewInterval, Text("The day of the first review has passed", zh: "首次复核日已过"),
        pointer: "/id")
    }
    try refuseClean(record)
    try work.closeTask(record.stepTask, .record)
    loaded.record.stepTask = nil
    loaded.record.approval = nil
    try work.set(nextReview: record.nextReview, of: &loaded.record)
    try work.count(.entry, record.category.rawValue, unit: record.station, at: work.now)
    let header = try work.save(loaded)
    try work.changed(.activate, loaded)
    return header
  }

  /// Keeps who verified, and who did before: none of them approves.
  private func note(_ verifier: String, _ record: inout KeyRecord) throws(RPCError) {
    guard !record.verifiers.contains(verifier) else { return }
    guard record.verifiers.count < KeyRecord.verifiersAtMost else {
      throw .refused(
        rule: RuleID.fourEyes, Text("Too many have verified it: propose it anew", zh: "核验人数过多，请重新提出"),
        pointer: "/id")
    }
    record.verifiers.append(verifier)
  }

  private func requireBegun(_ record: KeyRecord) throws(RPCError) {
    guard work.today >= record.from else {
      throw .refused(rule: RuleID.term, Text("The term has not begun", zh: "期限尚未起算"), pointer: "/id")
    }
  }

  private func refuseClean(_ record: KeyRecord) throws(RPCError) {
    guard record.isClean(at: work.now) else { return }
    throw .refused(
      rule: RuleID.clean, Text("Clean for three years: nobody is followed up any more", zh: "戒断满三年，不再列入"),
      pointer: "/id")
  }

  /// What is approved: terms and codes. Who it is, the approver reads in the record; a correction meanwhile
  /// makes the approval void.
  static func payload(_ record: KeyRecord) -> JSONObject {
    var payload: JSONObject = [
      "category": .string(record.category.rawValue), "purpose": .string(record.purpose.rawValue),
      "station": .string(record.station), "owner": .string(record.owner),
      "from": .string(record.from.description), "to": .string(record.to.description),
      "next_review": .string(record.nextReview.description), "corrections": .int(record.corrections),
    ]
    payload["part"] = record.part.map { .string($0.rawValue) }
    return payload
  }
}
