import StationKit

/// `mediation.repeats`: disputes that people called about again and again, by dispute and never by caller.
struct RepeatsQuery: Sendable {
  let rules: Rules

  private struct Sum {
    var calls = 0
    var first: Int?
    var last = 0
  }

  func run(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let period = try FigurePeriod(params, context, rule: RuleID.period, of: rules.book)
    let owner = try UnitScope.unit(params["owner"]?.stringValue, context)
    let least = params["at_least"]?.intValue ?? 2
    let descending = params["order"]?.stringValue != "asc"
    let after = try params["cursor"]?.stringValue.map(Place.init)

    var sums: [String: Sum] = [:]
    try tx.forEach(
      Query("call", index: "repeats", from: period.from, to: period.to), columns: ["at", "thread", "owner"]
    ) { row in
      guard owner == nil || row[2].text == owner, let at = row[0].integer, let thread = row[1].text else {
        return
      }
      var sum = sums[thread] ?? Sum()
      sum.calls += 1
      sum.first = min(sum.first ?? at, at)
      sum.last = max(sum.last, at)
      sums[thread] = sum
    }
    var places = sums.filter { $0.value.calls >= least }.map { Place(calls: $0.value.calls, thread: $0.key) }
    places.sort { descending ? $1.precedes($0) : $0.precedes($1) }
    if let after { places.removeAll { descending ? !$0.precedes(after) : !after.precedes($0) } }
    let shown = places.prefix(params["limit"]?.intValue ?? Bounds.list)
    var result: JSONObject = [
      "from": .string(period.first.description), "to": .string(period.last.description),
      "items": .array(try shown.map { try item($0.thread, sums[$0.thread] ?? Sum(), context, tx) }),
    ]
    if shown.count < places.count { result["next"] = shown.last.map { .string($0.text) } }
    return .object(result)
  }

  private func item(
    _ thread: String, _ sum: Sum, _ context: CallContext, _ tx: any ReadTransaction
  ) throws -> JSONValue {
    let page = try tx.query(
      Query("dispute", index: "by_thread", equals: [.text(thread)], descending: true, limit: 500))
    let disputes = page.records.compactMap { Dispute($0.body) }
    func time(_ value: Int?) -> JSONValue {
      value.map { .string(Instant(milliseconds: Int64($0)).rfc3339(zone: context.zone)) } ?? .null
    }
    return [
      "thread": .string(thread), "calls": .int(sum.calls), "first_at": time(sum.first),
      "last_at": time(sum.last), "disputes": .array(page.records.map { .string($0.id) }),
      "failures": .int(disputes.reduce(0) { $0 + $1.failures.count }),
      "violence_risk": .bool(disputes.contains(where: \.risk)),
      "support_requests": .array(disputes.flatMap(\.doors).map { .string($0.request) }),
    ]
  }

  static let item = Shapes.object([
    "thread": Schemas.id, "calls": Shapes.count, "first_at": Schemas.instantOrNull,
    "last_at": Schemas.instantOrNull, "disputes": Shapes.list(Schemas.id), "failures": Shapes.count,
    "violence_risk": Shapes.flag, "support_requests": Shapes.list(Shapes.text(max: 64)),
  ])
}

/// A place in that list: the calls and the thread of the last item shown, `3:MD-2026-000001`.
private struct Place {
  let calls: Int
  let thread: String

  init(calls: Int, thread: String) {
    self.calls = calls
    self.thread = thread
  }

  /// - Throws: `invalid_params` unless it is a cursor that the list has given.
  init(_ text: String) throws(RPCError) {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let calls = Int(parts[0]), calls > 0, parts[1].hasPrefix("MD-") else {
      throw .foreignCursor
    }
    self.calls = calls
    thread = String(parts[1])
  }

  var text: String { "\(calls):\(thread)" }

  func precedes(_ other: Place) -> Bool {
    calls != other.calls ? calls < other.calls : thread.utf8.lexicographicallyPrecedes(other.thread.utf8)
  }
}
