import StationKit

/// `mediation.list`: along one index, by what is due next; those that ended by when they did.
struct ListQuery: Sendable {
  func run(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let proposed = params["proposed_to"]?.stringValue
    // Whom a dispute is proposed to sees it, whoever has it.
    if let proposed { try context.principal.require(proposed) }
    let named = params["owner"]?.stringValue
    let owner = proposed == nil ? try UnitScope.unit(named, context) : named
    let state = State(params["state"])
    let overdue = params["overdue"]?.boolValue
    let isOpen = overdue == nil ? params["open"]?.boolValue ?? true : true
    let kind = params["kind"]?.stringValue

    var query = Query("dispute")
    query.equals = (proposed ?? owner).map { [.text($0)] } ?? []
    if proposed != nil {
      query.index = "by_proposed"
    } else if let state {
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
    query.takePage(params, size: Bounds.list)

    let limit = query.limit
    var items: [JSONValue] = []
    var scanned = 0
    repeat {
      // Never more than there is room for, so that the cursor stands behind the last item shown.
      query.limit = limit - items.count
      let page = try tx.query(query)
      scanned += page.records.count
      for record in page.records {
        guard let dispute = Dispute(record.body), owner == nil || dispute.owner == owner,
          state.map({ dispute.state == $0 }) ?? (dispute.state.isOpen == isOpen),
          kind == nil || dispute.kind.rawValue == kind, overdue == nil || dispute.state.isOpen
        else { continue }
        items.append(dispute.header(id: record.id, version: record.version, context: context))
      }
      query.cursor = page.next
    } while query.cursor != nil && items.count < limit && scanned < Bounds.scan
    var result: JSONObject = ["items": .array(items)]
    result["next"] = query.cursor.map(JSONValue.string)
    return .object(result)
  }
}
