import StationKit

/// `keyperson.review`: the instrument still holds and the follow-up is still needed, or the record has to end.
struct Reviewing {
  let work: Work
  let params: Params

  func run() throws -> JSONValue {
    var loaded = try work.load(try params.string("id"), version: params["version"])
    let before = loaded.record.state
    try work.take(.review, &loaded)
    for question in ["in_force", "needed"] where params[question]?.boolValue != true {
      throw RPCError.refused(
        rule: RuleID.review,
        Text("What is not in force or not needed is not kept: delist it", zh: "不再有效或不再必要的应当解除关注"),
        pointer: "/\(question)")
    }
    guard !loaded.record.isClean(at: work.now) else {
      throw RPCError.refused(
        rule: RuleID.clean,
        Text("Clean for three years: delist", zh: "戒断满三年，应当解除关注"), pointer: "/id")
    }
    let next = try params.date("next_review")
    try work.check(
      nextReview: next, loaded.record.category, to: loaded.record.to, on: loaded.record.rulesOn)
    if before == .reviewDue { try work.countReview(.inTime, loaded.record) }
    try finish(&loaded.record, work)
    try work.set(nextReview: next, of: &loaded.record)
    let header = try work.save(loaded)
    try work.changed(.review, loaded)
    return header
  }

  /// The review is over: its task is done, and a renewal that nobody approved is void.
  private func finish(_ record: inout KeyRecord, _ work: Work) throws {
    try work.closeTask(record.reviewTask, .record)
    record.reviewTask = nil
    try work.closeTask(record.stepTask, .drop)
    record.stepTask = nil
    record.renewal = nil
    record.personal["pending_instrument"] = nil
  }
}

extension Work {
  /// Counts a review at the instant it was due.
  func countReview(_ code: Tally.Review, _ record: KeyRecord) throws {
    try count(.review, code.rawValue, unit: record.station, at: record.reviewEnds)
  }
}
