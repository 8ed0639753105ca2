import StationKit

/// `mediation.find`: the disputes of one person, by the exact ID number or, lacking it, by name and phone.
struct FindQuery: Sendable {
  let rules: Rules

  func run(_ params: Params, _ context: CallContext, _ tx: any ReadTransaction) throws -> JSONValue {
    guard params["id_number"] != nil || (params["name"] != nil && params["phone"] != nil) else {
      throw RPCError.invalid(
        Text("Give the ID number, or name and phone", zh: "须提供公民身份号码，或姓名和电话"), pointer: "/id_number")
    }
    var members = params.object
    if members["name"] == nil { members["name"] = "-" }
    let today = context.now.date(in: context.zone)
    let person = try Party(said: members, role: .other, pointer: "", today: today)
    var seen: Set<String> = []
    var items: [JSONValue] = []
    for found in try Matching(tx: tx).records(of: person) {
      guard let id = found["dispute"]?.stringValue, seen.insert(id).inserted,
        let record = try tx.get("dispute", id), let dispute = Dispute(record.body)
      else { continue }
      let coordination = try rules.on(dispute.rulesOn).coordination()
      guard
        context.principal.mayReach(dispute.owner, dispute.station, dispute.proposal?.to, coordination)
      else { continue }
      items.append(dispute.header(id: id, version: record.version, context: context))
      if items.count == params["limit"]?.intValue ?? Bounds.list { break }
    }
    return ["items": .array(items)]
  }
}
