import StationKit

/// Lists within the caller's scope.
enum Scoped {
  static let limit = 50

  /// The station that a list is of; nil for all, where the caller may reach the desk's data.
  ///
  /// - Throws: `denied` for a station out of scope.
  static func station(_ params: Params, _ policy: Policy, _ context: CallContext) throws(RPCError) -> String?
  {
    if let station = params["station"]?.stringValue {
      try context.principal.require(station, policy.desk)
      return station
    }
    if context.principal.mayReach(policy.desk) { return nil }
    guard let own = context.principal.unit else {
      throw .denied(Text("Name a unit that you work for", zh: "请指明所属单位"))
    }
    try context.principal.require(own)
    return own
  }

  /// A page along an index. Where a filter passes many rows over, the page is short and `next` goes on.
  static func page(
    _ walk: Query, _ params: Params, _ tx: any ReadTransaction, newestFirst: Bool = false,
    show: (Record) throws -> JSONValue?
  ) throws -> JSONValue {
    var query = walk
    let limit = params["limit"]?.intValue ?? Scoped.limit
    query.descending = (params["order"]?.stringValue).map { $0 == "desc" } ?? newestFirst
    query.cursor = params["cursor"]?.stringValue
    query.limit = limit
    var items: [JSONValue] = []
    var scanned = 0
    while true {
      query.limit = limit - items.count
      let page = try tx.query(query)
      scanned += page.records.count
      for record in page.records { if let item = try show(record) { items.append(item) } }
      query.cursor = page.next
      if page.next == nil || items.count >= limit || scanned >= Limits.scan { break }
    }
    var result: JSONObject = ["items": .array(items)]
    if let next = query.cursor { result["next"] = .string(next) }
    return .object(result)
  }

  static func list(of item: JSONValue, more: JSONObject = [:]) -> JSONValue {
    var members: JSONObject = ["items": Shapes.list(item), "next": Shapes.cursor]
    members.merge(more)
    return Shapes.object(members, required: ["items"] + more.keys)
  }

  static let params: JSONObject = [
    "station": Shapes.unit, "order": Shapes.order, "limit": Shapes.limit, "cursor": Shapes.cursor,
  ]
}
