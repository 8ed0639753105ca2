import StationKit

/// The ends of limits.
struct Terms {
  let legal: LegalClock
  let serviceHours: ServiceHours?

  init(_ context: CallContext, _ catalogue: Catalogue) {
    legal = LegalClock(calendar: context.calendar, zone: context.zone)
    serviceHours = catalogue.serviceHours
  }

  /// The computed term, with its explanation.
  func computed(_ term: Term, from start: Instant, rule: String, version: String) throws(RPCError)
    -> ComputedTerm
  {
    do {
      return try legal.end(
        of: term, from: start, rule: RuleRef(id: rule, version: version), serviceHours: serviceHours)
    } catch {
      throw Self.cannotBeComputed(rule, error)
    }
  }

  static func cannotBeComputed(_ rule: String, _ error: CalendarError) -> RPCError {
    .refused(rule: rule, Text("The limit cannot be computed: \(error)", zh: "时限无法计算：\(error)"))
  }

  /// The two clocks of a cycle that starts now.
  func clocks(_ limits: Limits, from start: Instant, version: String) throws(RPCError) -> Clocks {
    let response = try computed(
      limits.response, from: start, rule: SupportRules.responseLimit, version: version)
    let support = try computed(limits.support, from: start, rule: SupportRules.supportLimit, version: version)
    var provisional: Set<TermName> = []
    if response.provisional { provisional.insert(.response) }
    if support.provisional { provisional.insert(.support) }
    return Clocks(
      start: start, responseDue: response.end, supportEnd: support.end, provisional: provisional)
  }
}

extension Term {
  /// The end of a limit that no calendar can move; nil for every other.
  func plainEnd(from start: Instant) -> Instant? {
    switch length {
    case .minutes(let count): start.adding(minutes: count)
    case .hours(let count): start.adding(hours: count)
    default: nil
    }
  }

  /// Whether every start on one local day has the same end.
  var endsByDay: Bool {
    switch length {
    case .calendarDays, .workingDays, .months, .years: true
    case .minutes, .hours, .workingMinutes: false
    }
  }
}
