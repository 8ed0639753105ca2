import StationKit

/// `support.list`: merges one walk for each state, and for each urgency where only overdue ones are wanted.
///
/// In the order of the rank: immediate ones first, then by what is due next. Every walk is along a declared
/// index, and none reads more than a page ahead.
struct ListQuery: Sendable {
  let catalogue: Catalogue

  static let limit = 50
  static let limitAtMost = 500
  /// Pages that an answer reads at most beyond what it shows, where a unit has few requests among many. The
  /// answer may then be short, and be followed by another.
  static let pagesAtMost = 8

  func run(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let filter = try UnitFilter(params, context, tx)
    let limit = params["limit"]?.intValue ?? ListQuery.limit
    let descending = params["order"]?.stringValue == "desc"
    let after = try params["cursor"].map { try Position($0.stringValue ?? "") }
    var matching: [String: IndexValue] = [:]
    if let station = filter.station { matching["station"] = .text(station) }
    if let department = filter.department { matching["department"] = .text(department) }

    var walks: [Walk] = []
    for state in states(params) {
      for range in ranges(state, overdue: params["overdue"]?.boolValue, now: context.now) {
        var query = Query("request", index: "queue", equals: [.text(state.rawValue)])
        query.matching = matching
        query.from = range.map { .integer($0.lowerBound) }
        query.to = range.map { .integer($0.upperBound) }
        query.descending = descending
        // Who may look is in no index: pages are full, for most of a page may be passed over.
        query.limit = filter.reader == nil ? min(limit + 1, 100) : 100
        if let walk = Walk(query, after: after) { walks.append(walk) }
      }
    }
    var items: [JSONValue] = []
    var position: Position?
    // Enough for the first page of every walk, and for all that a list of this length can need.
    var pages = walks.count + limit / 100 + 1 + ListQuery.pagesAtMost
    for index in walks.indices { try walks[index].fill(tx, &pages) }
    while items.count < limit, let first = Walk.first(walks, descending) {
      position = walks[first].position
      guard let record = walks[first].head else { break }
      if let request = SupportRequest(record.body),
        filter.reader.map(catalogue.readers(request).contains) ?? true
      {
        items.append(request.header(id: record.id, version: record.version, zone: context.zone))
      }
      try walks[first].advance(tx, &pages)
    }
    var result: JSONObject = ["items": .array(items)]
    if let position, walks.contains(where: { $0.position != nil }) { result["next"] = .string(position.text) }
    return .object(result)
  }

  private func states(_ params: Params) -> [State] {
    let open = params["open"]?.boolValue
    if let state = State(params["state"]) {
      return open == nil || open == state.isOpen ? [state] : []
    }
    return State.allCases.filter { $0.isOpen == (open ?? true) }
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
