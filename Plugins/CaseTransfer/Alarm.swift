import StationKit

/// What happens when a case's deadline comes due: whoever owes something is warned, and when it is overdue the
/// coordination desk and the legal department hear of it too.
struct Alarm: Sendable {
  static let name = "clock"
  let policy: Policy

  var kind: DeadlineKind {
    DeadlineKind(
      Alarm.name, Text("The next warning or the end of a duty of a case", zh: "案件移交时限提醒")
    ) { deadline, context, tx in
      try fire(deadline, context, tx)
    }
  }

  /// Fires every rung that is due and has not fired. Which those are is read from the record, so that firing
  /// twice or late does nothing twice.
  func fire(_ deadline: Deadline, _ context: CallContext, _ tx: any Transaction) throws {
    guard let record = try tx.get("case", deadline.subject), let item = TransferCase(record.body) else {
      return
    }
    let now = max(context.now, deadline.due)
    var handling = Handling(
      id: record.id, policy: policy, params: Params([:]), context: context, tx: tx, from: item.state,
      item: item)
    let minutes = try handling.rule(RuleID.warning).int("minutes")
    var changed = false
    for place in item.duties.indices {
      var duty = try handling.clock.refreshed(item.duties[place])
      if let rung = due(&duty, warning: minutes, at: now) {
        let instant = rung == .overdue ? duty.due : duty.due.adding(minutes: -minutes)
        handling.follow.append(
          .alarm(
            record.id, duty, rung, late: context.isLate(instant), context,
            units: recipients(duty, rung, item)))
      }
      changed = changed || duty != item.duties[place]
      handling.item.duties[place] = duty
    }
    if changed {
      _ = try tx.put("case", record.id, version: record.version, handling.item.body(context.zone))
    }
    try handling.schedule()
    for announcement in handling.follow { try announcement.emit(tx) }
  }

  /// Marks the rung that is due, if one is. Where both are, the warning has nothing left to say.
  private func due(_ duty: inout Duty, warning minutes: Int, at now: Instant) -> Rung? {
    guard let next = duty.nextRung(warning: minutes), next <= now else { return nil }
    guard duty.due <= now else {
      duty.warned = true
      return .warning
    }
    duty.alarmed = true
    return .overdue
  }

  private func recipients(_ duty: Duty, _ rung: Rung, _ item: TransferCase) -> [String] {
    var units: [String] =
      switch duty.name {
      case .screen, .transfer, .urgent: [item.unit]
      // Once the jurisdiction has ended, the legal department records it.
      case .tell: item.isOutside ? [item.unit, policy.legal] : [item.unit]
      case .accept: [item.receiver, item.sender].compactMap { $0 }
      case .adjudicate: [policy.legal]
      case .designate: [item.unit, policy.legal]
      }
    if rung == .overdue { units += [policy.coordination, policy.legal] }
    return units
  }
}
