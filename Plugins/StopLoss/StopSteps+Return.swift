import StationKit

/// Giving frozen money back to those who paid it.
extension StopSteps {
  /// Decides who gets how much.
  static let decideReturn: Change = { work, params, context, tx in
    let payers = try payers(work, params, tx)
    let amounts = Shares.divide(
      work.stop.held,
      among: payers.map { Shares.Claim(loss: $0.report.loss, open: $0.report.open) })
    let shares = zip(payers, amounts).map { payer, amount in
      ReturnDecision.Share(report: payer.id, loss: payer.report.loss, amount: amount)
    }
    let decision = ReturnDecision(
      shares: shares, frozen: work.stop.held, decided: context.now, decidedBy: context.principal.person)
    try settle(decision, tx) { $0.reserved += $1 }
    work.stop.decision = decision
    return ["amount": .int(amounts.reduce(0, +))]
  }

  /// The reports whose victims are owed of this money: all whose money is traced to the account, and those that are
  /// named beside them. The earlier first; who has all back is owed nothing.
  private static func payers(
    _ work: StopWork, _ params: Params, _ tx: any ReadTransaction
  ) throws -> [(id: String, report: Report)] {
    let named = params["reports"]?.arrayValue?.compactMap(\.stringValue)
    let traced = Set(work.account?.holdings.lots.compactMap(\.origin) ?? [])
    var payers: [String: Report] = [:]
    for (place, id) in (named ?? []).enumerated() {
      payers[id] = try payer(id, work, isTraced: traced.contains(id), pointer: "/reports/\(place)", tx)
    }
    for id in traced where payers[id] == nil { payers[id] = try report(id, tx) }
    payers = payers.filter { $0.value.open > 0 }
    if let named { try requireAll(payers.keys.sorted(), among: named) }
    guard payers.count <= Limits.payersPerReturn else {
      throw RPCError.refused(
        rule: RuleID.limits, Text("Too many payers for one return", zh: "返还对象过多"), pointer: "/reports")
    }
    guard !payers.isEmpty else {
      throw RPCError.refused(
        rule: RuleID.payers, Text("Nobody is known to be owed of this money", zh: "无可返还对象"),
        pointer: "/reports")
    }
    return payers.map { (id: $0.key, report: $0.value) }.sorted { left, right in
      left.report.reported != right.report.reported
        ? left.report.reported < right.report.reported : ReportID.precedes(left.id, right.id)
    }
  }

  /// A report that was named: its money is traced to the account, or its victim paid into the account, though the
  /// money has left since.
  private static func payer(
    _ id: String, _ work: StopWork, isTraced: Bool, pointer: String, _ tx: any ReadTransaction
  ) throws -> Report {
    guard let report = try report(id, tx) else { throw RPCError.notFound("report", id, pointer: pointer) }
    let paid = report.transfers(into: work.stop.account).contains { report.victims.contains($0.from) }
    guard isTraced || paid else {
      throw RPCError.refused(
        rule: RuleID.payers,
        Text("No money of this report is known to have come here", zh: "无该案资金转入本账户的记录"), pointer: pointer)
    }
    return report
  }

  private static func report(_ id: String, _ tx: any ReadTransaction) throws -> Report? {
    try tx.get("report", id).flatMap { Report($0.body) }
  }

  /// Naming payers adds to those whose money is traced to the account, and takes none of them away.
  private static func requireAll(_ owed: [String], among named: [String]) throws(RPCError) {
    let named = Set(named)
    guard let missing = owed.first(where: { !named.contains($0) }) else { return }
    throw .refused(
      rule: RuleID.payers,
      Text(
        "Money of \(missing) is traced to this account too: name it as well", zh: "账户内亦有\(missing)的资金，不得遗漏"),
      pointer: "/reports")
  }

  /// What an approval of the present decision is.
  static func approval(_ stop: Stop) -> StopAction {
    stop.decision?.isShared == true ? .beginNotice : .approveReturn
  }

  /// What the end of the present return is.
  static func execution(_ stop: Stop) -> StopAction {
    (stop.decision?.total ?? 0) < (stop.letGo ?? stop.held) ? .executePart : .execute
  }

  /// A second officer approves; where the return is shared, the notice begins.
  func approveReturn() -> Change {
    { work, params, context, tx in
      guard let decision = work.stop.decision, decision.approved == nil else {
        throw RPCError.refused(
          rule: RuleID.officers, Text("This return is approved already", zh: "该返还决定已复核"),
          pointer: "/id")
      }
      guard !context.principal.isSame(as: decision.decidedBy) else {
        throw RPCError.refused(
          rule: RuleID.officers,
          Text("Who decides does not approve: two officers", zh: "须由两名民警办理，决定人不得复核"),
          pointer: "/id")
      }
      try Self.requireOwed(decision, tx)
      work.stop.decision?.approved = context.now
      work.stop.decision?.approvedBy = context.principal.person
      if decision.isShared {
        let days = try policy.rule(RuleID.notice, on: work.stop.rulesOn).int("days")
        work.stop.decision?.notice = try Terms(policy: policy, context: context).stored(
          .calendarDays(days), from: context.now, rule: RuleID.notice, on: work.stop.rulesOn)
      }
      return [:]
    }
  }

