import StationKit

extension SupportRequest {
  /// The stored body. Members beyond the sixteenth make an object build an index of its keys, so those that
  /// most requests have come to fewer.
  package var body: JSONObject {
    var body = JSONObject()
    body.reserveCapacity(16)
    body["scenario"] = .int(scenario)
    body["station"] = .string(station)
    body["department"] = .string(department)
    body["state"] = .string(state.rawValue)
    body["urgency"] = .string(urgency.rawValue)
    body["rank"] = .int(rank)
    body["opened"] = clocks.start.stored
    body["response"] = .int(response.column)
    body["support"] = .int(support.column)
    body["outcome"] = .int(outcome.column)
    body["opened_by"] = .string(openedBy)
    body["cycle"] = cycle
    body["clocks"] = clocks.json
    body["summary"] = summary
    if let place { body["place"] = place }
    if let contact { body["contact"] = contact }
    if let facts { body["facts"] = .object(facts) }
    if !marks.isEmpty { body["marks"] = .object(marks) }
    if let branch { body["branch"] = .string(branch) }
    if let assigned { body["assigned"] = .string(assigned) }
    if let former { body["former"] = .string(former.rawValue) }
    if let approvedBy { body["approved_by"] = .string(approvedBy) }
    if !askedBy.isEmpty { body["asked_by"] = .array(askedBy.map(JSONValue.string)) }
    if let ended { body["ended"] = ended.stored }
    if !history.isEmpty { body["history"] = .array(history) }
    return body
  }

  /// A request from its stored body; nil if it is not one.
  package init?(_ body: JSONObject) {
    guard let scenario = body["scenario"]?.intValue, let station = body["station"]?.stringValue,
      let department = body["department"]?.stringValue,
      let state = State(body["state"]),
      let urgency = Urgency(body["urgency"]),
      let opened = Instant(body["opened"]), let openedBy = body["opened_by"]?.stringValue,
      let clocks = Clocks(body["clocks"], start: opened),
      let cycle = body["cycle"], let summary = body["summary"]
    else { return nil }
    self.init(
      scenario: scenario, station: station, department: department, state: state, urgency: urgency,
      openedBy: openedBy, cycle: cycle, clocks: clocks, summary: summary)
    outcome = Outcome(column: body["outcome"]?.intValue ?? 0)
    place = body["place"]
    contact = body["contact"]
    facts = body["facts"]?.objectValue
    marks = body["marks"]?.objectValue ?? [:]
    branch = body["branch"]?.stringValue
    assigned = body["assigned"]?.stringValue
    former = State(body["former"])
    approvedBy = body["approved_by"]?.stringValue
    askedBy = body["asked_by"]?.arrayValue?.compactMap(\.stringValue) ?? []
    ended = Instant(body["ended"])
    history = body["history"]?.arrayValue ?? []
  }

  /// What every method but `get` shows: no personal data.
  func header(id: String, version: Int, zone: Zone) -> JSONValue {
    var header = JSONObject()
    header.reserveCapacity(15)
    header["id"] = .string(id)
    header["version"] = .int(version)
    header["scenario"] = .int(scenario)
    header["station"] = .string(station)
    header["department"] = .string(department)
    header["state"] = .string(state.rawValue)
    header["urgency"] = .string(urgency.rawValue)
    header["opened_at"] = clocks.start.text(zone)
    let response: JSONValue = clocks.responseDue.text(zone)
    let supportDue = clocks.supportDue
    let support: JSONValue = supportDue?.text(zone) ?? .null
    header["response_due"] = response
    header["support_due"] = support
    let next = state.isOpen ? clocks.nextDue : nil
    if let next {
      // Mostly one of the two that are written already.
      header["next_due"] =
        next == clocks.responseDue
        ? response : next == supportDue ? support : next.text(zone)
    } else {
      header["next_due"] = .null
    }
    header["provisional"] = .array(clocks.provisionalNames)
    header["marks"] = .object(marks)
    return .object(header)
  }
}
