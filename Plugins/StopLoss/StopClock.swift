import StationKit

/// What the clock does with a stop: alarms before an end, the end itself, and terms that someone has to look at.
struct StopClock: Sendable {
  let policy: Policy

  /// One thing that is due at an instant.
  struct Item: Equatable {
    enum What: Equatable {
      /// The bank has not answered.
      case unanswered
      /// The alarm of a place in the rule's list, so many hours before the end.
      case alarm(place: Int, hours: Int)
      /// A one-off notice.
      case due(Announcement.Due)
      /// The stop or the freeze ends.
      case lapse
    }

    let what: What
    let due: Instant
  }

  /// All that is still to come, the earliest first. Read from the stop alone, so that firing late, twice or
  /// after a change does nothing wrong.
  func agenda(_ stop: Stop) throws(RPCError) -> [Item] {
    var items: [Item] = []
    if stop.state == .stopRequested, let due = stop.answerDue {
      items.append(Item(what: .unanswered, due: due))
    }
    if let ends = stop.ends, !stop.state.isOver {
      let start = (stop.state.isFrozen ? stop.freeze?.term?.start : stop.hold?.start) ?? .earliest
      let hours = try policy.alarms(isFreeze: stop.state.isFrozen, on: stop.rulesOn)
      for (place, hours) in hours.enumerated().dropFirst(stop.alarms) {
        let due = ends.adding(hours: -hours)
        // A term that is shorter than the alarm's distance has no such alarm.
        if due > start { items.append(Item(what: .alarm(place: place, hours: hours), due: due)) }
      }
      items.append(Item(what: .lapse, due: ends))
    }
    if !stop.state.isOver, let due = stop.unrelated?.end { notice(.releaseLate, due, stop, &items) }
    // Also after a lapse: a return that was with the bank by then is still to be told.
    if let due = stop.decision?.bank?.end {
      notice(.bankLate, due, stop, &items)
    } else if let due = stop.decision?.notice?.end {
      notice(.noticeOver, due, stop, &items)
    }
    // At one instant the end comes last, after what warns of it.
    return items.sorted { $0.due != $1.due ? $0.due < $1.due : $0.what != .lapse && $1.what == .lapse }
  }

  private func notice(_ what: Announcement.Due, _ due: Instant, _ stop: Stop, _ items: inout [Item]) {
    if !stop.told.contains(what.rawValue) { items.append(Item(what: .due(what), due: due)) }
  }

  var kind: DeadlineKind {
    DeadlineKind("stop", Text("The next alarm, end or term of a stop", zh: "止付、冻结的提醒与届满")) {
      deadline, context, tx in try fire(deadline, context, tx)
    }
  }

  func fire(_ deadline: Deadline, _ context: CallContext, _ tx: any Transaction) throws {
    try pass(deadline.subject, until: max(context.now, deadline.due), context, tx)
  }

  /// Does to a stop all that is due, in order, and sets the next deadline. A step does so before its own work where the
  /// end has come and the deadline has not had its turn.
  func pass(_ id: String, until now: Instant, _ context: CallContext, _ tx: any Transaction) throws {
    guard let record = try tx.get("stop", id), let stop = Stop(record.body) else { return }
    let steps = StopSteps(policy: policy)
    var work = try StopWork(record, stop, tx)
    work.isByClock = true
    try steps.refresh(&work.stop, context)
    let announcement = Announcement(policy: policy, tx: tx)
    for item in try agenda(work.stop) where item.due <= now {
      let isLate = context.isLate(item.due)
      switch item.what {
      case .unanswered:
        try announcement.due(record.id, work.stop, .unanswered, item.due, late: isLate, zone: context.zone)
        try steps.step(&work, .answerNone)
        _ = try steps.save(&work, .answerNone, [:], context, tx)
        return
      case .alarm(let place, let hours):
        work.stop.alarms = place + 1
        let measure: Announcement.Measure = work.stop.state.isFrozen ? .freeze : .stop
        try announcement.alarm(
          record.id, work.stop, measure, hours: hours, ends: work.stop.ends ?? item.due, late: isLate,
          zone: context.zone)
      case .due(let what):
        work.stop.told.append(what.rawValue)
        try announcement.due(record.id, work.stop, what, item.due, late: isLate, zone: context.zone)
      case .lapse:
        try lapse(&work, item.due, late: isLate, context, tx)
        return
      }
    }
    if work.stop != stop { _ = try tx.put("stop", record.id, version: record.version, work.stop.body) }
    try steps.schedule(record.id, work.stop, context, tx)
  }

  /// The bank lets go. It counts as unhandled unless another stop or freeze holds the account without a gap.
  private func lapse(
    _ work: inout StopWork, _ due: Instant, late: Bool, _ context: CallContext, _ tx: any Transaction
  ) throws {
    let steps = StopSteps(policy: policy)
    let measure: Announcement.Measure = work.stop.state.isFrozen ? .freeze : .stop
    let isHandled = try steps.others(work, tx).contains { $0.stop.holds(at: due) }
    try steps.step(&work, .lapse)
    work.stop.letGo = work.stop.held
    work.stop.held = 0
    // What is with the bank may have been done before the end, and be told later.
    if work.stop.decision?.bank == nil { try StopSteps.dropDecision(&work.stop, tx) }
    // What should not have been held is free.
    if work.stop.unrelated != nil { StopSteps.letGoOfMistake(&work, at: due) }
    if !isHandled {
      work.stop.countLapse()
      try Announcement(policy: policy, tx: tx).lapsedUnhandled(
        work.id, work.stop, measure, ended: due, late: late, zone: context.zone)
    }
    let notes: StopSteps.Notes = ["when": due.text(context.zone)]
    _ = try steps.save(&work, .lapse, notes, context, tx)
  }
}
