import StationKit

/// Keeping a freeze: asked for and ordered before it ends, and what the bank made of it.
extension StopSteps {
  static let renewalAction = "stoploss.renewal"

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
        rule: RuleID.approval, Text("This renewal is ordered already", zh: "该续冻已送达银行"), pointer: "/id")
    }
    guard context.now < term.end else { throw renewalTooLate("/id") }
    _ = try consume(renewalAction, renewal.approval, work, freeze, tx)
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
        rule: RuleID.approval)
    }
    return (freeze, term, renewal)
  }

  /// The bank has renewed: the new term follows the old without a gap. Takes the approval where no order did.
  func recordRenewal() -> Change {
    { work, params, context, tx in
      let (freeze, term, renewal) = try Self.askedRenewal(work.stop)
      let earliest = renewal.ordered ?? term.start
      let at = try fact(params, "at", notBefore: earliest, rule: RuleID.renewal, context)
      guard at < term.end else { throw Self.renewalTooLate("/at") }
      if renewal.ordered == nil {
        if let known = work.stop.unrelated?.start, at >= known { throw Self.mustRelease() }
        let approved = try Self.consume(Self.renewalAction, renewal.approval, work, freeze, tx)
        try requireFact(
          at, notBefore: approved, rule: RuleID.renewal, pointer: "/at", context)
      }
      // The last instant of the old term belongs to its last day: the months count from that day.
      work.stop.freeze?.term = try Terms(policy: policy, context: context).stored(
        .months(renewal.months, kind: .coercive), from: term.end.adding(milliseconds: -1),
        rule: RuleID.freezeTerm, on: work.stop.rulesOn)
      work.stop.freeze?.months = renewal.months
      work.stop.freeze?.renewal = nil
      work.stop.freeze?.renewals = freeze.renewals + 1
      work.stop.alarms = 0
      if work.before.state == .lapsed {
        try requeue(behind: &work, context, tx)
        try requireNoOtherFreeze(work, tx)
        let held = min(work.stop.letGo ?? freeze.amount, try left(work, tx))
        guard held > 0 else {
          throw RPCError.refused(
            rule: RuleID.queue,
            Text("What it held was returned with a later freeze", zh: "所冻结资金已依轮候冻结返还"), pointer: "/id")
        }
        work.stop.unlapse()
        work.stop.held = held
        work.stop.endLapse()
        try Self.resumeReturn(&work.stop)
      }
      var notes: Notes = ["when": at.text(context.zone)]
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
      rule: RuleID.renewal, Text("A freeze is renewed before it ends", zh: "续冻须在冻结期限届满前办理"),
      pointer: pointer)
  }
}
