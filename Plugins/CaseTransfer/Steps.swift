import StationKit

/// Takes a stored case one step on.
struct Steps: Sendable {
  let policy: Policy

  /// Whose step it is; any one of several is enough.
  enum Party: Sendable { case owner, sender, receiver, legal }

  /// Which action a call is, where one method stands for several.
  typealias Choice = @Sendable (TransferCase, Params) throws -> Action
  /// What is special about a step; the state is set already.
  typealias Change = @Sendable (inout Handling) throws -> Void

  /// Reads the case, checks scope, version and state, changes it, and writes it with its step, deadline and
  /// events.
  ///
  /// - Throws: `not_found`, `denied`, `conflict`, `wrong_state`, or what the change throws. Once the
  ///   jurisdiction has ended every write is refused by that rule, except what the legal department does then.
  func run(
    _ choose: (TransferCase, Params) throws -> Action, by parties: [Party], _ params: Params,
    _ context: CallContext, _ tx: any Transaction, change: (inout Handling) throws -> Void
  ) throws -> JSONValue {
    let id = try params.string("id")
    let (record, read) = try tx.find("case", id, pointer: "/id", as: TransferCase.init)
    var item = read
    if item.isOutside { try requireJurisdiction(item, try choose(item, params), context.principal) }
    try require(item.isOutside ? [.legal] : parties, item, context.principal)
    try record.requireVersion(params["version"])
    let action = try choose(item, params)
    try Screen.check(params)
    guard context.now >= item.last else {
      throw RPCError(
        .unavailable, Text("The clock stands before the last step of this case", zh: "系统时间早于该案的上一步骤"),
        retryAfterMs: 1000)
    }
    let from = item.state
    item.state = try CaseLife.table.next(from, action)
    var handling = Handling(
      id: id, policy: policy, params: params, context: context, tx: tx, from: from, item: item)
    handling.item.duties = try item.duties.map { duty throws(RPCError) in try handling.clock.refreshed(duty) }
    try change(&handling)
    try handling.record(action)
    if item.ended != nil || handling.item.ended != nil { try handling.keep() }
    let stored = try tx.put(
      "case", id, version: record.version, handling.item.body(context.zone))
    try handling.schedule()
    try handling.announce(action)
    var answer = handling.item.header(id: id, version: stored.version, context)
    answer.merge(handling.extra)
    return .object(answer)
  }

  private func require(
    _ parties: [Party], _ item: TransferCase, _ principal: Principal
  ) throws(RPCError) {
    for party in parties {
      let unit: String? =
        switch party {
        case .owner: item.unit
        case .sender: item.sender
        case .receiver: item.isLegOpen ? item.receiver : nil
        case .legal: policy.legal
        }
      if principal.mayReach(unit) { return }
    }
    try principal.require()
  }

  /// What is left to do once the jurisdiction has ended.
  private static let afterwards: Set<Action> = [.handOut, .tellReporter, .correct]

  /// The unit that has lost the case writes nothing more, not even with a wider scope; the legal department
  /// does what is left.
  private func requireJurisdiction(
    _ item: TransferCase, _ action: Action, _ principal: Principal
  ) throws(RPCError) {
    // To others it says no more than that the case is none of theirs.
    guard principal.mayReach(item.unit, policy.legal) else { return }
    guard Self.afterwards.contains(action), principal.unit != item.unit else {
      throw .refused(
        rule: RuleID.jurisdictionEnded,
        Text(
          "The jurisdiction ended when the notice of designation was received", zh: "已收到指定管辖决定书，不再行使管辖权"),
        pointer: "/id")
    }
  }
}
