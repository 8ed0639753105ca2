import StationKit

extension Handling {
  private var legID: String { "\(id).g\(item.leg)" }

  /// Puts the case on its way to a unit, by a limit.
  ///
  /// A leg that has begun and was not sent keeps its limit: another receiver or another procedure never gives
  /// more time.
  mutating func route(to receiver: String, by duty: Duty) throws {
    let kept = item.duty(.transfer).flatMap { $0.isOpen && $0.due <= duty.due ? $0 : nil } ?? duty
    item.jurisdiction = .other
    item.receiver = receiver
    item.approval = nil
    item.notice = nil
    item.ended = nil
    item.owe(kept)
    if item.kind == .criminal { item.found = kept.start }
    if item.isLegOpen {
      try changeLeg { leg in
        leg["receiver"] = .string(receiver)
        leg["kind"] = .string(item.kind.rawValue)
        leg["urgent"] = .bool(item.isUrgent)
        leg["due"] = kept.due.stored
      }
    } else {
      item.leg += 1
      item.isLegOpen = true
      item.isRuled = false
      item.sender = item.unit
      item.told = nil
      // What is overdue is owed still, and stays overdue until the reporter is told; it does not begin anew.
      if item.duty(.tell)?.isOverdue(at: now) != true { item.drop(.tell) }
      item.drop(.urgent)
      _ = try tx.create(
        "leg", id: legID,
        [
          "case": .string(id), "number": .int(item.leg), "started": kept.start.stored,
          "due": kept.due.stored, "sender": .string(item.unit), "receiver": .string(receiver),
          "kind": .string(item.kind.rawValue), "urgent": .bool(item.isUrgent),
        ])
    }
    try oweUrgency(from: duty.start)
    try oweTelling(from: kept.start)
    details["receiver"] = .string(receiver)
  }

  /// The case is not sent after all. Who was not told in time of its way is owed it still.
  mutating func dropLeg() throws {
    for name in [DutyName.transfer, .urgent] where item.duty(name)?.isOpen == true { item.drop(name) }
    if let tell = item.duty(.tell), tell.isOpen, !tell.isOverdue(at: now) { item.drop(.tell) }
    guard item.isLegOpen else { return }
    try changeLeg { $0["dropped"] = now.stored }
    item.isLegOpen = false
    item.approval = nil
    item.notice = nil
  }

  func markSent() throws {
    try changeLeg { leg in if leg["sent"] == nil { leg["sent"] = now.stored } }
  }

  mutating func markAccepted() throws {
    try changeLeg { $0["accepted"] = now.stored }
    item.isLegOpen = false
  }

  private func changeLeg(_ change: (inout JSONObject) -> Void) throws {
    guard let record = try tx.get("leg", legID) else { throw RPCError(.internalError) }
    var body = record.body
    change(&body)
    _ = try tx.put("leg", legID, version: record.version, body)
  }

  /// An urgent case is owed at once, beside the 24 hours.
  private mutating func oweUrgency(from start: Instant) throws {
    guard item.isUrgent, item.duty(.urgent) == nil else { return }
    item.owe(
      try clock.duty(.urgent, RuleID.urgentLimit, { .minutes($0.int("minutes")) }, from: max(start, now)))
    follow.append(
      .urgent(id, units: [item.unit, policy.criminalBrigade, policy.coordination]))
  }

  /// Whoever reported it is told where it goes.
  private mutating func oweTelling(from start: Instant) throws {
    guard item.reporter != nil, item.told == nil, item.duty(.tell) == nil else { return }
    item.owe(try clock.hours(.tell, RuleID.reporterTold, from: start))
  }
}
