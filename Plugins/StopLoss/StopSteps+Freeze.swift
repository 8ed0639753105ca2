import StationKit

/// The freeze: asked for of the county chief, ordered, and what the bank made of it.
extension StopSteps {
  static let freezeAction = "stoploss.freeze"

  /// Asks for the county chief's approval, with all that the chief has to see.
  static func requestFreeze(_ policy: Policy) -> Change {
    { work, params, context, tx in
      let day = work.stop.rulesOn
      guard work.stop.freeze?.ordered == nil || work.before.state == .lapsed else {
        throw RPCError.refused(
          rule: RuleID.approval, Text("This freeze was approved and ordered already", zh: "该冻结已批准并送达"),
          pointer: "/id")
      }
      guard work.stop.decision == nil else {
        throw RPCError.refused(
          rule: RuleID.bank,
          Text("A return is with the bank: record or withdraw it first", zh: "返还已送达银行：须先登记或撤回"),
          pointer: "/id")
      }
      guard let kind = Freeze.Kind(rawValue: try params.string("kind")),
        let scope = Freeze.Scope(rawValue: try params.string("scope")),
        let interest = params["interest"]?.boolValue
      else { throw RPCError.invalid(Text("Unknown kind or scope", zh: "冻结种类或范围无效"), pointer: "/kind") }
      try requireParticulars(&work, params)
      let months = try Self.months(params, kind, policy, on: day)
      var freeze = Freeze(
        kind: kind, amount: try params.int("amount"), months: months, scope: scope, interest: interest,
        cityApproval: params["city_approval"]?.stringValue, approval: "")
      freeze.approval = try askApproval(Self.freezeAction, work, freeze, policy, context, tx)
      work.stop.freeze = freeze
      work.stop.told.removeAll { $0 == Stop.lapseMark }
      return ["amount": .int(freeze.amount)]
    }
  }

  /// The name and the number are those that the chief approves and the bank compares.
  private static func requireParticulars(_ work: inout StopWork, _ params: Params) throws(RPCError) {
    guard let account = work.account else { throw .notFound("account", work.stop.account, pointer: "/id") }
    guard try params.string("account") == account.number else {
      throw .refused(
        rule: RuleID.particulars,
        Text("Not the number of the account that is stopped", zh: "账号与止付账户不符"),
        pointer: "/account")
    }
    let name = try params.string("name")
    let known = account.holders.first { FreeText.folded($0) == FreeText.folded(name) }
    guard account.holders.isEmpty || known != nil else {
      throw .refused(
        rule: RuleID.particulars, Text("The account was not reported under this name", zh: "户名与登记不符"),
        pointer: "/name")
    }
    let holder = known ?? name
    if account.holder != holder { work.account?.prefer(holder: holder) }
  }

  /// The months asked for, at most those of the kind; a major case names the city-level approval.
  static func months(
    _ params: Params, _ kind: Freeze.Kind, _ policy: Policy, on day: CivilDate
  ) throws(RPCError) -> Int {
    if kind == .major, params["city_approval"] == nil {
      throw .refused(
        rule: RuleID.major,
        Text("A major case names the city-level approval", zh: "重大案件须注明市级公安机关批准文书"),
        pointer: "/city_approval")
    }
    let rule = try policy.rule(RuleID.freezeTerm, on: day)
    let longest =
      switch kind {
      case .ordinary: rule.int("months")
      case .major: rule.int("major_months")
      case .securities: rule.int("securities_months")
      }
    let months = params["months"]?.intValue ?? longest
    guard months <= longest else {
      throw .refused(
        rule: RuleID.freezeTerm, Text("At most \(longest) months", zh: "期限不得超过\(longest)个月"),
        pointer: "/months")
    }
    return months
  }

  static func askApproval(
    _ action: String, _ work: StopWork, _ freeze: Freeze, _ policy: Policy, _ context: CallContext,
    _ tx: any Transaction
  ) throws -> String {
    let hours = try policy.rule(RuleID.approvalTime, on: work.stop.rulesOn).int("hours")
    let asked = try tx.call(
      "approval.request",
      [
        "action": .string(action), "subject": .string(work.id), "payload": payload(work, freeze),
        "hours": .int(hours), "unit": .string(work.stop.station), "about": .string(work.stop.account),
      ])
    guard let id = asked["id"]?.stringValue else { throw RPCError(.internalError) }
    return id
  }

  /// What the chief sees and approves: name, account, amount, term, scope, interest.
  private static func payload(_ work: StopWork, _ freeze: Freeze) -> JSONValue {
    var payload: JSONObject = [
      "stop": .string(work.id), "report": .string(work.stop.report), "level": "county_chief",
      "name": .string(work.account?.holder ?? ""), "account": .string(work.account?.number ?? ""),
      "amount": .int(freeze.amount), "months": .int(freeze.renewal?.months ?? freeze.months),
      "kind": .string(freeze.kind.rawValue), "scope": .string(freeze.scope.rawValue),
      "interest": .bool(freeze.interest),
    ]
    if let document = freeze.renewal?.cityApproval ?? freeze.cityApproval {
      payload["city_approval"] = .string(document)
    }
    if freeze.renewal != nil, let term = freeze.term { payload["renews"] = term.end.stored }
    return .object(payload)
  }

