import StationKit

/// `mediation.list`: along one index, by what is due next; those that ended by when they did.
struct ListQuery: Sendable {
  func run(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let owner = try owner(params, context)
    let state = params["state"]?.stringValue.flatMap(State.init(rawValue:))
    let overdue = params["overdue"]?.boolValue
    let isOpen = overdue == nil ? params["open"]?.boolValue ?? true : true
    let kind = params["kind"]?.stringValue

    var query = Query("dispute")
    query.equals = owner.map { [.text($0)] } ?? []
    if let state {
      query.index = owner == nil ? "by_state" : "by_owner_state"
      query.equals.append(.text(state.rawValue))
    } else {
      query.index = owner == nil ? "by_open" : "by_owner"
      query.equals.append(.integer(isOpen ? 1 : 0))
    }
    if let overdue {
      let boundary = IndexValue.integer(Int(context.now.milliseconds) + 1)
      if overdue { query.to = boundary } else { query.from = boundary }
    }
    query.descending = params["order"]?.stringValue == "desc"
    query.cursor = params["cursor"]?.stringValue

    let limit = params["limit"]?.intValue ?? Bounds.list
    var items: [JSONValue] = []
    var scanned = 0
    repeat {
      // Never more than there is room for, so that the cursor stands behind the last item shown.
      query.limit = limit - items.count
      let page = try tx.query(query)
      scanned += page.records.count
      for record in page.records {
        guard let dispute = Dispute(record.body), kind == nil || dispute.kind.rawValue == kind,
          overdue == nil || dispute.state.isOpen
        else { continue }
        items.append(dispute.header(id: record.id, version: record.version, context: context))
      }
      query.cursor = page.next
    } while query.cursor != nil && items.count < limit && scanned < Bounds.scan
    var result: JSONObject = ["items": .array(items)]
    result["next"] = query.cursor.map(JSONValue.string)
    return .object(result)
  }

  /// A caller who names no unit gets all, or the own unit's where the scope does not reach further.
  private func owner(_ params: Params, _ context: CallContext) throws(RPCError) -> String? {
    try UnitScope.unit(params["owner"]?.stringValue, context)
  }
}

/// Which unit's disputes a list or a figure covers, within the caller's scope.
enum UnitScope {
  /// - Throws: `denied` for a unit out of scope, or where none is named and the caller has none.
  static func unit(_ named: String?, _ context: CallContext) throws(RPCError) -> String? {
    if let named {
      try context.principal.require(named)
      return named
    }
    guard context.principal.scope != .all else { return nil }
    guard let own = context.principal.unit else {
      throw .denied(Text("Name a unit that you work for", zh: "请指明所属单位"))
    }
    try context.principal.require(own)
    return own
  }
}
