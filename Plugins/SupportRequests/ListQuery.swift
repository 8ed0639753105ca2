import StationKit

/// `support.list`: merges one walk for each state, and for each urgency where only overdue ones are wanted.
///
/// Over all units it is in the order of the rank: immediate ones first, then by what is due next. A unit's
/// list is in the order of priority and opening: immediate ones first, then the oldest (an index by what is
/// due next, for every unit, would cost each opening several pages more on the disk). Every walk is along a
/// declared index, and none reads more than a page ahead.
struct ListQuery: Sendable {
  static let limit = 50
  static let limitAtMost = 500
  /// Rows looked at for one answer where an index cannot filter them; the page may then be short.
  static let scanAtMost = 2000

  func run(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let filter = try UnitFilter(params, context, tx)
    let limit = params["limit"]?.intValue ?? ListQuery.limit
    let descending = params["order"]?.stringValue == "desc"
    let after = try params["cursor"].map { try Position($0.stringValue ?? "") }
    let unit = filter.station ?? filter.department
    let overdue = params["overdue"]?.boolValue
    let isFiltered = unit != nil && (overdue != nil || filter.station != nil && filter.department != nil)

    var walks: [Walk] = []
    for state in states(params) {
      let ranges = unit == nil ? ranges(state, overdue: overdue, now: context.now) : [nil]
      for range in ranges {
        var query = Query("request", index: "by_state", equals: [.text(state.rawValue)])
        if let unit {
          query.index = filter.station != nil ? "by_station" : "by_department"
          query.equals = [.text(unit), .text(state.rawValue)]
        }
        query.from = range?.lowerBound.column
        query.to = range?.upperBound.column
        query.descending = descending
        query.limit = min(limit + 1, 100)
        let field = unit == nil ? "rank" : "priority"
        if let walk = Walk(query, by: field, after: after) { walks.append(walk) }
      }
    }
    var items: [JSONValue] = []
    var position: Position?
    var scanned = 0
    for index in walks.indices { try walks[index].fill(tx) }
    while items.count < limit, scanned < ListQuery.scanAtMost, let best = Walk.first(walks, descending) {
      guard let record = walks[best].head, let place = walks[best].position else { break }
      try walks[best].advance(tx)
      scanned += 1
      position = place
      guard let request = SupportRequest(record.body) else { continue }
      if isFiltered, !matches(request, filter, overdue: overdue, now: context.now) { continue }
      items.append(request.header(id: record.id, version: record.version, zone: context.zone))
    }
    var result: JSONObject = ["items": .array(items)]
    if let position, walks.contains(where: { $0.head != nil }) { result["next"] = .string(position.text) }
    return .object(result)
  }

  /// What a unit's index cannot tell.
  private func matches(
    _ request: SupportRequest, _ filter: UnitFilter, overdue: Bool?, now: Instant
  ) -> Bool {
    if let department = filter.department, request.department != department { return false }
    guard let overdue else { return true }
    let isLate = request.state.isOpen && request.clocks.nextDue.map { $0 <= now } ?? false
    return overdue == isLate
  }

  private func states(_ params: Params) -> [State] {
    if let state = params["state"]?.stringValue.flatMap(State.init(rawValue:)) { return [state] }
    return State.allCases.filter { $0.isOpen == (params["open"]?.boolValue ?? true) }
  }

  /// Ranges of the rank; nil for all of it. What has ended is never overdue.
  private func ranges(_ state: State, overdue: Bool?, now: Instant) -> [Range<Int>?] {
    guard let overdue else { return [nil] }
    guard state.isOpen else { return overdue ? [] : [nil] }
    return Urgency.allCases.map { urgency in
      let now = Rank.of(urgency, due: Int(now.milliseconds) + 1)
      return overdue ? Rank.of(urgency, due: 0)..<now : now..<Rank.of(urgency, due: Rank.none) + 1
    }
  }
}

extension Int {
  fileprivate var column: IndexValue { .integer(self) }
}
