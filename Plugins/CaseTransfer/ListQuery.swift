import StationKit

/// `transfer.list`, along one declared index for each way of asking.
struct ListQuery: Sendable {
  let policy: Policy

  func run(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    let state = params["state"]?.stringValue
    var unit = params["unit"]?.stringValue
    let receiver = params["receiver"]?.stringValue
    let origin = params["origin"]?.stringValue
    let principal = context.principal
    if unit == nil, receiver == nil, origin == nil, !principal.mayReach(policy.legal, policy.coordination) {
      guard let own = principal.unit else {
        throw RPCError.denied(Text("Name a unit that you work for", zh: "请指明所属单位"))
      }
      unit = own
    }
    if unit != nil || receiver != nil || origin != nil {
      try principal.require(unit, receiver, origin, policy.legal, policy.coordination)
    }
    let (index, equals): (String?, [String]) =
      switch (unit, receiver, origin, state) {
      case (_, let receiver?, _, _): ("by_incoming", [receiver])
      case (let unit?, _, _, let state?): ("by_unit_state", [unit, state])
      case (let unit?, _, _, nil): ("by_unit", [unit])
      case (_, _, let origin?, _): ("by_origin", [origin])
      case (_, _, _, let state?): ("by_state", [state])
      default: (nil, [])
      }
    var query = Query("case", index: index, equals: equals.map(IndexValue.text))
    query.takePage(params, size: Limits.defaultPage)
    let tests: [(String, String?)] = [
      ("unit", unit), ("incoming", receiver), ("origin", origin), ("state", state),
      ("kind", params["kind"]?.stringValue),
    ]
    let urgent = params["urgent"]?.boolValue
    // What no index tells can leave a page short; `next` alone says whether there is more.
    let page = try tx.query(query).answer { record in
      guard tests.allSatisfy({ name, wanted in wanted == nil || record[name]?.stringValue == wanted }),
        urgent == nil || (record["urgent"] == true) == urgent, let item = TransferCase(record.body)
      else { return nil }
      return .object(item.header(id: record.id, version: record.version, context))
    }
    return .object(page)
  }
}
