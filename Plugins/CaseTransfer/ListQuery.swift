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
    let query: Query
    switch (unit, receiver, origin, state) {
    case (_, let receiver?, _, _):
      query = Self.page(params, "case", index: "by_incoming", equals: [.text(receiver)])
    case (let unit?, _, _, let state?):
      query = Self.page(params, "case", index: "by_unit_state", equals: [.text(unit), .text(state)])
    case (let unit?, _, _, nil):
      query = Self.page(params, "case", index: "by_unit", equals: [.text(unit)])
    case (_, _, let origin?, _):
      query = Self.page(params, "case", index: "by_origin", equals: [.text(origin)])
    case (_, _, _, let state?):
      query = Self.page(params, "case", index: "by_state", equals: [.text(state)])
    default:
      query = Self.page(params, "case", index: nil, equals: [])
    }
    let page = try tx.query(query)
    // What no index tells can leave a page short; `next` alone says whether there is more.
    let tests: [(String, String?)] = [
      ("unit", unit), ("incoming", receiver), ("origin", origin), ("state", state),
      ("kind", params["kind"]?.stringValue),
    ]
    let urgent = params["urgent"]?.boolValue
    let shown = page.records.filter { record in
      tests.allSatisfy { name, wanted in wanted == nil || record[name]?.stringValue == wanted }
        && (urgent == nil || (record["urgent"] == true) == urgent)
    }
    var result: JSONObject = [
      "items": .array(
        shown.compactMap { record in
          TransferCase(record.body).map { item in
            .object(item.header(id: record.id, version: record.version, context))
          }
        })
    ]
    result.set("next", page.next)
    return .object(result)
  }

  /// A page of a list, as its params ask for it.
  static func page(
    _ params: Params, _ collection: String, index: String?, equals: [IndexValue],
    size: Int = Limits.defaultPage
  ) -> Query {
    Query(
      collection, index: index, equals: equals, descending: params["order"]?.stringValue == "desc",
      limit: params["limit"]?.intValue ?? size, cursor: params["cursor"]?.stringValue)
  }

  static func answer(_ page: Page, _ show: (Record) -> JSONValue) -> JSONValue {
    var result: JSONObject = ["items": .array(page.records.map(show))]
    result.set("next", page.next)
    return .object(result)
  }
}
