import StationKit

/// `keyperson.renew.request` and `keyperson.renew`: a further instrument, within what the law allows.
struct Renewing {
  static let action = "keyperson.renew"
  /// How many instruments a record can have had.
  static let atMost = 20

  let work: Work
  let params: Params

  func request() throws -> JSONValue {
    var loaded = try work.load(try params.string("id"), version: params["version"])
    try work.take(.renewRequest, &loaded)
    let record = loaded.record
    try Screen.check(all: params["instrument"], "/instrument")
    try work.notLater(params["instrument"]?["date"], "/instrument/date", rule: RuleID.instrument)
    let number = params["instrument"]?["number"]?.folded
    guard !record.instruments.contains(where: { $0["number"]?.folded == number }),
      record.renewals < Self.atMost
    else {
      throw RPCError.refused(
        rule: RuleID.instrument,
        Text("A renewal needs an instrument of its own", zh: "延续须有新的法律文书"),
        pointer: "/instrument/number")
    }
    guard let date = CivilDate(params["instrument"]?["date"]),
      let present = CivilDate(record.personal["instrument"]?["date"]), date >= present
    else {
      throw RPCError.refused(
        rule: RuleID.instrument,
        Text("The further instrument is older than the present one", zh: "新文书日期不得早于现有文书"),
        pointer: "/instrument/date")
    }
    try work.requireOnce(
      params["instrument"], of: record, besides: loaded.id, pointer: "/instrument/number")
    let to = try params.date("to")
    let nextReview = try params.date("next_review")
    try check(record, to: to, pointer: "/to")
    try work.check(nextReview: nextReview, record.category, to: to, on: record.rulesOn)

    let task =
      try record.stepTask ?? work.addTask(.approve, of: loaded.id, record, due: record.reviewEnds)
    let approval = try FourEyes(work: work).request(
      Self.action, task: task, of: loaded.id, record, payload: Self.payload(record, to, nextReview))
    loaded.record.stepTask = task
    loaded.record.renewal = KeyRecord.Renewal(
      to: to, nextReview: nextReview, approval: approval, by: work.context.principal.person)
    loaded.record.personal["pending_instrument"] = params["instrument"]
    let header = try work.save(loaded, ["approval": .string(approval), "task": .string(task)])
    try work.changed(.renewRequest, loaded)
    return header
  }

  func renew() throws -> JSONValue {
    var loaded = try work.load(try params.string("id"), version: params["version"])
    try work.take(.renew, &loaded)
    let record = loaded.record
    guard let renewal = record.renewal, let instrument = record.personal["pending_instrument"] else {
      throw RPCError(.approvalRequired, pointer: "/id", rule: RuleID.fourEyes)
    }
    try check(record, to: renewal.to, pointer: "/id")
    try work.check(nextReview: renewal.nextReview, record.category, to: renewal.to, on: record.rulesOn)
    // Meanwhile somebody may have been proposed under it.
    try work.requireOnce(instrument, of: record, besides: loaded.id, pointer: "/id")
    try FourEyes(work: work).consume(
      Self.action, approval: renewal.approval, task: record.stepTask,
      payload: Self.payload(record, renewal.to, renewal.nextReview))

    try work.countReview(.inTime, record)
    try work.closeTask(record.reviewTask, .record)
    try work.closeTask(record.stepTask, .record)
    loaded.record.reviewTask = nil
    loaded.record.stepTask = nil
    loaded.record.renewal = nil
    loaded.record.former = nil
    loaded.record.renewals += 1
    loaded.record.personal["former_instruments"] = .array(record.instruments)
    if let number = record.personal["instrument_number"] {
      _ = try work.tx.create(
        "former_instrument", id: nil, ["record": .string(loaded.id), "instrument_number": number])
    }
    loaded.record.personal["pending_instrument"] = nil
    loaded.record.personal["instrument"] = instrument
    loaded.record.personal["instrument_number"] = instrument["number"]?.stringValue
      .map { .string(InstrumentNumber.compared($0)) }
    loaded.record.to = renewal.to
    loaded.record.ends = renewal.to.end(in: work.zone)
    try work.set(nextReview: renewal.nextReview, of: &loaded.record)
    try work.resumeDuties(of: loaded.id, loaded.record)
    let header = try work.save(loaded)
    try work.changed(.renew, loaded)
    return header
  }

  /// - Throws: `refused_by_rule`: longer than one instrument may be, longer than all may be together, not longer
  ///   than before, or for somebody who has been clean for three years.
  private func check(_ record: KeyRecord, to: CivilDate, pointer: String) throws {
    guard !record.isClean(at: work.now) else {
      throw RPCError.refused(
        rule: RuleID.clean,
        Text("Clean for three years: delist instead of renewing", zh: "戒断满三年，不得延续，应当解除关注"),
        pointer: pointer)
    }
    guard to > record.to else {
      throw RPCError.refused(
        rule: RuleID.term, Text("A renewal ends later than before", zh: "延续后的届满日须晚于原届满日"),
        pointer: pointer)
    }
    let terms = work.terms
    try work.require(
      to, notAfter: try terms.maximum(record.category, from: record.to, on: record.rulesOn), pointer: pointer)
    try work.require(
      to, notAfter: try terms.total(record.category, from: record.from, on: record.rulesOn), pointer: pointer)
  }

  private static func payload(
    _ record: KeyRecord, _ to: CivilDate, _ nextReview: CivilDate
  ) -> JSONObject {
    var payload = Entering.payload(record)
    payload["to"] = .string(to.description)
    payload["next_review"] = .string(nextReview.description)
    payload["renewals"] = .int(record.renewals)
    return payload
  }
}
