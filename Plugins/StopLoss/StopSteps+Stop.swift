import StationKit

/// The stop itself: the request, and the bank's answer.
extension StopSteps {
  /// Asks for a stop on an account. Its record begins here: entered, found valid, requested.
  func request(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    let (reportRecord, report) = try Reports.find(
      params, member: "report", pointer: "/report", policy, context, tx)
    let accountID = try params.string("account")
    let (accountRecord, stored) = try tx.find("account", accountID, pointer: "/account", as: Account.init)
    var account = stored
    let day = context.now.date(in: context.zone)
    try ReportSteps.requireOpen(report, pointer: "/report")
    try requireTarget(reportRecord.id, report, accountID, account)
    let maximum = try policy.maximumStops(on: day)
    guard account.stops < maximum else {
      throw RPCError.refused(
        rule: RuleID.twice,
        Text("An account is stopped at most \(maximum) times", zh: "同一账户止付以\(maximum)次为限"),
        pointer: "/account")
    }
    let amount = params["amount"]?.intValue ?? account.holding
    guard amount > 0 else {
      throw RPCError.refused(
        rule: RuleID.stopTarget,
        Text("No traced money is in this account: name the amount", zh: "该账户无可追踪涉案资金，须指明金额"),
        pointer: "/amount")
    }
    try correct(&account, params)

    var state = StopLife.table.initial
    let actions: [StopAction] = [.validate, .requestStop]
    for action in actions { state = try StopLife.table.next(state, action) }
    var stop = Stop(
      report: reportRecord.id, reported: report.reported, station: report.station,
      fraudType: report.fraudType, ageBand: report.ageBand, account: accountID,
      attempt: try freeTurn(of: accountID, tx),
      rulesOn: day, requested: context.now, requestedBy: context.principal.person, amount: amount,
      state: state)
    let minutes = try policy.rule(RuleID.answerTime, on: day).int("minutes")
    stop.answerDue = context.now.adding(minutes: minutes)
    note(
      &stop, .requestStop, from: .validated, by: context.principal.person, ["amount": .int(amount)],
      context)
    account.stops += 1
    account.active += 1
    let record = try tx.create("stop", id: nil, stop.body)
    _ = try tx.put(
      "account", accountID, version: accountRecord.version,
      account.body(maximumStops: maximum))
    try schedule(record.id, stop, context, tx)
    try Announcement(policy: policy, tx: tx).changed(record.id, .requestStop, from: .validated, stop)
    try ReportSteps(policy: policy).watch(reportRecord.id, report, context, tx)
    try Spool.requested(stop, id: record.id, policy, context, tx)
    return .object(stop.header(id: record.id, version: record.version, zone: context.zone))
  }

  /// An account of the report, or one that money of it went on to; never its own victim's.
  private func requireTarget(
    _ reportID: String, _ report: Report, _ accountID: String, _ account: Account
  ) throws(RPCError) {
    guard
      report.accounts.contains(accountID) || account.holds(moneyOf: reportID)
    else {
      throw .refused(
        rule: RuleID.stopTarget,
        Text("Not an account of this report, and none of its money is there", zh: "该账户与本案无关联"),
        pointer: "/account")
    }
    guard !account.victimOf.contains(reportID) else {
      throw .refused(
        rule: RuleID.stopTarget, Text("This is the victim's own account", zh: "该账户为被害人本人账户"),
        pointer: "/account")
    }
  }

  /// What the officer knows better than the report did: the name that holds, the bank of a card.
  private func correct(_ account: inout Account, _ params: Params) throws(RPCError) {
    if let bank = params["bank"]?.stringValue, bank != account.bank {
      guard account.kind == .card else {
        throw .refused(
          rule: RuleID.known, Text("The number is of another bank", zh: "该账号属于其他开户机构"),
          pointer: "/bank")
      }
      account.bank = bank
    }
    if let holder = params["holder"]?.stringValue {
      account.prefer(holder: holder)
      guard account.holders.count <= Limits.holdersPerAccount else {
        throw .refused(
          rule: RuleID.limits, Text("Too many names for one account", zh: "同一账户登记户名过多"),
          pointer: "/holder")
      }
    }
  }

  /// Records a bank's answer by hand.
  func record(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    let id = try params.string("id")
    let (record, stop) = try tx.find("stop", id, pointer: "/id", as: Stop.init)
    try context.principal.require(stop.station, policy.desk)
    try record.requireVersion(params["version"])
    let outcome: BankAnswer.Outcome
    switch try params.string("result") {
    case StopState.stopped.rawValue:
      let at = try fact(params, "at", notBefore: stop.requested, rule: RuleID.answer, context)
      outcome = .stopped(at: at, held: params["held"]?.intValue ?? stop.amount)
    case StopState.refusedMismatch.rawValue:
      let found = params["mismatch"]?.arrayValue ?? []
      outcome = .mismatch(found.compactMap { Mismatch($0) })
    default:
      // A person gives up waiting once; a bank may say later that it stopped nothing.
      if stop.state == .noAnswer || stop.state == .freezeRequested && stop.former == .noAnswer {
        throw RPCError.refused(
          rule: RuleID.answer, Text("This is on record already", zh: "已登记为无应答"), pointer: "/result")
      }
      outcome = .none
    }
    let answer = BankAnswer(outcome, reference: params["reference"]?.stringValue)
    let done = try answered(stop: id, answer, pointers: ("/id", "/at", "/held", "/mismatch"), context, tx)
    return .object(done.stop.header(id: id, version: done.record.version, zone: context.zone))
  }

