import StationKit

/// Letting go of money.
extension StopSteps {
  /// It is known that the money has nothing to do with the case: a term to release it begins.
  func findUnrelated() -> Change {
    { work, params, context, _ in
      guard work.stop.unrelated == nil else {
        throw RPCError.refused(
          rule: RuleID.unrelated, Text("This was found already", zh: "已查明与案件无关"), pointer: "/id")
      }
      let at = try fact(
        params, "found_at", notBefore: work.stop.requested, rule: RuleID.releaseTime, context)
      try unrelated(&work, from: at, context)
      return ["when": at.text(context.zone)]
    }
  }

  private func unrelated(_ work: inout StopWork, from at: Instant, _ context: CallContext) throws {
    let day = work.stop.rulesOn
    let days = try policy.rule(RuleID.unrelated, on: day).int("days")
    // A holiday must not prolong what should not have been held.
    work.stop.unrelated = try Terms(policy: policy, context: context).stored(
      .calendarDays(days, kind: .coercive), from: at, rule: RuleID.unrelated, on: day)
  }

  /// What holds money further, or gives it to somebody. What a bank has done is no claim but a fact.
  private static let claims: Set<StopAction> = [
    .requestFreeze, .orderFreeze, .requestRenewal, .orderRenewal, .decideReturn, .approveReturn,
    .beginNotice, .orderReturn,
  ]

  /// - Throws: `refused_by_rule` for a claim to money that has nothing to do with the case.
  static func requireRelated(_ stop: Stop, _ action: StopAction) throws(RPCError) {
    if stop.unrelated != nil, claims.contains(action) { throw mustRelease() }
  }

  static func mustRelease() -> RPCError {
    .refused(
      rule: RuleID.unrelated,
      Text("This money has nothing to do with the case: release it", zh: "已查明与案件无关，应予解除"), pointer: "/id")
  }

  /// Lets go. The end that passes afterwards is no lapse.
  func release() -> Change {
    { work, params, context, tx in
      guard let reason = ReleaseReason(rawValue: try params.string("reason")) else {
        throw RPCError.invalid(Text("Unknown reason", zh: "解除原因无效"), pointer: "/reason")
      }
      guard work.stop.decision?.bank == nil else {
        throw RPCError.refused(
          rule: RuleID.bank, Text("A return is with the bank already", zh: "返还已送达银行"), pointer: "/id")
      }
      let at = try fact(
        params, "at", notBefore: Self.earliestRelease(work.stop), rule: RuleID.releaseTime, context)
      if work.before.state == .lapsed {
        try Self.releasedBeforeEnd(&work.stop, at)
        try requeue(behind: &work, context, tx)
      }
      if reason.isMistake, work.stop.unrelated == nil { try unrelated(&work, from: at, context) }
      var notes: Notes = [
        "reason": .string(reason.rawValue), "when": at.text(context.zone),
      ]
      if let document = params["document"] { notes["document"] = document }
      work.stop.released = at
      if work.stop.unrelated != nil {
        Self.letGoOfMistake(&work, at: at)
      } else if work.before.state != .queued, work.account?.holdsOnly(moneyOf: work.stop.report) == true {
        // Let go on purpose, and nobody else's money is there. What waits behind another freeze lets go of nothing.
        work.account?.cleared = at
      }
      work.stop.held = 0
      try Self.dropDecision(&work.stop, tx)
      return notes
    }
  }

  /// A release follows the finding, and the stop or the freeze that it lets go of.
  private static func earliestRelease(_ stop: Stop) -> Instant {
    [stop.hold?.start, stop.freeze?.since, stop.unrelated?.start].compactMap { $0 }
      .reduce(stop.requested) { max($0, $1) }
  }

  /// It was let go before the end came, and it is told later: nothing had lapsed.
  private static func releasedBeforeEnd(_ stop: inout Stop, _ at: Instant) throws(RPCError) {
    guard let end = stop.freeze?.term?.end ?? stop.hold?.end, at < end else {
      throw .refused(
        rule: RuleID.lapse, Text("It had ended by then", zh: "该时点止付或冻结已届满失效"), pointer: "/at")
    }
    stop.unlapse()
    stop.endLapse()
  }

  /// Money that should not have been held is free: what had come to the account by then is not stopped again.
  static func letGoOfMistake(_ work: inout StopWork, at: Instant) {
    work.stop.released = at
    work.account?.cleared = at
  }
}
