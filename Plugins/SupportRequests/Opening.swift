import StationKit

/// Opens requests: the call that all others wait for.
struct Opening: Sendable {
  let catalogue: Catalogue

  func run(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    let station = try params.string("station")
    try context.principal.require(station)
    guard let scenario = catalogue.scenario(try params.int("scenario")) else {
      throw RPCError.notFound("scenario", "", pointer: "/scenario")
    }
    try scenario.requireActive(pointer: "/scenario")
    guard let urgency = Urgency(rawValue: try params.string("urgency")), let summary = params["summary"]
    else {
      throw RPCError.invalid(Text("Unknown urgency", zh: "紧急程度无效"), pointer: "/urgency")
    }
    try Units.requireStation(station, pointer: "/station", tx)
    let branch = params["branch"]?.stringValue
    let department = try scenario.lead(branch: branch, tx)

    let day = try entry(scenario, urgency, context)
    let clocks = try clocks(scenario.limits[urgency], day, scenario, context)
    var request = SupportRequest(
      scenario: scenario.number, station: station, department: department, state: .submitted,
      urgency: urgency,
      openedBy: context.principal.person, cycle: day.cycle, clocks: clocks, summary: summary)
    request.branch = branch
    request.place = params["place"]
    request.contact = params["contact"]
    request.facts = params["facts"]?.objectValue
    if !scenario.isPlain { request.marks = try scenario.marks(request.facts) }
    if let reason = params["reason"] {
      request.history = [
        Steps.entry(
          "open", from: .submitted, to: .submitted, context,
          ["urgency": .string(urgency.rawValue), "reason": reason])
      ]
    }
    let id = SeriesNumber.id("SR", year: day.year, try tx.next(series: day.year))
    let record = try tx.create("request", id: id, request.body)
    if let due = clocks.nextDeadline(catalogue.rungs) {
      try tx.schedule("clock", subject: id, due: due, payload: request.deadlinePayload)
    }
    try Announcement(catalogue: catalogue, tx: tx).opened(id, request, scenario)
    return request.header(id: record.id, version: record.version, zone: context.zone)
  }

  private func entry(
    _ scenario: Scenario, _ urgency: Urgency, _ context: CallContext
  ) throws -> OpeningMemo.Entry {
    let date = context.now.date(in: context.zone)
    return try scenario.memo(urgency).entry(
      day: date.dayNumber, zone: context.zone, calendarVersion: context.calendar.version
    ) {
      let limits = scenario.limits[urgency]
      let clocks = try Terms(context, catalogue).clocks(
        limits, from: context.now, version: SupportRules.version)
      return OpeningMemo.Entry(
        day: date.dayNumber, zone: context.zone, calendarVersion: context.calendar.version,
        supportEnd: limits.support.endsByDay ? clocks.supportEnd : nil,
        responseEnd: limits.response.endsByDay ? clocks.responseDue : nil,
        provisional: clocks.provisional,
        cycle: Cycle(
          number: 1, scenarioVersion: scenario.version, ruleVersion: SupportRules.version,
          calendarVersion: context.calendar.version, limits: scenario.limits.text,
          feedbackLimit: catalogue.feedbackLimit
        ).json,
        year: String(date.year))
    }
  }

  private func clocks(
    _ limits: Limits, _ day: OpeningMemo.Entry, _ scenario: Scenario, _ context: CallContext
  ) throws -> Clocks {
    let start = context.now
    if let response = limits.response.plainEnd(from: start) ?? day.responseEnd,
      let support = limits.support.plainEnd(from: start) ?? day.supportEnd
    {
      return Clocks(
        start: start, responseDue: response, supportEnd: support, provisional: day.provisional)
    }
    return try Terms(context, catalogue).clocks(limits, from: start, version: SupportRules.version)
  }
}
