import StationKit

/// The door to support scenario 8: repeated failure with repeated calls and a risk of violence.
///
/// What repeated means is local configuration. What was counted for one request is not counted for the next.
struct Door {
  let rules: CaseRules

  static let open = "support.open"
  static let scenario = 8

  /// Opens a support request where all three are there, in the transaction of the step.
  func check(_ step: inout Step) throws {
    let counted = try count(step)
    guard counted.risk, counted.failures >= (try rules.int(RuleID.door, "failures")),
      counted.calls >= (try rules.int(RuleID.door, "calls"))
    else { return }
    guard step.context.principal.mayReach(step.dispute.station) else {
      // Somebody else's officer cannot ask in the station's name; the daemon does, at once.
      try step.tx.schedule("door", subject: step.id, due: step.now, payload: [:])
      return
    }
    let announcement = try Announcement(step.tx, rules)
    do {
      let request = try ask(step)
      step.dispute.doors.append(Dispute.SupportDoor(request: request, at: step.now))
      try announcement.support(
        step.id, step.dispute, request: request, refusedBy: nil, failures: counted.failures,
        calls: counted.calls)
    } catch let error as RPCError where error.kind == .refusedByRule || error.kind == .notFound {
      // A catalogue without the scenario must not undo the step; support has refused before it wrote anything.
      try announcement.support(
        step.id, step.dispute, request: nil, refusedBy: error.rule ?? error.kind.rawValue,
        failures: counted.failures, calls: counted.calls)
    }
  }

  /// Failed attempts and calls of the whole thread, since the last request and not longer ago than the rule says;
  /// and whether a dispute of it that went on since then is marked with a risk of violence.
  private func count(_ step: Step) throws -> (failures: Int, calls: Int, risk: Bool) {
    let dispute = step.dispute
    let page = try step.tx.query(
      Query("dispute", index: "by_thread", equals: [.text(dispute.thread)], descending: true, limit: 500))
    let others = page.records.filter { $0.id != step.id }.compactMap { Dispute($0.body) }
    let window = step.now.adding(hours: -24 * (try rules.int(RuleID.door, "days")))
    let all = others + [dispute]
    let opened = all.flatMap(\.doors).map(\.at).max()
    let since = max(window, opened.map { $0.adding(milliseconds: 1) } ?? .earliest)
    let failures = all.reduce(0) { $0 + $1.failures.count { $0 >= since } }
    let calls = try step.tx.count(
      Query(
        "call", index: "by_thread", equals: [.text(dispute.thread)],
        from: .integer(Int(since.milliseconds))))
    let risk = all.contains { $0.risk && ($0.ended ?? step.now) >= window }
    return (failures, calls, risk)
  }

  /// The least that serves: the station, and the number under which the rest is found. No name, no place.
  private func ask(_ step: Step) throws -> String {
    let urgency = try rules.entry(RuleID.door).strings("urgency").first ?? "urgent"
    let opened = try step.tx.call(
      Self.open,
      [
        "scenario": .int(Self.scenario), "station": .string(step.dispute.station),
        "urgency": .string(urgency),
        "summary": .string(
          "\(step.id): 多次调解不成、反复报警、有暴力风险 / repeated failure, repeated calls, risk of violence"),
      ])
    guard let id = opened["id"]?.stringValue else { throw RPCError(.internalError) }
    return id
  }
}
