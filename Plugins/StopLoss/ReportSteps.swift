import StationKit

/// Closes reports, opens them again, and corrects them.
struct ReportSteps: Sendable {
  let policy: Policy

  /// - Throws: `refused_by_rule` while one of its stops is under way.
  func close(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    try run(.close, params, context, tx) { id, report in
      guard try !hasOpenStops(id, tx) else {
        throw RPCError.refused(
          rule: RuleID.close, Text("A stop of this report is under way", zh: "本案尚有在办止付、冻结"),
          pointer: "/id")
      }
      try end(id, &report, context, tx)
      try tx.cancel("idle", subject: id)
    }
  }

  func reopen(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    try run(.reopen, params, context, tx) { id, report in try begin(id, &report, context, tx) }
  }

  /// A stop that had come to nothing is under way after all: its report is open again, if it was closed.
  func revive(_ id: String, _ context: CallContext, _ tx: any Transaction) throws {
    guard let record = try tx.get("report", id), var report = Report(record.body), report.state == .closed
    else { return }
    try begin(id, &report, context, tx)
    _ = try tx.put("report", id, version: record.version, report.body)
  }

  private func begin(
    _ id: String, _ report: inout Report, _ context: CallContext, _ tx: any Transaction
  ) throws {
    report.ended = nil
    try eachAccount(report, context, tx) { account in
      account.open += 1
      account.ended = nil
    }
    try watch(id, report, context, tx)
  }

  private func run(
    _ action: ReportAction, _ params: Params, _ context: CallContext, _ tx: any Transaction,
    change: (String, inout Report) throws -> Void
  ) throws -> JSONValue {
    try edit(params, context, tx) { id, report in
      _ = try ReportLife.table.next(report.state, action)
      try change(id, &report)
    }
  }

  /// Reads the report, checks scope and version, changes it, and writes it.
  func edit(
    _ params: Params, _ context: CallContext, _ tx: any Transaction,
    change: (String, inout Report) throws -> Void
  ) throws -> JSONValue {
    let (record, found) = try Reports.find(params, pointer: "/id", policy, context, tx)
    try record.requireVersion(params["version"])
    var report = found
    try change(record.id, &report)
    let stored = try tx.put("report", record.id, version: record.version, report.body)
    return .object(report.header(id: record.id, version: stored.version, zone: context.zone))
  }

  private func end(
    _ id: String, _ report: inout Report, _ context: CallContext, _ tx: any Transaction
  ) throws {
    report.ended = context.now
    try eachAccount(report, context, tx) { account in
      account.open = max(0, account.open - 1)
      if account.open == 0 { account.ended = context.now }
    }
  }

  private func eachAccount(
    _ report: Report, _ context: CallContext, _ tx: any Transaction, _ change: (inout Account) -> Void
  ) throws {
    let maximum = try policy.maximumStops(on: context.now.date(in: context.zone))
    for id in report.accounts {
      guard let record = try tx.get("account", id), var account = Account(record.body) else { continue }
      change(&account)
      _ = try tx.put("account", id, version: record.version, account.body(maximumStops: maximum))
    }
  }

  private func hasOpenStops(_ report: String, _ tx: any ReadTransaction) throws -> Bool {
    try stops(of: report, tx).contains { Stop($0.body).map { !$0.state.isOver } ?? false }
  }

  func stops(of report: String, _ tx: any ReadTransaction) throws -> [Record] {
    try tx.all(Query("stop", index: "by_report", equals: [.text(report)], limit: 500))
  }

  /// - Throws: `refused_by_rule` for a report that is closed.
  static func requireOpen(_ report: Report, pointer: String) throws(RPCError) {
    guard report.state == .closed else { return }
    throw .refused(
      rule: RuleID.close, Text("This report is closed: reopen it first", zh: "本案已关闭，须先重新打开"),
      pointer: pointer)
  }

  /// Looks at the report again once nothing has happened for long.
  func watch(_ id: String, _ report: Report, _ context: CallContext, _ tx: any Transaction) throws {
    let days = try policy.rule(RuleID.close, on: report.rulesOn).int("idle_days")
    try tx.schedule("idle", subject: id, due: context.now.adding(hours: 24 * days), payload: [:])
  }

  var kind: DeadlineKind {
    DeadlineKind("idle", Text("A report on which nothing happens any more is closed", zh: "长期无进展的报案关闭")) {
      deadline, context, tx in
      guard let record = try tx.get("report", deadline.subject), var report = Report(record.body),
        report.state == .open
      else { return }
      if try hasOpenStops(record.id, tx) {
        try watch(record.id, report, context, tx)
      } else {
        try end(record.id, &report, context, tx)
        _ = try tx.put("report", record.id, version: record.version, report.body)
      }
    }
  }
}
