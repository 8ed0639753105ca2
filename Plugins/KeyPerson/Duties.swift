import StationKit

/// `keyperson.duty.*` and `keyperson.visit.*`: duties and deadlines, never movements.
struct Duties {
  let work: Work
  let params: Params

  func add() throws -> JSONValue {
    var loaded = try work.load(try params.string("id"), version: params["version"])
    try work.take(.dutyAdd, &loaded)
    let kind = try params.word(DutyKind.self, "kind").task
    guard loaded.record.category.duties.contains(kind) else {
      throw RPCError.refused(
        rule: RuleID.dutyKind,
        Text("The law knows no such duty in this category", zh: "该类别没有此项法定义务"), pointer: "/kind")
    }
    return try begin(loaded, kind, consent: nil, .dutyAdd)
  }

  func agree() throws -> JSONValue {
    var loaded = try work.load(try params.string("id"), version: params["version"])
    try work.take(.visitAgree, &loaded)
    try Screen.check(all: params["consent"], "/consent")
    try work.notLater(params["consent"]?["date"], "/consent/date", rule: RuleID.visitConsent)
    guard loaded.record.category.allowsVisits else {
      throw RPCError.refused(
        rule: RuleID.visitConsent,
        Text("Nobody visits who is missing", zh: "走失人员不适用走访"), pointer: "/id")
    }
    guard params["consent"]?["by"] != "guardian" || loaded.record.personal["guardian"] != nil else {
      throw RPCError.refused(
        rule: RuleID.visitConsent,
        Text("The record names no guardian who could agree", zh: "记录中没有可表示同意的监护人"),
        pointer: "/consent/by")
    }
    return try begin(loaded, .visit, consent: params["consent"], .visitAgree)
  }

  private func begin(
    _ loaded: Work.Loaded, _ kind: TaskKind, consent: JSONValue?, _ action: Action
  ) throws -> JSONValue {
    let record = loaded.record
    let first = try params.instant("first_due")
    guard first > work.now, first < record.ends else {
      throw RPCError.refused(
        rule: RuleID.term,
        Text("The first time is to come, and before the end", zh: "首次时间须在今后且在届满之前"),
        pointer: "/first_due")
    }
    var duty = Duty(
      record: loaded.id, kind: kind, firstDue: first, everyDays: try everyDays(record.rulesOn),
      everyMonths: params["every_months"]?.intValue, graceHours: try grace(record.rulesOn),
      begun: work.now, consent: consent)
    let most = try work.rules.int(RuleID.dutyInterval, "duties_at_most", on: record.rulesOn)
    let present = try work.all("duty", "by_record", [.text(loaded.id)])
    guard present.filter({ $0["ended"] == nil }).count < most else {
      throw RPCError.refused(
        rule: RuleID.dutyInterval,
        Text("A record has at most \(most) duties at a time", zh: "一份记录最多\(most)项义务"), pointer: "/id")
    }
    let stored = try work.tx.create("duty", id: nil, duty.body)
    try work.plan(stored.id, &duty, from: 0, record)
    _ = try work.tx.put("duty", stored.id, version: stored.version, duty.body)
    var more: JSONObject = ["duty": .string(stored.id)]
    more["task"] = duty.task.map(JSONValue.string)
    more["due"] = first.text(work.zone)
    let header = try work.save(loaded, more)
    try work.changed(action, loaded)
    return header
  }

  /// No duty more often than the rule says: what is asked of a person is proportionate.
  private func everyDays(_ on: CivilDate) throws(RPCError) -> Int? {
    guard params["every_days"] == nil || params["every_months"] == nil else {
      throw .refused(
        rule: RuleID.dutyInterval,
        Text("Every so many days or months, not both", zh: "按日或按月，只能择一"), pointer: "/every_months")
    }
    guard let days = params["every_days"]?.intValue else { return nil }
    let least = try work.rules.int(RuleID.dutyInterval, "days_at_least", on: on)
    guard days >= least else {
      throw .refused(
        rule: RuleID.dutyInterval,
        Text("Not more often than every \(least) days", zh: "间隔不得少于\(least)日"), pointer: "/every_days")
    }
    return days
  }

  /// A grace can be longer than the local one, up to the maximum, and never shorter.
  private func grace(_ on: CivilDate) throws(RPCError) -> Int {
    let local = try work.rules.int(RuleID.dutyGrace, "hours", on: on)
    guard let hours = params["grace_hours"]?.intValue else { return local }
    let most = try work.rules.int(RuleID.dutyGrace, "hours_at_most", on: on)
    guard (local...most).contains(hours) else {
      throw .refused(
        rule: RuleID.dutyGrace,
        Text("A grace has \(local) to \(most) hours", zh: "宽限期为\(local)至\(most)小时"), pointer: "/grace_hours")
    }
    return hours
  }

  /// Ends a duty that the instrument no longer states, or visits that somebody no longer agrees to.
  func end(_ action: Action, _ param: String) throws -> JSONValue {
    var duty = try work.loadDuty(try params.string(param), pointer: "/\(param)")
    var loaded = try work.load(duty.duty.record, version: params["version"], pointer: "/\(param)")
    try work.take(action, &loaded)
    guard (duty.duty.kind == .visit) == (action == .visitWithdraw), duty.duty.ended == nil else {
      throw RPCError.refused(
        rule: RuleID.dutyKind,
        Text("Not a duty of this kind that goes on", zh: "不是进行中的该类事项"), pointer: "/\(param)")
    }
    duty.duty.ended = work.now
    duty.duty.task = nil
    _ = try work.tx.put("duty", duty.id, version: duty.version, duty.duty.body)
    try work.dropTasks(of: loaded.id, only: duty.id)
    let header = try work.save(loaded, ["duty": .string(duty.id)])
    try work.changed(action, loaded)
    return header
  }
}