  /// Records a bank's answer. Whether the caller may reach the stop is for the method that calls this.
  ///
  /// - Parameter pointer: what errors about the answer point to.
  /// - Throws: `not_found` (`/stop`), `wrong_state`, or `refused_by_rule`: an instant in the future or before
  ///   the request, more held than was asked for, or a late answer that would be one stop too many.
  package func answered(
    stop id: String, _ answer: BankAnswer, pointer: String, _ context: CallContext, _ tx: any Transaction
  ) throws -> (record: Record, stop: Stop) {
    try answered(stop: id, answer, pointers: ("/stop", pointer, pointer, pointer), context, tx)
  }

  private func answered(
    stop id: String, _ answer: BankAnswer,
    pointers: (stop: String, at: String, held: String, mismatch: String), _ context: CallContext,
    _ tx: any Transaction
  ) throws -> (record: Record, stop: Stop) {
    var work = try StopWork.load(id, pointer: pointers.stop, tx)
    var notes: Notes = [:]
    if let reference = answer.reference {
      work.stop.reference = reference
      notes["reference"] = .string(reference)
    }
    let action: StopAction
    switch answer.outcome {
    case .stopped(let at, let held):
      action = .answerStopped
      try take(action, &work, pointers.stop)
      try requireFact(
        at, notBefore: work.stop.requested, rule: RuleID.answer, pointer: pointers.at, context)
      guard (1...work.stop.amount).contains(held) else {
        throw RPCError.refused(
          rule: RuleID.answer,
          Text("A bank holds no more than it was asked to", zh: "止付金额须大于零且不超过请求金额"),
          pointer: pointers.held)
      }
      try takeTurn(&work, pointers.at, tx)
      notes["amount"] = .int(held)
      notes["when"] = at.text(context.zone)
      try stopped(&work, at, held, context, tx)
    case .mismatch(let found):
      action = .answerMismatch
      try take(action, &work, pointers.stop)
      guard !found.isEmpty else {
        throw RPCError.refused(
          rule: RuleID.match, Text("Say what did not match", zh: "须注明不符事项"), pointer: pointers.mismatch
        )
      }
      work.stop.mismatch = found
    case .none:
      action = .answerNone
      try take(action, &work, pointers.stop)
    }
    work.stop.answerDue = nil
    let record = try save(&work, action, notes, context, tx)
    return (record, work.stop)
  }

  /// Sets where an answer leads. One that comes after a freeze was asked for in its absence leaves the freeze as it is,
  /// and says what the freeze stands on.
  private func take(_ action: StopAction, _ work: inout StopWork, _ pointer: String) throws(RPCError) {
    try step(&work, action)
    guard work.before.state == .freezeRequested else { return }
    guard work.stop.former == .noAnswer else {
      throw .refused(
        rule: RuleID.answer, Text("The bank has answered this stop already", zh: "银行对该止付已有回执"),
        pointer: pointer)
    }
    work.stop.former = try StopLife.table.next(.noAnswer, action)
  }

  /// A late answer to a request that had been given up takes a turn again, where others have left one.
  private func takeTurn(_ work: inout StopWork, _ pointer: String, _ tx: any ReadTransaction) throws {
    guard !work.before.isCounted else { return }
    let maximum = try policy.maximumStops(on: work.stop.rulesOn)
    if let stops = work.account?.stops, stops >= maximum {
      throw RPCError.refused(
        rule: RuleID.twice,
        Text("An account is stopped at most \(maximum) times", zh: "同一账户止付以\(maximum)次为限"),
        pointer: pointer)
    }
    work.stop.attempt = try freeTurn(of: work.stop.account, tx)
  }

  /// The first of an account's turns that no stop takes.
  private func freeTurn(of account: String, _ tx: any ReadTransaction) throws -> Int {
    let query = Query("stop", index: "by_account", equals: [.text(account)], limit: 1000)
    let stops = try tx.query(query).records.compactMap { Stop($0.body) }
    let taken = Set(stops.filter(\.isCounted).map(\.attempt))
    return (1...).first { !taken.contains($0) } ?? 1
  }

  private func stopped(
    _ work: inout StopWork, _ at: Instant, _ held: Int, _ context: CallContext, _ tx: any Transaction
  ) throws {
    let hours = try policy.rule(RuleID.stopTerm, on: work.stop.rulesOn).int("hours")
    work.stop.hold = try Terms(policy: policy, context: context).stored(
      .hours(hours, kind: .coercive), from: at, rule: RuleID.stopTerm, on: work.stop.rulesOn)
    work.stop.held = held
    work.stop.alarms = 0
    let taken = Int(max(0, at.milliseconds(since: work.stop.reported)))
    try credit(&work, { $0.toStop = min($0.toStop ?? .max, taken) }, tx)
  }
}
