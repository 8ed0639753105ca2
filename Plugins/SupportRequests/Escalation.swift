import StationKit

/// What happens when a request's deadline comes due.
struct Escalation: Sendable {
  let catalogue: Catalogue

  var kind: DeadlineKind {
    DeadlineKind(
      "clock", Text("The next rung of a request's clocks, or its feedback limit", zh: "请求时限提醒或反馈时限")
    ) { deadline, context, tx in
      try fire(deadline, context, tx)
    }
  }

  /// Fires every rung that is due and has not fired, in order, and sets the next deadline. Which rungs
  /// those are is read from the record, so that firing twice or late does nothing twice.
  func fire(_ deadline: Deadline, _ context: CallContext, _ tx: any Transaction) throws {
    guard let record = try tx.get("request", deadline.subject), var request = SupportRequest(record.body),
      request.state.isOpen
    else { return }
    let steps = Steps(catalogue: catalogue)
    let now = max(context.now, deadline.due)
    try steps.refresh(&request, context)
    if request.state == .feedbackDue {
      guard let due = request.clocks.feedbackDue, due <= now else {
        _ = try steps.save(deadline.subject, record.version, request, tx)
        return
      }
      try lapse(record, request, due, context, tx)
      return
    }
    let due = request.clocks.dueRungs(catalogue.rungs, at: now)
    for (clock, rung, _) in due { request.clocks.markFired(clock, percent: rung.percent) }
    _ = try steps.save(deadline.subject, record.version, request, tx)
    let announcement = Announcement(catalogue: catalogue, tx: tx)
    for (clock, rung, instant) in due {
      try announcement.escalated(
        deadline.subject, request, clock, rung, due: instant, late: context.isLate(instant),
        zone: context.zone)
    }
  }

  /// Closes a request whose feedback never came; it counts as incomplete.
  private func lapse(
    _ record: Record, _ old: SupportRequest, _ due: Instant, _ context: CallContext, _ tx: any Transaction
  ) throws {
    var request = old
    request.state = try RequestLife.table.next(old.state, .lapse)
    request.outcome.feedback = .missing
    request.marks["incomplete"] = true
    request.ended = context.now
    request.history.append(
      Steps.entry(Action.lapse.rawValue, from: old.state, to: request.state, by: "system", context, [:]))
    _ = try Steps(catalogue: catalogue).save(record.id, record.version, request, tx)
    try Announcement(catalogue: catalogue, tx: tx).changed(
      record.id, .lapse, from: old.state, request,
      more: ["due": due.text(context.zone), "late": .bool(context.isLate(due))])
  }
}
