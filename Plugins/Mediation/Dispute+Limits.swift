import StationKit

extension Dispute {
  /// Starts a limit, in the place of an earlier one of its name.
  mutating func start(_ name: LimitName, at instant: Instant, _ terms: Terms) throws(RPCError) {
    limits[name] = try terms.limit(name, from: instant)
  }

  /// A limit was met, or does not matter any more.
  mutating func stop(_ names: LimitName..., at instant: Instant) {
    for name in names where limits[name]?.done == nil { limits[name]?.done = instant }
  }

  /// Starts the case clock. An appraisal that is under way holds it from the start.
  mutating func startCase(at instant: Instant, _ terms: Terms) throws(RPCError) {
    limits[.caseClock] = try terms.caseLimit(.caseClock, from: instant, pauses: pauses)
  }

  /// What an appraisal that begins does: limits that have not passed stand still.
  ///
  /// - Parameter now: when it is told, which may be later.
  mutating func pauseLimits(at instant: Instant, now: Instant) {
    for name in [LimitName.session1, .caseClock, .caseExtended] {
      // An appraisal does not cure what was missed, be it before the appraisal or before it was told.
      guard let limit = limits[name], limit.isRunning, let end = limit.end, max(instant, now) < end else {
        continue
      }
      limits[name]?.end = nil
    }
  }

  /// What the result of an appraisal does: the first session's limit starts anew, if it is later than
  /// the acceptance; the case clock goes on.
  mutating func resumeLimits(at instant: Instant, _ terms: Terms) throws(RPCError) {
    if let limit = limits[.session1], limit.done == nil, limit.end == nil {
      // A result of before the acceptance that is told after it moves nothing back, and no rung fires again.
      try start(.session1, at: max(instant, limit.start), terms)
      if instant <= limit.start { limits[.session1]?.fired = limit.fired }
    }
    for name in [LimitName.caseClock, .caseExtended] {
      guard let limit = limits[name], limit.done == nil, limit.end == nil else { continue }
      var fresh = try terms.caseLimit(name, from: limit.start, pauses: pauses)
      fresh.fired = limit.fired
      limits[name] = fresh
    }
  }

  /// Computes provisional ends again once another calendar is there. An end that has passed never moves.
  mutating func refresh(_ context: CallContext, _ terms: Terms) throws(RPCError) {
    for name in LimitName.allCases {
      guard let limit = limits[name], limit.provisional, limit.isRunning, let end = limit.end,
        context.now < end, limit.calendar != context.calendar.version, let term = limit.term
      else { continue }
      let computed = try terms.computed(term, from: limit.start, rule: limit.rule)
      limits[name]?.end = computed.end
      limits[name]?.provisional = computed.provisional
      limits[name]?.calendar = computed.calendarVersion
    }
  }

  /// When the next rung is reached; nil where none is left.
  func nextRung(_ rungs: [Rung]) -> Instant? {
    guard state.isOpen else { return nil }
    return limits.values.flatMap { $0.waiting(rungs) }.map(\.at).min()
  }
}
