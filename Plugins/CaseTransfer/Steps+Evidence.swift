import StationKit

/// Evidence while it rests with a unit.
extension Steps {
  static let addEvidence: Change = { handling in
    let most = try handling.rule(RuleID.itemLimit).int("items")
    guard handling.item.items < most else {
      throw RPCError.refused(
        rule: RuleID.itemLimit, Text("A case has at most \(most) items", zh: "每案至多 \(most) 件物品"),
        pointer: "/id")
    }
    let kind: ItemKind = try handling.params.word("kind")
    guard let counted = Counted(handling.params.object), let description = handling.params["description"]
    else { throw RPCError(.invalidParams) }
    try counted.check(kind, pointer: "/sha256")
    let holder = Holder(
      unit: handling.item.unit, handler: try handling.params.string("handler"),
      custodian: try handling.params.string("custodian"))
    try holder.check()
    handling.item.items += 1
    let number = handling.item.items
    var item = EvidenceItem(
      id: Handling.itemID(handling.id, number), number: number, kind: kind, counted: counted, holder: holder,
      description: description, added: handling.now.text(handling.context.zone))
    try handling.link(&item, .collected, from: nil, to: holder)
    try handling.store(item)
    handling.details["item"] = .int(number)
    handling.details["record"] = .string(item.id)
    handling.extra["item"] = .int(number)
  }

  static let chooseMove: Choice = { _, params in
    switch LinkKind(params["link"]) {
    case .corrected: .correctEvidence
    case .handedOut: .handOut
    default: .moveEvidence
    }
  }

  /// Another custodian, an examination, a correction of the register, or the end of its way.
  static let moveEvidence: Change = { handling in
    let kind: LinkKind = try handling.params.word("link")
    let number = try handling.params.int("item")
    guard
      let record = try handling.tx.get("item", Handling.itemID(handling.id, number)),
      var item = EvidenceItem(record)
    else { throw RPCError.notFound("item", String(number), pointer: "/item") }
    guard item.isHeld else {
      throw RPCError.refused(
        rule: RuleID.heldItem, Text("The item has left the case", zh: "该物品已离开本案"), pointer: "/item")
    }
    let before = item.holder
    if let handler = handling.params["handler"]?.stringValue { item.holder.handler = handler }
    if let custodian = handling.params["custodian"]?.stringValue { item.holder.custodian = custodian }
    try item.holder.check()
    if let condition = Condition(handling.params["condition"]) {
      item.counted.condition = condition
    }
    var more: JSONObject = [:]
    if kind == .corrected {
      more["was"] = try correct(&item, handling.params)
    } else {
      for name in ["quantity", "sha256"] where handling.params[name] != nil {
        throw RPCError.invalid(
          Text("Only a correction changes '\(name)'", zh: "仅更正登记时可变更“\(name)”"), pointer: "/\(name)")
      }
    }
    guard kind != .moved || item.holder != before || handling.params["text"] != nil else {
      throw RPCError.invalid(
        Text(
          "A move names who has it now, or says in 'text' where it is", zh: "流转须指明新的办案或保管人员，或在 text 中说明新的存放地点"
        ),
        pointer: "/custodian")
    }
    if kind == .handedOut, let bureau = handling.item.bureau { more["bureau"] = .string(bureau) }
    if let document = handling.params["document"] { more["document"] = document }
    let leaves = kind == .released || kind == .handedOut
    if leaves { item.isHeld = false }
    try handling.link(&item, kind, from: before, to: leaves ? nil : item.holder, more: more)
    try handling.store(item)
    handling.details["item"] = .int(number)
    handling.details["code"] = .string(kind.rawValue)
    handling.text = handling.params["text"]
    handling.extra["item"] = .int(number)
    handling.extra["link"] = .string("\(item.id).l\(item.links)")
  }

  /// The register was wrong. What it said stays in the link, with the reason in the step.
  private static func correct(
    _ item: inout EvidenceItem, _ params: Params
  ) throws(RPCError) -> JSONValue {
    guard params["text"] != nil else {
      throw .invalid(Text("A correction says why", zh: "更正登记须说明理由"), pointer: "/text")
    }
    let before = item.counted
    if let quantity = params["quantity"]?.intValue { item.counted.quantity = quantity }
    if let digest = params["sha256"]?.stringValue { item.counted.sha256 = digest }
    try item.counted.check(item.kind, pointer: "/sha256")
    guard item.counted.quantity != before.quantity || item.counted.sha256 != before.sha256 else {
      throw .invalid(
        Text("A correction changes the quantity or the digest", zh: "更正须变更数量或校验值"), pointer: "/quantity")
    }
    var was: JSONObject = ["quantity": .int(before.quantity)]
    was["sha256"] = before.sha256.map(JSONValue.string)
    return .object(was)
  }
}
