import StationKit

/// `keyperson.duty.record`, `keyperson.duty.excuse` and `keyperson.visit.record`: what came of a task.
struct Keeping {
  let work: Work
  let params: Params

  func record() throws -> JSONValue {
    try settle(.dutyRecord, .record, isVisit: false, keep)
  }

  func visit() throws -> JSONValue {
    try settle(.visitRecord, .record, isVisit: true) { task, record in
      try keep(&task, record)
      task.outcome = try params.word(VisitOutcome.self, "outcome")
    }
  }

  func excuse() throws -> JSONValue {
    try Screen.check(params["document"]?.stringValue, "/document")
    return try settle(.dutyExcuse, .excuse, isVisit: false) { task, _ in
      let excuse = try params.word(Excuse.self, "excuse")
      guard excuse != .documentedCause || params["document"] != nil else {
        throw RPCError.refused(
          rule: RuleID.dutyKind,
          Text("A documented cause names its document", zh: "须写明证明文书编号"), pointer: "/document")
      }
      task.excuse = excuse
      task.document = params["document"]
    }
  }

  private func keep(_ task: inout DueTask, _ record: KeyRecord) throws {
    let at = try work.past(params, "at", notBefore: try work.earliest(of: task, record))
    task.at = at
    // Half open: missed once the grace is over.
    task.inTime = at < task.grace ?? task.due
  }

  private func settle(
    _ action: Action, _ step: TaskAction, isVisit: Bool,
    _ change: (inout DueTask, KeyRecord) throws -> Void
  ) throws -> JSONValue {
    var loaded = try work.loadTask(try params.string("task"))
    var record = try work.load(loaded.task.record, version: params["version"], pointer: "/task")
    // What is missed is missed, also where the deadline has not fired yet.
    if let grace = loaded.task.grace, work.now >= grace { try work.endGrace(of: loaded.id, late: true) }
    loaded = try work.loadTask(loaded.id)
    try work.take(action, &record)
    guard loaded.task.duty != nil, (loaded.task.kind == .visit) == isVisit else {
      throw RPCError.refused(
        rule: RuleID.dutyKind,
        Text("The task is not of that kind", zh: "该待办不属于此类事项"), pointer: "/task")
    }
    let before = loaded.task.state
    loaded.task.state = try RecordLife.task.next(before, step)
    loaded.task.by = work.context.principal.person
    try change(&loaded.task, record.record)
    try work.save(loaded)
    if before == .open { try work.planNext(after: loaded, record.record) }
    if before == .missed, loaded.task.inTime ?? true {
      try work.announce(
        .dutyCleared, record.record,
        ["task": .string(loaded.id), "kind": .string(loaded.task.kind.rawValue)])
    }
    let header = try work.save(
      record, ["task": .string(loaded.id), "task_state": .string(loaded.task.state.rawValue)])
    try work.changed(action, record)
    return header
  }
}
