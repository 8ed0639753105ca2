import StationKit

/// What an officer does next with a report, and how long is left for each step.
struct NextSteps {
  /// The raw values are stable codes.
  enum Code: String, Sendable, CaseIterable {
    case requestStop = "request_stop"
    case secureEvidence = "secure_evidence"
    case requestFreeze = "request_freeze"
    case traceOnward = "trace_onward"
  }

  /// Accounts that a step names.
  static let accountsAtMost = 5

  let policy: Policy
  let context: CallContext

  /// The steps after a report or further transfers came in.
  func json(_ report: Report, _ accounts: [(id: String, account: Account)]) throws -> JSONValue {
    let numbers = try policy.rule(RuleID.steps, on: report.rulesOn)
    let hours = try policy.rule(RuleID.stopTerm, on: report.rulesOn).int("hours")
    let stop = report.reported.adding(minutes: numbers.int("stop_minutes"))
    let targets = try targets(accounts)
    var steps: [JSONValue] = []
    if !targets.isEmpty {
      steps.append(
        step(
          .requestStop, due: stop,
          Text("Ask the banks to stop payment on these accounts", zh: "请求开户机构对下列账户紧急止付"),
          ["accounts": .array(targets)]))
    }
    steps.append(
      step(
        .traceOnward, due: stop,
        Text(
          "Ask the banks where the money went on to, add the transfers, and ask for stops there",
          zh: "查询资金去向，补录转账，并对下一级账户延伸止付"), [:]))
    steps.append(
      step(
        .secureEvidence, due: report.reported.adding(hours: numbers.int("evidence_hours")),
        Text("Secure the statement, transfer slips and chat records", zh: "固定询问笔录、转账凭证、聊天记录等证据"), [:]))
    if !targets.isEmpty {
      steps.append(
        step(
          .requestFreeze, due: context.now.adding(hours: hours),
          Text(
            "A stop lasts \(hours) hours from the bank's stop instant: have the freeze in force before (shown: for a stop made now)",
            zh: "止付自银行止付时起\(hours)小时：须于届满前办理冻结（所示为即时止付的届满时间）"), [:]))
    }
    return .array(steps)
  }

  /// Most money first, then the least time gone.
  private func targets(_ accounts: [(id: String, account: Account)]) throws(RPCError) -> [JSONValue] {
    let maximum = try policy.maximumStops(on: context.now.date(in: context.zone))
    return accounts.filter { $0.account.isStoppable(maximumStops: maximum) }
      .map { (id: $0.id, account: $0.account, holding: $0.account.holding) }
      .sorted { left, right in
        if left.holding != right.holding { return left.holding > right.holding }
        return left.account.arrived ?? .earliest > right.account.arrived ?? .earliest
      }
      .prefix(Self.accountsAtMost)
      .map { ["account": .string($0.id), "amount": .int($0.holding)] }
  }

  private func step(_ code: Code, due: Instant, _ text: Text, _ more: JSONObject) -> JSONValue {
    var step: JSONObject = [
      "code": .string(code.rawValue), "en": .string(text.en), "zh": .string(text.zh),
      "due": due.text(context.zone),
      "left_s": .int(Int(due.milliseconds(since: context.now) / 1000)),
    ]
    step.merge(more)
    return .object(step)
  }

  static let schema: JSONValue = Shapes.list(
    Shapes.object(
      [
        "code": Shapes.words(Code.self), "en": Schemas.short, "zh": Schemas.short, "due": Shapes.instant,
        "left_s": Schemas.seconds,
        "accounts": Shapes.list(Shapes.object(["account": Schemas.id, "amount": Schemas.amountOrZero])),
      ], required: ["code", "en", "zh", "due", "left_s"]))
}
