import StationKit

/// What happens when a dispute's deadline comes due: limits alarm, and never block the work.
struct Alarm: Sendable {
  let rules: Rules

  var kinds: [DeadlineKind] {
    [
      DeadlineKind("limit", Text("The next rung of a dispute's limits", zh: "纠纷期限提醒")) {
        deadline, context, tx in try fire(deadline, context, tx)
      },
      DeadlineKind("door", Text("Whether a dispute needs support is looked at", zh: "核查纠纷是否需要支援")) {
        deadline, context, tx in try door(deadline, context, tx)
      },
    ]
  }

  /// Fires every rung that is due and has not fired, and sets the next deadline. Which rungs those are is read
  /// from the record, so that firing twice or late does nothing twice.
  private func fire(_ deadline: Deadline, _ context: CallContext, _ tx: any Transaction) throws {
    guard let record = try tx.get("dispute", deadline.subject), var dispute = Dispute(record.body),
      dispute.state.isOpen
    else { return }
    let now = max(context.now, deadline.due)
    let rules = rules.on(dispute.rulesOn)
    try dispute.refresh(context, Terms(context, rules))
    var due: [(name: LimitName, rung: Rung, at: Instant, end: Instant)] = []
    let rungs = try rules.rungs()
    for name in LimitName.allCases {
      guard let limit = dispute.limits[name], let end = limit.end else { continue }
      for (rung, at) in limit.waiting(rungs) where at <= now {
        due.append((name, rung, at, end))
        dispute.limits[name]?.fired.append(rung.percent)
      }
    }
    try Steps.save(deadline.subject, record.version, dispute, context, tx, rules)
    let announcement = try Announcement(tx, rules)
    for alarm in due {
      try announcement.escalated(
        deadline.subject, dispute, alarm.name, alarm.rung, end: alarm.end,
        late: context.isLate(alarm.at), zone: context.zone)
    }
  }

  /// The door for a caller who could not ask in the station's name.
  private func door(_ deadline: Deadline, _ context: CallContext, _ tx: any Transaction) throws {
    guard let record = try tx.get("dispute", deadline.subject), let dispute = Dispute(record.body),
      dispute.state.isOpen
    else { return }
    let rules = rules.on(dispute.rulesOn)
    var step = Step(
      id: record.id, version: record.version, params: Params([:]), context: context, tx: tx, rules: rules,
      dispute: dispute)
    try Door(rules: rules).check(&step)
    guard step.dispute.doors.count > dispute.doors.count else { return }
    try Steps.save(record.id, record.version, step.dispute, context, tx, rules)
  }
}
