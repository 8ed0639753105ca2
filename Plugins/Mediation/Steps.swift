import StationKit

/// Takes a stored dispute one step along its life cycle.
struct Steps: Sendable {
  let rules: Rules

  /// Who may take a step.
  enum Side {
    case owner
    /// The unit that a hand-over is proposed to.
    case taker
    case ownerOrTaker
    /// The unit that the params name.
    case named(String)
  }

  /// Reads the dispute, checks scope, version and state, changes it, and writes it with its deadline and event.
  ///
  /// - Parameter choose: the action, where the params or the dispute say which it is.
  func run(
    _ params: Params, _ context: CallContext, _ tx: any Transaction, by side: Side = .owner,
    choose: (Step) throws -> Action, change: (inout Step) throws -> Void
  ) throws -> JSONValue {
    var step = try begin(params, context, tx, side)
    let from = step.dispute.state
    let action = try choose(step)
    step.dispute.state = try DisputeLife.table.next(from, action)
    // A call is a record of its own: there may be many.
    let isLogged = action != .call
    // Corrections are bounded by person: the right to one does not end with the work.
    if isLogged, action != .correct, step.dispute.state == from,
      step.dispute.history.count >= Bounds.history
    {
      throw RPCError.refused(
        rule: RuleID.bounds, Text("Too many steps without an end", zh: "办理步骤超过上限"), pointer: "/id")
    }
    try step.dispute.refresh(context, step.terms)
    try change(&step)
    if isLogged {
      let entry = Self.entry(action.rawValue, from, step.dispute.state, context, step.history)
      step.dispute.history.append(entry)
    }
    return try finish(&step, action, from: from)
  }

  /// The same for a method that is one action.
  func run(
    _ action: Action, _ params: Params, _ context: CallContext, _ tx: any Transaction,
    by side: Side = .owner, change: (inout Step) throws -> Void
  ) throws -> JSONValue {
    try run(params, context, tx, by: side, choose: { _ in action }, change: change)
  }

  private func begin(
    _ params: Params, _ context: CallContext, _ tx: any Transaction, _ side: Side
  ) throws -> Step {
    let id = try params.string("id")
    let (record, dispute) = try tx.find("dispute", id, pointer: "/id", as: Dispute.init)
    switch side {
    case .owner: try context.principal.require(dispute.owner)
    case .taker: try context.principal.require(dispute.proposal?.to ?? dispute.owner)
    case .ownerOrTaker: try context.principal.require(dispute.owner, dispute.proposal?.to)
    case .named(let key): try context.principal.require(try params.string(key))
    }
    try record.requireVersion(params["version"])
    return Step(
      id: id, version: record.version, params: params, context: context, tx: tx,
      rules: rules.on(dispute.rulesOn), dispute: dispute)
  }

  private func finish(_ step: inout Step, _ action: Action, from: State) throws -> JSONValue {
    if from.isOpen, !step.dispute.state.isOpen { try end(&step) }
    if step.opensDoor { try lookAtDoor(&step) }
    let version = try Self.save(step.id, step.version, step.dispute, step.context, step.tx, step.rules)
    let announcement = try Announcement(step.tx, step.rules)
    try announcement.changed(step.id, action, from: from, step.dispute, alsoTo: step.alsoTo)
    let header = step.dispute.header(id: step.id, version: version, context: step.context)
    return .object((header.objectValue ?? [:]).merging(step.extra))
  }

  /// A correction may join threads when its own dispute has ended: then the daemon looks, at once, whether
  /// the oldest of the thread that goes on needs support.
  private func lookAtDoor(_ step: inout Step) throws {
    guard !step.dispute.state.isOpen else {
      try Door(rules: step.rules).check(&step)
      return
    }
    let thread = try step.tx.all(
      Query("dispute", index: "by_thread", equals: [.text(step.dispute.thread)], limit: Bounds.limitAtMost))
    guard let open = thread.first(where: { $0.id != step.id && $0["open"] == 1 }) else { return }
    try step.tx.schedule("door", subject: open.id, due: step.now, payload: [:])
  }

  private func end(_ step: inout Step) throws {
    let now = max(step.now, step.dispute.latest)
    for name in LimitName.allCases { step.dispute.stop(name, at: now) }
    step.dispute.proposal = nil
    step.dispute.ended = now
    if let last = step.dispute.custody.indices.last { step.dispute.custody[last].until = now }
    try People.end(step.id, now, step.tx, zone: step.context.zone)
  }

  /// Stores a dispute with the one deadline that it has.
  @discardableResult
  static func save(
    _ id: String, _ version: Int, _ dispute: Dispute, _ context: CallContext, _ tx: any Transaction,
    _ rules: CaseRules
  ) throws -> Int {
    let record = try tx.put("dispute", id, version: version, dispute.body(zone: context.zone))
    try schedule(id, dispute, context, tx, rules)
    return record.version
  }

  /// Sets the deadline of the next rung.
  static func schedule(
    _ id: String, _ dispute: Dispute, _ context: CallContext, _ tx: any Transaction, _ rules: CaseRules
  ) throws {
    if let due = dispute.nextRung(try rules.rungs()) {
      let awaiting = dispute.limits.values.first { limit in
        limit.provisional && limit.isRunning && !limit.isLate(at: context.now)
      }
      try tx.schedule(
        "limit", subject: id, due: due, payload: Deadline.payload(provisionalUnder: awaiting?.calendar))
    } else {
      try tx.cancel("limit", subject: id)
    }
  }

  /// One line of the history.
  static func entry(
    _ action: String, _ from: State, _ to: State, _ context: CallContext, _ more: JSONObject
  ) -> JSONValue {
    let entry: JSONObject = [
      "at": context.now.text(context.zone), "action": .string(action),
      "by": .string(context.principal.person), "from": .string(from.rawValue), "to": .string(to.rawValue),
    ]
    return .object(entry.merging(more))
  }
}
