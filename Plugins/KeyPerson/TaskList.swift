import StationKit

/// `keyperson.tasks`: what the caller's own unit has to do, without anybody in it.
///
/// A task is an id, a kind and a time. It names no record and no person; who wants to know whom it is about has
/// to read that one record with it, for a purpose, and is logged.
struct TaskList {
  static let limit = 50
  static let limitAtMost = 200

  let rules: Rules
  let params: Params
  let context: CallContext

  func run(_ tx: any ReadTransaction) throws -> JSONValue {
    // Not the scope: also who may reach everything has the tasks of one unit only.
    guard let unit = context.principal.unit else {
      throw RPCError.refused(
        rule: RuleID.tasks, Text("Who belongs to no unit has no tasks", zh: "未归属单位者无待办"), pointer: "")
    }
    let today = context.now.date(in: context.zone)
    let most = try rules.int(RuleID.tasks, "days", on: today)
    let days = params["days"]?.intValue ?? most
    guard days <= most else {
      throw RPCError.refused(
        rule: RuleID.tasks,
        Text("Tasks are told \(most) days ahead at most", zh: "最多提前\(most)日列出待办"), pointer: "/days")
    }
    let kind = params["kind"]?.stringValue
    let isMissed = params["missed"]?.boolValue ?? false
    let state = IndexValue.text((isMissed ? TaskState.missed : .open).rawValue)
    // What was missed lies as far back as other tasks lie ahead.
    let first = isMissed ? context.now.adding(hours: -24 * days) : nil
    let end = context.now.adding(hours: isMissed ? 0 : 24 * days).adding(milliseconds: 1)
    var query = Query(
      "task", index: kind == nil ? "by_unit" : "by_unit_kind",
      equals: [.text(unit)] + (kind.map { [.text($0)] } ?? []) + [state],
      from: first.map { .integer(Int($0.milliseconds)) }, to: .integer(Int(end.milliseconds)))
    query.takePage(params, size: Self.limit)
    return .object(
      try tx.query(query).answer { stored in DueTask(stored.body).map { show($0, id: stored.id) } })
  }

  private func show(_ task: DueTask, id: String) -> JSONValue {
    [
      "task": .string(id), "kind": .string(task.kind.rawValue), "due": task.due.text(context.zone),
      "overdue": .bool(context.now >= task.due), "provisional": .bool(task.isProvisional),
    ]
  }
}
