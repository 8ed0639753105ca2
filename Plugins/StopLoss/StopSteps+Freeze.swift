import StationKit

/// The freeze: asked for of the county chief, ordered, and what the bank made of it.
extension StopSteps {
  static let freezeAction = "stoploss.freeze"
  static let renewalAction = "stoploss.renewal"

  /// Asks for the county chief's approval, with all that the chief has to see.
  static func requestFreeze(_ policy: Policy) -> Change {
    { work, params, context, tx in
      let day = work.stop.rulesOn
      guard work.stop.freeze?.ordered == nil || work.before.state == .lapsed else {
        throw RPCError.refused(
          rule: StopLossRules.approval, Text("This freeze was approved and ordered already", zh: "该冻结已批准并送达"),
          pointer: "/id")
      }
      guard work.stop.decision == nil else {
        throw RPCError.refused(
          rule: StopLossRules.bank,
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
        rule: StopLossRules.particulars,
        Text("Not the number of the account that is stopped", zh: "账号与止付账户不符"),
        pointer: "/account")
    }
    let name = try params.string("name")
    guard account.holders.isEmpty || account.holders.contains(name) else {
      throw .refused(
        rule: StopLossRules.particulars, Text("The account was not reported under this name", zh: "户名与登记不符"),
        pointer: "/name")
    }
    if account.holder != name { work.account?.prefer(holder: name) }
  }

  /// The months asked for, at most those of the kind; a major case names the city-level approval.
  private static func months(
    _ params: Params, _ kind: Freeze.Kind, _ policy: Policy, on day: CivilDate
  ) throws(RPCError) -> Int {
    if kind == .major, params["city_approval"] == nil {
      throw .refused(
        rule: StopLossRules.major,
        Text("A major case names the city-level approval", zh: "重大案件须注明市级公安机关批准文书"),
        pointer: "/city_approval")
    }
    let rule = try policy.rule(StopLossRules.freezeTerm, on: day)
    let longest =
      switch kind {
      case .ordinary: rule.int("months")
      case .major: rule.int("major_months")
      case .securities: rule.int("securities_months")
      }
    let months = params["months"]?.intValue ?? longest
    guard months <= longest else {
      throw .refused(
        rule: StopLossRules.freezeTerm, Text("At most \(longest) months", zh: "期限不得超过\(longest)个月"),
        pointer: "/months")
    }
    return months
  }

  private static func askApproval(
    _ action: String, _ work: StopWork, _ freeze: Freeze, _ policy: Policy, _ context: CallContext,
    _ tx: any Transaction
  ) throws -> String {
    let hours = try policy.rule(StopLossRules.approvalTime, on: work.stop.rulesOn).int("hours")
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
    if freeze.renewal != nil, let term = freeze.term { payload["renews"] = .instant(term.end) }
    return .object(payload)
  }

  /// - Throws: `approval_required` unless it was approved, as it stands now, and not used.
  private static func consume(
    _ action: String, _ approval: String, _ work: StopWork, _ freeze: Freeze, _ tx: any Transaction
  ) throws {
    _ = try tx.call(
      "approval.consume",
      [
        "id": .string(approval), "action": .string(action), "subject": .string(work.id),
        "payload": payload(work, freeze),
      ])
  }

  /// Takes the approval: from now on the order may go to the bank.
  static let orderFreeze: Change = { work, params, context, tx in
    guard let freeze = work.stop.freeze, freeze.ordered == nil else {
      throw RPCError.refused(
        rule: StopLossRules.approval, Text("No freeze waits for its order", zh: "无待送达的冻结"), pointer: "/id")
    }
    try consume(freezeAction, freeze.approval, work, freeze, tx)
    work.stop.freeze?.ordered = context.now
    return [:]
  }

  /// What the bank made of the order.
  func recordFreeze(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    let result = try params.string("result")
    let action: StopAction =
      switch result {
      case "frozen": .recordFrozen
      case "queued": .recordQueued
      default: .recordFreezeRefused
      }
    return try run(action, params, context, tx) { work, params, context, tx in
      guard let freeze = work.stop.freeze, let ordered = freeze.ordered, freeze.term == nil else {
        throw RPCError(
          .approvalRequired, Text("The freeze is not ordered yet", zh: "冻结尚未批准送达"), pointer: "/id",
          rule: StopLossRules.approval)
      }
      let at = try fact(params, "at", notBefore: ordered, rule: StopLossRules.freezeRecord, context)
      var notes: Notes = ["when": .string(at.rfc3339(zone: context.zone))]
      if let reference = params["reference"] {
        work.stop.freeze?.reference = reference.stringValue
        notes["reference"] = reference
      }
      switch action {
      case .recordFrozen:
        let amount = params["amount"]?.intValue ?? freeze.amount
        guard amount <= freeze.amount else {
          throw RPCError.refused(
            rule: StopLossRules.freezeRecord,
            Text("A bank freezes no more than was ordered", zh: "冻结金额不得超过批准金额"), pointer: "/amount")
        }
        try requireNoOtherFreeze(work, tx)
        notes["amount"] = .int(amount)
        try frozen(&work, at: at, amount, context, tx)
      case .recordFreezeRefused:
        work.stop.freeze?.ordered = nil
      default:
        break
      }
      return notes
    }
  }

  /// An account is frozen once: a second freeze waits behind the first.
  private func requireNoOtherFreeze(_ work: StopWork, _ tx: any ReadTransaction) throws {
    guard let other = try others(work, tx).first(where: { $0.stop.state.isFrozen }) else { return }
    throw RPCError(
      .refusedByRule, Text("The account is frozen already: this freeze is queued", zh: "该账户已被冻结，应作轮候冻结"),
      pointer: "/result", rule: StopLossRules.queue, details: ["stop": .string(other.id)])
  }

  /// A freeze is in force from an instant on.
  private func frozen(
    _ work: inout StopWork, at: Instant, _ amount: Int, _ context: CallContext, _ tx: any Transaction
  ) throws {
    let months = work.stop.freeze?.months ?? 0
    work.stop.freeze?.term = try Terms(policy: policy, context: context).stored(
      .months(months, kind: .coercive), from: at, rule: StopLossRules.freezeTerm, on: work.stop.rulesOn)
    work.stop.alarms = 0
    work.stop.held = amount
    // It was in force before the stop ended, and only told later: nothing had lapsed.
    if work.before.state == .lapsed, let hold = work.stop.hold, at < hold.end { work.stop.unlapse() }
    work.stop.endLapse()
    try credit(&work, tx: tx)
  }

  /// The first freeze that waits behind one that has ended takes effect by itself, from that instant.
  func takeEffect(behind ended: StopWork, _ context: CallContext, _ tx: any Transaction) throws {
    let waiting = try others(ended, tx).filter { $0.stop.state == .queued }
    let first = waiting.min { left, right in
      let (a, b) = (left.stop.freeze?.ordered ?? .latest, right.stop.freeze?.ordered ?? .latest)
      return a != b ? a < b : left.id < right.id
    }
    guard let first, !(try others(ended, tx).contains { $0.stop.state.isFrozen }) else { return }
    var work = try StopWork.load(first.id, pointer: "/id", tx)
    try step(&work, .takeEffect)
    let isLapsed = ended.stop.state == .lapsed
    let at = (isLapsed ? ended.before.ends : ended.stop.released) ?? context.now
    try frozen(&work, at: at, work.stop.freeze?.amount ?? 0, context, tx)
    _ = try save(&work, .takeEffect, [:], context, tx)
  }

  /// Asks for approval to renew the freeze; only before it ends.
  static func requestRenewal(_ policy: Policy) -> Change {
    { work, params, context, tx in
      guard var freeze = work.stop.freeze, let term = freeze.term else { throw RPCError(.internalError) }
      guard context.now < term.end else { throw renewalTooLate("/id") }
      let months = try Self.months(params, freeze.kind, policy, on: work.stop.rulesOn)
      freeze.renewal = Freeze.Renewal(
        months: months, approval: "", cityApproval: params["city_approval"]?.stringValue)
      let approval = try askApproval(renewalAction, work, freeze, policy, context, tx)
      work.stop.freeze?.renewal = Freeze.Renewal(
        months: months, approval: approval, cityApproval: params["city_approval"]?.stringValue)
      return [:]
    }
  }

  /// Takes the approval of a renewal: from now on the bank is asked, and what it did may be told whenever it is known.
  static let orderRenewal: Change = { work, _, context, tx in
    let (freeze, term, renewal) = try askedRenewal(work.stop)
    guard renewal.ordered == nil else {
      throw RPCError.refused(
        rule: StopLossRules.approval, Text("This renewal is ordered already", zh: "该续冻已送达银行"), pointer: "/id")
    }
    guard context.now < term.end else { throw renewalTooLate("/id") }
    try consume(renewalAction, renewal.approval, work, freeze, tx)
    work.stop.freeze?.renewal?.ordered = context.now
    return [:]
  }

  /// - Throws: `approval_required` where no renewal was asked for.
  private static func askedRenewal(
    _ stop: Stop
  ) throws(RPCError) -> (freeze: Freeze, term: StoredTerm, renewal: Freeze.Renewal) {
    guard let freeze = stop.freeze, let term = freeze.term, let renewal = freeze.renewal else {
      throw RPCError(
        .approvalRequired, Text("No renewal was asked for", zh: "尚未申请续冻"), pointer: "/id",
        rule: StopLossRules.approval)
    }
    return (freeze, term, renewal)
  }

  /// The bank has renewed: the new term follows the old without a gap. Takes the approval where no order did.
  func recordRenewal() -> Change {
    { work, params, context, tx in
      let (freeze, term, renewal) = try Self.askedRenewal(work.stop)
      let earliest = renewal.ordered ?? term.start
      let at = try fact(params, "at", notBefore: earliest, rule: StopLossRules.renewal, context)
      guard at < term.end else { throw Self.renewalTooLate("/at") }
      if renewal.ordered == nil {
        try Self.consume(Self.renewalAction, renewal.approval, work, freeze, tx)
      }
      // The last instant of the old term belongs to its last day: the months count from that day.
      work.stop.freeze?.term = try Terms(policy: policy, context: context).stored(
        .months(renewal.months, kind: .coercive), from: term.end.adding(milliseconds: -1),
        rule: StopLossRules.freezeTerm, on: work.stop.rulesOn)
      work.stop.freeze?.months = renewal.months
      work.stop.freeze?.renewal = nil
      work.stop.freeze?.renewals = freeze.renewals + 1
      work.stop.alarms = 0
      if work.before.state == .lapsed {
        try requireNoOtherFreeze(work, tx)
        work.stop.unlapse()
        work.stop.held = work.stop.letGo ?? freeze.amount
        work.stop.endLapse()
        try Self.resumeReturn(&work.stop)
      }
      var notes: Notes = ["when": .string(at.rfc3339(zone: context.zone))]
      if let reference = params["reference"] { notes["reference"] = reference }
      return notes
    }
  }

  /// The freeze had not ended after all: a return that was with the bank goes on.
  private static func resumeReturn(_ stop: inout Stop) throws(RPCError) {
    guard stop.decision != nil else { return }
    stop.former = stop.state
    stop.state = try StopLife.table.next(stop.state, .decideReturn)
  }

  private static func renewalTooLate(_ pointer: String) -> RPCError {
    .refused(
      rule: StopLossRules.renewal, Text("A freeze is renewed before it ends", zh: "续冻须在冻结期限届满前办理"),
      pointer: pointer)
  }

  fileprivate func credit(_ work: inout StopWork, tx: any Transaction) throws {
    try credit(&work, { _ in }, tx)
  }
}

extension Stop {
  /// Takes a lapse back that, as it turned out, was none.
  mutating func unlapse() {
    guard told.contains(Self.lapseMark) else { return }
    told.removeAll { $0 == Self.lapseMark }
    lapses -= 1
  }

  /// Money is held again: what lapsed before, and what that let go, is over.
  mutating func endLapse() {
    told.removeAll { $0 == Self.lapseMark }
    letGo = nil
    released = nil
  }

  /// Counts an end that passed unhandled.
  mutating func countLapse() {
    lapses += 1
    if !told.contains(Self.lapseMark) { told.append(Self.lapseMark) }
  }

  /// Stands in `told` while the present lapse is one that counts.
  static let lapseMark = "lapsed_unhandled"
}