  /// - Returns: since when it is approved.
  /// - Throws: `approval_required` unless it was approved, as it stands now, and not used.
  static func consume(
    _ action: String, _ approval: String, _ work: StopWork, _ freeze: Freeze, _ tx: any Transaction
  ) throws -> Instant? {
    try tx.call(
      "approval.consume",
      [
        "id": .string(approval), "action": .string(action), "subject": .string(work.id),
        "payload": payload(work, freeze),
      ])["decided_at"]?.stringValue.flatMap { Instant(rfc3339: $0) }
  }

  /// Takes the approval: from now on the order may go to the bank.
  static let orderFreeze: Change = { work, params, context, tx in
    guard let freeze = work.stop.freeze, freeze.ordered == nil else {
      throw RPCError.refused(
        rule: RuleID.approval, Text("No freeze waits for its order", zh: "无待送达的冻结"), pointer: "/id")
    }
    _ = try consume(freezeAction, freeze.approval, work, freeze, tx)
    work.stop.freeze?.ordered = context.now
    return [:]
  }

  /// What the bank made of the order.
  func recordFreeze(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    let action = Self.action(for: try params.string("result"))
    return try run(action, params, context, tx) { work, params, context, tx in
      guard let freeze = work.stop.freeze, let ordered = freeze.ordered,
        freeze.term == nil || Self.isPresumed(work.before)
      else {
        throw RPCError(
          .approvalRequired, Text("The freeze is not ordered yet", zh: "冻结尚未批准送达"), pointer: "/id",
          rule: RuleID.approval)
      }
      let at = try fact(
        params, "at", notBefore: freeze.since ?? ordered, rule: RuleID.freezeRecord, context)
      var notes: Notes = ["when": at.text(context.zone)]
      if let reference = params["reference"] {
        work.stop.freeze?.reference = reference.stringValue
        notes["reference"] = reference
      }
      switch action(work.before) {
      case .recordFrozen:
        let amount = try frozenAmount(params, freeze, work, tx)
        try requireNoOtherFreeze(work, tx)
        notes["amount"] = .int(amount)
        try frozen(&work, at: at, amount, context, tx)
      case .confirmFreeze:
        let amount = try frozenAmount(params, freeze, work, tx)
        notes["amount"] = .int(amount)
        work.stop.held = amount
        work.stop.freeze?.isPresumed = false
        try credit(&work, { _ in }, tx)
      case .requeue:
        work.stop.freeze?.waitAgain()
        work.stop.alarms = 0
      case .recordFreezeRefused:
        work.stop.freeze?.ordered = nil
      default:
        Self.queued(&work.stop, from: work.before.state, at: at)
      }
      return notes
    }
  }

  /// What a bank's word does. Of a freeze that took effect by itself it says what that holds; its term stays.
  private static func action(for result: String) -> @Sendable (Stop) -> StopAction {
    switch result {
    case "frozen": { isPresumed($0) ? .confirmFreeze : .recordFrozen }
    case "queued": { isPresumed($0) ? .requeue : .recordQueued }
    default: { _ in .recordFreezeRefused }
    }
  }

  private static func isPresumed(_ stop: Stop) -> Bool {
    stop.state.isFrozen && stop.freeze?.isPresumed == true
  }

  /// How much the bank has frozen: all that was ordered, unless it says less. It has to say where money of the account
  /// was returned, and that much can be left no more.
  private func frozenAmount(
    _ params: Params, _ freeze: Freeze, _ work: StopWork, _ tx: any ReadTransaction
  ) throws -> Int {
    let gone = try gone(work, tx)
    let canBeWhole = gone == 0 || freeze.amount <= left(work, gone: gone)
    guard let amount = params["amount"]?.intValue ?? (canBeWhole ? freeze.amount : nil) else {
      throw RPCError.refused(
        rule: RuleID.freezeRecord,
        Text("Money of this account was returned: name the amount", zh: "该账户资金已有返还，须注明冻结金额"),
        pointer: "/amount")
    }
    guard amount <= freeze.amount else {
      throw RPCError.refused(
        rule: RuleID.freezeRecord,
        Text("A bank freezes no more than was ordered", zh: "冻结金额不得超过批准金额"), pointer: "/amount")
    }
    return amount
  }

  /// A freeze is in force from an instant on.
  func frozen(
    _ work: inout StopWork, at: Instant, _ amount: Int, _ context: CallContext, _ tx: any Transaction
  ) throws {
    let months = work.stop.freeze?.months ?? 0
    work.stop.freeze?.since = at
    work.stop.freeze?.term = try Terms(policy: policy, context: context).stored(
      .months(months, kind: .coercive), from: at, rule: RuleID.freezeTerm, on: work.stop.rulesOn)
    work.stop.alarms = 0
    work.stop.held = amount
    // It was in force before the stop ended, and only told later: nothing had lapsed.
    if work.before.state == .lapsed, let hold = work.stop.hold, at < hold.end { work.stop.unlapse() }
    work.stop.endLapse()
    try credit(&work, { _ in }, tx)
  }
}
