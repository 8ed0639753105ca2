import StationKit

extension Handling {
  /// Every item of the case, in order; also those that have left it.
  func evidence() throws -> [EvidenceItem] { try Handling.evidence(id, tx) }

  static func evidence(_ id: String, _ tx: any ReadTransaction) throws -> [EvidenceItem] {
    try tx.query(
      Query("item", index: "by_case", equals: [.text(id)], limit: Limits.items)
    ).records.compactMap { EvidenceItem($0) }
  }

  static func itemID(_ id: String, _ number: Int) -> String { "\(id).i\(number)" }

  /// Appends a link to an item's chain of custody. Links are never changed.
  ///
  /// - Parameter more: members of the link besides what the item tells.
  func link(
    _ item: inout EvidenceItem, _ kind: LinkKind, from: Holder?, to: Holder?, more: JSONObject = [:]
  ) throws {
    var body: JSONObject = [
      "case": .string(id), "item": .int(item.number), "item_id": .string(item.id),
      "number": .int(item.links + 1), "at": now.text(context.zone), "link": .string(kind.rawValue), "by": by,
    ]
    item.counted.write(into: &body)
    body["from"] = from?.json
    body["to"] = to?.json
    if item.links > 0 { body["previous"] = .string("\(item.id).l\(item.links)") }
    body.merge(more)
    item.links += 1
    _ = try tx.create("custody", id: "\(item.id).l\(item.links)", body)
  }

  /// Stores an item after its link.
  func store(_ item: EvidenceItem) throws {
    if item.version == 0 {
      _ = try tx.create("item", id: item.id, item.body(id))
    } else {
      _ = try tx.put("item", item.id, version: item.version, item.body(id))
    }
  }

  /// The item goes to the receiving unit.
  func handOver(_ item: EvidenceItem, to holder: Holder) throws {
    var item = item
    let before = item.holder
    item.holder = holder
    try link(&item, .handedOver, from: before, to: holder, more: ["round": .int(self.item.rounds)])
    try store(item)
  }
}
