import StationKit

/// Takes a stored request one step along its life cycle.
struct Steps: Sendable {
  let catalogue: Catalogue

  /// Who may take a step.
  enum Side: Sendable { case station, department, both }

  /// What a step adds to the history and to its event.
  struct Notes {
    var history: JSONObject = [:]
    var event: JSONObject = [:]
    var alsoTo: [String] = []
    /// Events of their own that follow the step's.
    var follow: ((Announcement, String, SupportRequest) throws -> Void)?
  }

  /// What is special about a step; the state is set already.
  typealias Change =
    @Sendable (inout SupportRequest, State, Params, CallContext, any Transaction) throws -> Notes

  /// Reads the request, checks scope, version and state, changes it, and writes it with its deadline and
  /// event.
  func run(
    _ action: Action, side: Side, _ params: Params, _ context: CallContext, _ tx: any Transaction,
    change: Change
  ) throws -> JSONValue {
    let id = try params.string("id")
    let (record, read) = try tx.find("request", id, pointer: "/id", as: SupportRequest.init)
    var request = read
    let principal = context.principal
    switch side {
    case .station: try principal.requireOwn(request.station)
    case .department: try principal.require(request.department)
    case .both: if !principal.mayReach(request.department) { try principal.requireOwn(request.station) }
    }
    try record.requireVersion(params["version"])
    let from = request.state
    request.state = try RequestLife.table.next(from, action, former: request.former)
    try refresh(&request, context)
    let notes = try change(&request, from, params, context, tx)
    request.history.append(
      Steps.entry(action.rawValue, from: from, to: request.state, context, notes.history))
    let stored = try save(id, record.version, request, tx)
    let announcement = Announcement(catalogue: catalogue, tx: tx)
    try announcement.changed(id, action, from: from, request, alsoTo: notes.alsoTo, more: notes.event)
    try notes.follow?(announcement, id, request)
    return request.header(id: id, version: stored.version, zone: context.zone)
  }

  /// Stores a request with the one deadline that it has.
  func save(_ id: String, _ version: Int, _ request: SupportRequest, _ tx: any Transaction) throws -> Record {
    let record = try tx.put("request", id, version: version, request.body)
    if request.state.isOpen, let due = request.clocks.nextDeadline(catalogue.rungs) ?? request.clocks.farOff {
      try tx.schedule("clock", subject: id, due: due, payload: request.deadlinePayload)
    } else {
      try tx.cancel("clock", subject: id)
    }
    return record
  }

  /// Computes provisional ends again once another calendar is there.
  func refresh(_ request: inout SupportRequest, _ context: CallContext) throws(RPCError) {
    // What has ended is no longer open, or is about to be reopened: its cycle stays as it was.
    guard request.clocks.awaitsCalendar, request.state.isOpen, request.ended == nil else { return }
    var cycle = try Steps.cycle(request)
    guard cycle.calendarVersion != context.calendar.version else { return }
    // An end that is not computed again keeps the version that it was computed with.
    for term in TermName.allCases where request.clocks.calendars[term] == nil {
      request.clocks.calendars[term] = cycle.calendarVersion
    }
    try renew(request.clocks.provisional, &request, context)
    cycle.calendarVersion = context.calendar.version
    request.cycle = cycle.json
  }

  /// Computes ends of the cycle anew, under the limits that it pins and the present calendar. An end that has
  /// passed never moves, and neither does one that was met.
  func renew(
    _ terms: Set<TermName>, _ request: inout SupportRequest, _ context: CallContext
  ) throws(RPCError) {
    let cycle = try Steps.cycle(request)
    for term in TermName.allCases
    where terms.contains(term) && request.clocks.isAhead(term, at: context.now) {
      try Terms(context, catalogue).renew(
        term, cycle.limit(term, request.urgency, catalogue), &request.clocks, version: cycle.ruleVersion)
    }
  }

  static func cycle(_ request: SupportRequest) throws(RPCError) -> Cycle {
    guard let cycle = Cycle(request.cycle) else { throw RPCError(.internalError) }
    return cycle
  }

  /// One line of the history.
  ///
  /// - Parameter person: who did it, where that is not the caller.
  static func entry(
    _ action: String, from: State, to: State, by person: String? = nil, _ context: CallContext,
    _ more: JSONObject
  ) -> JSONValue {
    var entry: JSONObject = [
      "at": context.now.text(context.zone), "action": .string(action),
      "by": .string(person ?? context.principal.person), "from": .string(from.rawValue),
      "to": .string(to.rawValue),
    ]
    entry.merge(more)
    return .object(entry)
  }
}