  /// Takes a decision back: before it is with the bank (an objection, an error), or once the freeze has ended and the
  /// bank says that it has not returned anything.
  static let withdrawReturn: Change = { work, _, _, tx in
    guard let decision = work.stop.decision else {
      throw RPCError.refused(
        rule: RuleID.bank, Text("No return is with the bank", zh: "无已送达银行的返还"), pointer: "/id")
    }
    guard decision.bank == nil || work.before.state == .lapsed else {
      throw RPCError.refused(
        rule: RuleID.bank, Text("The return is with the bank already", zh: "返还已送达银行"), pointer: "/id")
    }
    try dropDecision(&work.stop, tx)
    // What was promised by it is there for the freeze that waits.
    work.isFollowed = work.before.state == .lapsed
    return [:]
  }

  /// A loss can shrink after it was decided on: money that came back is entered later.
  private static func requireOwed(_ decision: ReturnDecision, _ tx: any ReadTransaction) throws {
    for share in decision.shares where share.amount > 0 {
      guard let report = try report(share.report, tx), report.returned + report.reserved > report.loss else {
        continue
      }
      throw RPCError.refused(
        rule: RuleID.shares,
        Text(
          "\(share.report) would get back more than was lost: withdraw this return and decide anew",
          zh: "\(share.report)的返还将超过损失：须撤回后重新决定"), pointer: "/id")
    }
  }

  /// Changes what each payer's report says of its share.
  private static func settle(
    _ decision: ReturnDecision, _ tx: any Transaction, _ change: (inout Report, Int) -> Void
  ) throws {
    for share in decision.shares where share.amount > 0 {
      guard let record = try tx.get("report", share.report), var report = Report(record.body) else {
        continue
      }
      change(&report, share.amount)
      _ = try tx.put("report", record.id, version: record.version, report.body)
    }
  }

  /// Forgets a decision that came to nothing: what it promised is open again.
  static func dropDecision(_ stop: inout Stop, _ tx: any Transaction) throws {
    guard let decision = stop.decision else { return }
    try settle(decision, tx) { $0.reserved = max(0, $0.reserved - $1) }
    stop.endDecision()
  }

  /// The return goes to the bank, which has its working days to finish.
  func orderReturn() -> Change {
    { work, _, context, tx in
      guard let decision = work.stop.decision, decision.approved != nil else {
        throw RPCError(
          .approvalRequired, Text("A second officer has to approve", zh: "须经第二名民警复核"), pointer: "/id",
          rule: RuleID.officers)
      }
      guard decision.bank == nil else {
        throw RPCError.refused(
          rule: RuleID.bank, Text("The return is with the bank already", zh: "返还已送达银行"), pointer: "/id"
        )
      }
      if let notice = decision.notice, context.now < notice.end {
        throw RPCError(
          .refusedByRule, Text("The notice is not over", zh: "公告期未满"), pointer: "/id",
          rule: RuleID.notice,
          details: ["notice_ends": notice.end.text(context.zone)])
      }
      try Self.requireOwed(decision, tx)
      let days = try policy.rule(RuleID.bank, on: work.stop.rulesOn).int("working_days")
      work.stop.decision?.bank = try Terms(policy: policy, context: context).stored(
        .workingDays(days), from: context.now, rule: RuleID.bank, on: work.stop.rulesOn)
      return ["amount": .int(decision.total)]
    }
  }

  /// The bank has finished: the reports get what was returned to them, and the rest stays frozen.
  func recordReturn() -> Change {
    { work, params, context, tx in
      guard let decision = work.stop.decision, let bank = decision.bank else {
        throw RPCError.refused(
          rule: RuleID.bank, Text("The return is not with the bank yet", zh: "返还尚未送达银行"),
          pointer: "/id")
      }
      let at = try fact(params, "at", notBefore: bank.start, rule: RuleID.bank, context)
      try Self.settle(decision, tx) { report, amount in
        report.reserved = max(0, report.reserved - amount)
        report.returned += amount
      }
      if work.before.state == .lapsed {
        try Self.returnedBeforeEnd(&work.stop, decision.total, at)
        if work.stop.state == .executed { try requeue(behind: &work, context, tx) }
      } else {
        work.stop.held -= decision.total
      }
      work.stop.returned += decision.total
      work.account?.returned += decision.total
      var finished = decision
      finished.finished = at
      work.stop.returns.append(finished)
      work.stop.endDecision()
      var notes: Notes = ["amount": .int(decision.total), "when": at.text(context.zone)]
      if let reference = params["reference"] { notes["reference"] = reference }
      return notes
    }
  }

  /// The bank had finished before the freeze ended, and it is told later: only what was left has lapsed.
  private static func returnedBeforeEnd(_ stop: inout Stop, _ amount: Int, _ at: Instant) throws(RPCError) {
    guard let end = stop.freeze?.term?.end, at < end else {
      throw .refused(
        rule: RuleID.lapse, Text("The freeze had ended by then", zh: "该时点冻结已届满失效"), pointer: "/at")
    }
    stop.letGo = stop.letGo.map { $0 - amount }
    if stop.state == .executed { stop.unlapse() }
  }
}

extension Stop {
  /// Forgets a decision that has come to its end, and what the clock has told of it.
  mutating func endDecision() {
    decision = nil
    told.removeAll {
      Announcement.Due(rawValue: $0) != nil && $0 != Announcement.Due.releaseLate.rawValue
    }
  }
}
