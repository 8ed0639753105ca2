import StationKit

extension Account {
  /// The stored body.
  ///
  /// - Parameter maximumStops: how many stops an account may have, by today's rule.
  package func body(maximumStops: Int) -> JSONObject {
    var body = JSONObject()
    body.reserveCapacity(16)
    let holding = holding
    body["number"] = .string(number)
    body["kind"] = .string(kind.rawValue)
    if let bank { body["bank"] = .string(bank) }
    if !holders.isEmpty { body["holders"] = .array(holders.map(JSONValue.string)) }
    if let creditCode { body["credit_code"] = .string(creditCode) }
    body["reports"] = .array(reports.map(JSONValue.string))
    body["stations"] = .array(stations.map(JSONValue.string))
    if !victimOf.isEmpty { body["victim_of"] = .array(victimOf.map(JSONValue.string)) }
    if !holdings.lots.isEmpty { body["lots"] = .array(holdings.lots.map(\.json)) }
    if let last { body["last"] = last.stored }
    body["holding"] = .int(holding)
    if holding > 0, let arrived { body["arrived"] = arrived.stored }
    body["stoppable"] = .int(isStoppable(maximumStops: maximumStops) ? 1 : 0)
    if reports.count > 1 { body["shared"] = .int(reports.count) }
    if isApproximate { body["approximate"] = true }
    if stops > 0 { body["stops"] = .int(stops) }
    if active > 0 { body["active"] = .int(active) }
    if counted > 0 { body["counted"] = .int(counted) }
    if returned > 0 { body["returned"] = .int(returned) }
    if let cleared { body["cleared"] = cleared.stored }
    body["open"] = .int(open)
    if let ended { body["ended_at"] = ended.text(.utc) }
    return body
  }

  /// An account from its stored body; nil if it is not one.
  package init?(_ body: JSONObject) {
    guard let number = body["number"]?.stringValue,
      let kind = Kind(body["kind"])
    else { return nil }
    self.init(number: number, kind: kind, bank: body["bank"]?.stringValue)
    func texts(_ key: String) -> [String] { body[key]?.arrayValue?.compactMap(\.stringValue) ?? [] }
    holders = texts("holders")
    creditCode = body["credit_code"]?.stringValue
    reports = texts("reports")
    stations = texts("stations")
    open = body["open"]?.intValue ?? reports.count
    ended = body["ended_at"]?.stringValue.flatMap { Instant(rfc3339: $0) }
    victimOf = texts("victim_of")
    holdings = Holdings(lots: body["lots"]?.arrayValue?.compactMap(Lot.init) ?? [])
    last = Instant(body["last"])
    isApproximate = body["approximate"]?.boolValue ?? false
    stops = body["stops"]?.intValue ?? 0
    active = body["active"]?.intValue ?? 0
    counted = body["counted"]?.intValue ?? 0
    returned = body["returned"]?.intValue ?? 0
    cleared = Instant(body["cleared"])
  }

  static let kindSchema = Shapes.words(Kind.self)

  static let schema: JSONValue = Shapes.object(
    [
      "number": Shapes.personal(.number, max: 64), "kind": kindSchema, "bank": Schemas.bank,
      "holders": Shapes.list(Shapes.personal(.name, max: 128), max: Limits.holdersPerAccount),
      "credit_code": Shapes.personal(.number, max: 18),
      "reports": Shapes.list(Schemas.reportID, max: Limits.reportsPerAccount),
      "stations": Shapes.list(Shapes.unit), "victim_of": Shapes.list(Schemas.reportID),
      "lots": Shapes.list(Lot.schema), "last": Shapes.milliseconds, "holding": Shapes.count,
      "arrived": Shapes.milliseconds, "stoppable": Shapes.count, "shared": Shapes.count,
      "approximate": Shapes.flag, "stops": Shapes.count, "active": Shapes.count, "counted": Shapes.count,
      "returned": Shapes.count, "cleared": Shapes.milliseconds, "open": Shapes.count,
      "ended_at": Shapes.instant,
    ], required: ["number", "kind", "reports", "stations", "holding", "stoppable", "open"])
}
