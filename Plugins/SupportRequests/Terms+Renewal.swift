import StationKit

extension Terms {
  /// Computes one end of the clocks under this limit.
  func renew(_ name: TermName, _ limit: Term, _ clocks: inout Clocks, version: String) throws(RPCError) {
    let start = name == .feedback ? clocks.completed ?? clocks.start : clocks.start
    let computed = try computed(limit, from: start, rule: name.rule, version: version)
    clocks.provisional.remove(name)
    if computed.provisional { clocks.provisional.insert(name) }
    clocks.calendars[name] = computed.calendarVersion
    switch name {
    case .response: clocks.responseDue = computed.end
    case .feedback: clocks.feedbackDue = computed.end
    case .support:
      clocks.supportEnd = computed.end
      try extend(limit, &clocks, version: version)
    }
  }

  /// Gives back the pauses of the support clock that are over, where its limit is in days or working minutes.
  ///
  /// A pause that began after the end gives nothing back: what has passed never moves.
  func extend(_ limit: Term, _ clocks: inout Clocks, version: String) throws(RPCError) {
    clocks.extendedEnd = nil
    guard limit.plainEnd(from: clocks.start) == nil else { return }
    var over: [PauseLedger.Pause] = []
    for pause in clocks.pauses.pauses
    where pause.to != nil && pause.from < clocks.extendedEnd ?? clocks.supportEnd {
      over.append(pause)
      let extended =
        try limit.endsByDay
        ? inDays(limit, clocks, pause, version) : inWorkingTime(limit, clocks, over, version)
      clocks.extendedEnd = extended.end
      if extended.provisional { clocks.provisional.insert(.support) }
    }
  }

  /// Moves the last day by each day that began during the pause, up to a working day.
  private func inDays(
    _ limit: Term, _ clocks: Clocks, _ pause: PauseLedger.Pause, _ version: String
  ) throws(RPCError) -> ComputedTerm {
    let lastDay = (clocks.extendedEnd ?? clocks.supportEnd).adding(milliseconds: -1)
    let days = nights(from: clocks.start, to: lastDay) + nights(from: pause.from, to: pause.to ?? pause.from)
    return try computed(
      Term(.calendarDays(days), kind: limit.kind), from: clocks.start, rule: SupportRules.supportLimit,
      version: version)
  }

  private func inWorkingTime(
    _ limit: Term, _ clocks: Clocks, _ over: [PauseLedger.Pause], _ version: String
  ) throws(RPCError) -> ComputedTerm {
    let rule = RuleRef(id: SupportRules.supportLimit, version: version)
    do {
      let ledger = try PauseLedger(pauses: over)
      let due = try legal.due(
        of: limit, from: clocks.start, rule: rule, serviceHours: serviceHours, pauses: ledger)
      if let due { return due }
    } catch {
      throw Self.cannotBeComputed(rule.id, error)
    }
    throw RPCError(.internalError)
  }

  private func nights(from start: Instant, to end: Instant) -> Int {
    end.date(in: legal.zone).dayNumber - start.date(in: legal.zone).dayNumber
  }
}
