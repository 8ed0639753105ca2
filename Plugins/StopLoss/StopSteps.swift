import StationKit

/// Takes a stored stop one step along its life cycle.
package struct StopSteps: Sendable {
  package let policy: Policy

  package init(policy: Policy) { self.policy = policy }

  /// What a step adds to the history.
  typealias Notes = JSONObject

  /// What is special about a step; the state is set already.
  typealias Change = @Sendable (inout StopWork, Params, CallContext, any Transaction) throws -> Notes

  /// Reads the stop as time has left it, checks scope, version and state, changes it, and writes it with its deadline
  /// and event.
  func run(
    _ action: StopAction, _ params: Params, _ context: CallContext, _ tx: any Transaction, change: Change
  ) throws -> JSONValue {
    try run({ _ in action }, params, context, tx, change: change)
  }

  /// The same where the stop decides between two actions.
  func run(
    _ choose: (Stop) throws -> StopAction, _ params: Params, _ context: CallContext, _ tx: any Transaction,
    change: Change
  ) throws -> JSONValue {
    let id = try params.string("id")
    var work = try StopWork.load(id, pointer: "/id", tx)
    try context.principal.require(work.stop.station, policy.desk)
    try work.record.requireVersion(params["version"])
    // The deadline may wait its turn, after a start or in this batch: what has ended is not worked on as if it held.
    if let ends = work.stop.ends, ends <= context.now {
      try StopClock(policy: policy).pass(id, until: context.now, context, tx)
      work = try StopWork.load(id, pointer: "/id", tx)
    }
    try refresh(&work.stop, context)
    let action = try choose(work.stop)
    try step(&work, action)
    try Self.requireRelated(work.stop, action)
    // The clock's own steps, and the answers of banks, always find room.
    guard work.stop.history.count < Limits.history - Limits.historyReserve else {
      throw RPCError.refused(
        rule: RuleID.limits, Text("Too many steps for one stop", zh: "单笔止付办理记录过多"), pointer: "/id")
    }
    let notes = try change(&work, params, context, tx)
    let record = try save(&work, action, notes, context, tx)
    return .object(work.stop.header(id: work.id, version: record.version, zone: context.zone))
  }

  /// Sets the state that an action leads to.
  ///
  /// - Throws: `wrong_state`.
  func step(_ work: inout StopWork, _ action: StopAction) throws(RPCError) {
    let next = try StopLife.table.next(work.before.state, action, former: work.stop.former)
    if action == .requestFreeze && work.before.state != .freezeRequested || action == .decideReturn {
      work.stop.former = work.before.state
    }
    work.stop.state = next
  }

  /// Writes the stop with its account, its one deadline and its event.
  func save(
    _ work: inout StopWork, _ action: StopAction, _ notes: Notes, _ context: CallContext,
    _ tx: any Transaction
  ) throws -> Record {
    let from = work.before.state
    let person = work.isByClock ? Self.system : context.principal.person
    note(&work.stop, action, from: from, by: person, notes, context)
    work.stop.ended = work.stop.state.isOver ? (from.isOver ? work.stop.ended : context.now) : nil
    if work.stop.state.isOver { work.stop.answerDue = nil }
    work.count()
    let record = try tx.put("stop", work.id, version: work.version, work.stop.body)
    try saveAccount(work, context, tx)
    if from.isOver, !work.stop.state.isOver {
      try ReportSteps(policy: policy).revive(work.stop.report, context, tx)
    }
    try schedule(work.id, work.stop, context, tx)
    try Announcement(policy: policy, tx: tx).changed(work.id, action, from: from, work.stop)
    let state = work.stop.state
    if from.isFrozen || work.isFollowed, !state.isFrozen, state != .queued {
      try takeEffect(behind: work, context, tx)
    }
    return record
  }

  func saveAccount(_ work: StopWork, _ context: CallContext, _ tx: any Transaction) throws {
    guard work.isAccountChanged, let record = work.accountRecord, let account = work.account else { return }
    let maximum = try policy.maximumStops(on: context.now.date(in: context.zone))
    _ = try tx.put("account", record.id, version: record.version, account.body(maximumStops: maximum))
  }

  func schedule(_ id: String, _ stop: Stop, _ context: CallContext, _ tx: any Transaction) throws {
    if let due = try StopClock(policy: policy).agenda(stop).first?.due {
      let awaiting = [stop.decision?.notice, stop.decision?.bank].compactMap { $0 }.first {
        $0.provisional && $0.end > context.now
      }
      try tx.schedule(
        "stop", subject: id, due: due,
        payload: Deadline.payload(provisionalUnder: awaiting?.calendarVersion))
    } else {
      try tx.cancel("stop", subject: id)
    }
  }

  /// Who does what the clock does.
  static let system = "system"

  func note(
    _ stop: inout Stop, _ action: StopAction, from: StopState, by person: String, _ notes: Notes,
    _ context: CallContext
  ) {
    var line: JSONObject = [
      "at": context.now.text(context.zone), "action": .string(action.rawValue),
      "by": .string(person), "from": .string(from.rawValue),
      "to": .string(stop.state.rawValue),
    ]
    line.merge(notes)
    if stop.history.count < Limits.history { stop.history.append(.object(line)) }
  }

  /// Computes provisional ends again once another calendar is there.
  func refresh(_ stop: inout Stop, _ context: CallContext) throws(RPCError) {
    let terms = Terms(policy: policy, context: context)
    guard var decision = stop.decision else { return }
    decision.notice = try terms.refreshed(decision.notice)
    decision.bank = try terms.refreshed(decision.bank)
    stop.decision = decision
  }

  /// An instant that a caller names for something that has happened.
  ///
  /// - Throws: `refused_by_rule` for the future, and for a minute before `earliest`.
  func fact(
    _ params: Params, _ member: String, notBefore earliest: Instant?, rule: String, _ context: CallContext
  ) throws(RPCError) -> Instant {
    guard let text = params[member]?.stringValue else { return context.now }
    guard let at = Instant(rfc3339: text) else {
      throw .invalid(Text("Not an instant", zh: "时间无效"), pointer: "/\(member)")
    }
    try requireFact(at, notBefore: earliest, rule: rule, pointer: "/\(member)", context)
    return at
  }

  func requireFact(
    _ at: Instant, notBefore earliest: Instant?, rule: String, pointer: String, _ context: CallContext
  ) throws(RPCError) {
    guard at <= context.now else {
      throw .refused(rule: rule, Text("This instant is in the future", zh: "时间不得晚于当前时间"), pointer: pointer)
    }
    // Banks tell minutes, or seconds by a clock of their own.
    if let earliest, at.isInMinute(before: earliest) {
      throw .refused(
        rule: rule, Text("This instant is before what it follows", zh: "时间早于前一步骤"), pointer: pointer)
    }
  }

  /// Adds to the report what the bank holds more of this account than it ever did; what was returned it held too.
  func credit(
    _ work: inout StopWork, _ change: (inout Report) -> Void, _ tx: any Transaction
  ) throws {
    let known = work.stop.held + (work.account?.returned ?? 0)
    let more = max(0, known - (work.account?.counted ?? 0))
    if more > 0 { work.account?.counted = known }
    guard let record = try tx.get("report", work.stop.report), var report = Report(record.body) else {
      return
    }
    report.held += more
    change(&report)
    if report.body != record.body {
      _ = try tx.put("report", record.id, version: record.version, report.body)
    }
  }

  /// The other stops of the account.
  func others(_ work: StopWork, _ tx: any ReadTransaction) throws -> [(id: String, stop: Stop)] {
    let query = Query("stop", index: "by_account", equals: [.text(work.stop.account)], limit: 1000)
    return try tx.query(query).records.compactMap { record in
      record.id == work.id ? nil : Stop(record.body).map { (record.id, $0) }
    }
  }
}
