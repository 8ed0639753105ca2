import StationKit

/// Finds the ends of duties, by the rules that the case began under.
struct DutyClock {
  let policy: Policy
  let context: CallContext
  /// The day whose rules hold.
  let rulesOn: CivilDate

  /// A duty that starts.
  ///
  /// - Throws: `refused_by_rule` for a term that cannot be computed.
  func duty(
    _ name: DutyName, _ rule: String, _ term: (RuleBook.Entry) -> Term, from start: Instant
  ) throws(RPCError) -> Duty {
    let entry = try policy.book.rule(rule, on: rulesOn)
    let term = term(entry)
    let computed = try computed(term, from: start, rule: entry.reference)
    return Duty(
      name: name, rule: entry.reference, term: term, start: start, due: computed.end,
      provisional: computed.provisional, calendarVersion: computed.calendarVersion)
  }

  /// A duty of hours, which holidays do not move.
  func hours(_ name: DutyName, _ rule: String, from start: Instant) throws(RPCError) -> Duty {
    try duty(name, rule, { .hours($0.int("hours")) }, from: start)
  }

  /// The term with its explanation.
  func computed(_ term: Term, from start: Instant, rule: RuleRef) throws(RPCError) -> ComputedTerm {
    do {
      return try LegalClock(calendar: context.calendar, zone: context.zone).end(
        of: term, from: start, rule: rule)
    } catch {
      throw .refused(rule: rule.id, Text("The term cannot be computed: \(error)", zh: "期限无法计算：\(error)"))
    }
  }

  /// The duty with another calendar. Only a provisional end that has not passed moves.
  func refreshed(_ duty: Duty) throws(RPCError) -> Duty {
    guard duty.isOpen, duty.provisional, duty.calendarVersion != context.calendar.version,
      duty.due > context.now
    else { return duty }
    let computed = try computed(duty.term, from: duty.start, rule: duty.rule)
    var fresh = duty
    fresh.due = computed.end
    fresh.provisional = computed.provisional
    fresh.calendarVersion = computed.calendarVersion
    return fresh
  }
}
