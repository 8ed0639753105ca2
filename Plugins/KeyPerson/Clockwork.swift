import StationKit

/// What the clock does: reviews open and are missed, terms and proposals end, records are erased.
struct Clockwork: Sendable {
  static let life = "life"
  static let grace = "grace"

  let rules: Rules

  var kinds: [DeadlineKind] {
    [
      DeadlineKind(
        Self.life, Text("A record's review, end or erasure", zh: "记录的复核、到期或删除")
      ) { deadline, context, tx in
        try Work(rules: rules, context: context, tx: tx).passTime(of: deadline.subject)
      },
      DeadlineKind(
        Self.grace, Text("The grace of a duty or a visit is over", zh: "义务或走访的宽限期届满")
      ) { deadline, context, tx in
        try Work(rules: rules, context: context, tx: tx).endGrace(of: deadline.subject, late: deadline.late)
      },
      DeadlineKind(
        SupportAsking.deadline, Text("Support is asked for who is out of contact", zh: "为失联人员请求支援")
      ) { deadline, context, tx in
        try SupportAsking(work: Work(rules: rules, context: context, tx: tx)).run(deadline)
      },
    ]
  }
}

extension Work {
  /// Does to a stored record what is due; which that is, is read from the record.
  func passTime(of id: String) throws {
    guard let stored = try tx.get("record", id), var record = KeyRecord(stored.body) else { return }
    guard let next = record.nextPassing, next.at <= now else { return try schedule(id, record) }
    if try tick(id, &record) { return try erase(id, record) }
    _ = try save(Loaded(id: id, version: stored.version, record: record))
  }

  /// Does all that time has done to the record by now, each thing once, with tasks, events and counts.
  ///
  /// - Returns: whether the record has to be erased.
  func tick(_ id: String, _ record: inout KeyRecord) throws -> Bool {
    try endGraces(of: id, record)
    while let next = record.nextPassing, next.at <= now {
      if next.passing == .erase { return true }
      let before = record
      record.pass(next.passing)
      switch next.passing {
      case .lapse: try finish(id, &record, .notEntered, at: next.at, from: before.state)
      case .expire: try finish(id, &record, .expiry, at: next.at, from: before.state)
      case .clean: try noteClean(id, &record, from: before.state, at: next.at)
      case .reviewOpens: try openReview(id, &record)
      case .reviewMissed: try missReview(record)
      case .erase: break
      }
    }
    return false
  }

  private func openReview(_ id: String, _ record: inout KeyRecord) throws {
    let task = try addTask(.review, of: id, record, due: record.reviewEnds)
    record.reviewTask = task
    try announce(.reviewDue, record, ["task": .string(task), "due": record.reviewEnds.text(zone)])
  }

  /// The record is hidden from now on; its review stays to be done.
  private func missReview(_ record: KeyRecord) throws {
    try count(.review, Tally.Review.overdue.rawValue, unit: record.station, at: record.reviewEnds)
    var more: JSONObject = ["due": record.reviewEnds.text(zone)]
    more["task"] = record.reviewTask.map(JSONValue.string)
    try announce(.reviewMissed, record, more)
  }

  /// Three years clean: the record has to be looked at within the window of a review, and can only be ended.
  private func noteClean(
    _ id: String, _ record: inout KeyRecord, from before: State, at: Instant
  ) throws {
    let window = try rules.int(RuleID.reviewWindow, "days", on: record.rulesOn)
    let last = at.date(in: zone).adding(days: window)
    if last < record.nextReview {
      record.nextReview = last
      record.reviewEnds = last.end(in: zone)
    }
    if before == .reviewDue, let task = record.reviewTask {
      try moveTask(task, due: record.reviewEnds)
    } else {
      try openReview(id, &record)
    }
    var more: JSONObject = ["due": record.reviewEnds.text(zone)]
    more["task"] = record.reviewTask.map(JSONValue.string)
    try announce(.clean, record, more)
  }
}
