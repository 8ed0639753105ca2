import StationKit

/// Who has a dispute: whoever took it first owns it until somebody else has accepted it.
extension Steps {
  func propose(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    try run(.propose, params, context, tx) { step in
      let to = try params.string("to")
      let mode = Mode(params["mode"]) ?? step.dispute.mode
      try Units.requireOwner(to, pointer: "/to", tx)
      guard to != step.dispute.owner || mode != step.dispute.mode else {
        throw RPCError.refused(
          rule: RuleID.handOver, Text("'\(to)' has it already", zh: "“\(to)”已是承办单位"), pointer: "/to")
      }
      let body = params["body"]?.stringValue
      guard mode == .police || body != nil else {
        throw RPCError.refused(
          rule: RuleID.handOver, Text("Name the committee or the court", zh: "须指明调解组织或法院"), pointer: "/body")
      }
      try Screen.check(params, "body", rule: RuleID.handOver)
      guard step.dispute.custody.count < Bounds.handOvers else {
        throw RPCError.refused(
          rule: RuleID.bounds, Text("Handed over too often", zh: "移交次数超过上限"), pointer: "/to")
      }
      let before = step.dispute.proposal?.to
      step.dispute.proposal = Dispute.Proposal(
        to: to, mode: mode, by: context.principal.person, at: context.now, body: body,
        reason: try params.string("reason"))
      step.alsoTo = before.map { [$0] } ?? []
      step.history["unit"] = .string(to)
      step.history["mode"] = .string(mode.rawValue)
      step.history["reason"] = params["reason"]
    }
  }

  /// The other accepts: from this instant on it is the owner, and the one before is not.
  func takeOver(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    try run(.takeOver, params, context, tx, by: .taker) { step in
      guard let proposal = step.dispute.proposal else { throw Self.nothingProposed }
      guard !context.principal.isSame(as: proposal.by) else {
        throw RPCError.refused(
          rule: RuleID.handOver, Text("Who proposes does not accept", zh: "移交人不得自行接收"), pointer: "/id")
      }
      // It may have been retired since: then the dispute would be nobody's.
      try Units.requireOwner(proposal.to, pointer: "/id", tx)
      let taker = params["taker"]?.stringValue
      guard proposal.mode == .police || taker != nil else {
        throw RPCError.refused(
          rule: RuleID.handOver, Text("Say who took over", zh: "须填写接收人"), pointer: "/taker")
      }
      let before = step.dispute.owner
      // A clock that was set back must not leave a gap or an overlap.
      let at = max(context.now, step.dispute.custody.last?.since ?? context.now)
      if let last = step.dispute.custody.indices.last { step.dispute.custody[last].until = at }
      step.dispute.custody.append(
        Dispute.Custody(
          unit: proposal.to, mode: proposal.mode, since: at, acceptedBy: context.principal.person,
          body: proposal.body, taker: taker))
      step.dispute.owner = proposal.to
      step.dispute.mode = proposal.mode
      step.dispute.proposal = nil
      step.alsoTo = [before]
      step.history["unit"] = .string(proposal.to)
      step.history["mode"] = .string(proposal.mode.rawValue)
    }
  }

  /// Either side lets a hand-over be: the owner stays the owner.
  func cancelProposal(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    try run(.cancelProposal, params, context, tx, by: .ownerOrTaker) { step in
      guard let proposal = step.dispute.proposal else { throw Self.nothingProposed }
      step.dispute.proposal = nil
      step.alsoTo = [proposal.to]
      step.history["unit"] = .string(proposal.to)
      step.history["reason"] = params["reason"]
    }
  }

  private static var nothingProposed: RPCError {
    .refused(rule: RuleID.handOver, Text("Nothing was proposed", zh: "没有待接收的移交"), pointer: "/id")
  }
}
