import StationKit

/// What the second signature of a count leaves behind: a link in each item's chain of custody with both counts
/// and both signatures, and a discrepancy for each difference.
struct CountClosing {
  let outcome: CountOutcome
  let first: TransferCase.Round
  let second: (side: TransferCase.Side, record: String)

  func write(_ handling: Handling) throws {
    for var item in outcome.items {
      guard let earlier = outcome.firstSheet?.counts[item.number],
        let later = outcome.sheet.counts[item.number]
      else { throw RPCError(.internalError) }
      let codes = outcome.differences[item.number] ?? []
      let sides = [
        first.side: side(
          earlier, by: .string(first.by), at: first.at.text(handling.context.zone), record: first.record),
        second.side: side(
          later, by: handling.by, at: handling.now.text(handling.context.zone), record: second.record),
      ]
      var more: JSONObject = ["round": .int(first.number)]
      more["giving"] = sides[.giving]
      more["receiving"] = sides[.receiving]
      if !codes.isEmpty { more["differences"] = .array(codes.map { .string($0.rawValue) }) }
      try handling.link(
        &item, codes.contains(where: \.blocks) ? .differing : .counted, from: item.holder, to: item.holder,
        more: more)
      // Where both sides agree on a condition, that is what it is now.
      if earlier.condition == later.condition { item.counted.condition = later.condition }
      try handling.store(item)
      let isGiving = first.side == .giving
      for code in codes {
        try discrepancy(code, item, isGiving ? earlier : later, isGiving ? later : earlier, handling)
      }
    }
  }

  private func side(_ counted: Counted, by: JSONValue, at: JSONValue, record: String) -> JSONValue {
    var json: JSONObject = ["by": by, "at": at, "record": .string(record)]
    counted.write(into: &json)
    return .object(json)
  }

  private func discrepancy(
    _ code: Difference, _ item: EvidenceItem, _ giving: Counted, _ receiving: Counted, _ handling: Handling
  ) throws {
    var body: JSONObject = [
      "case": .string(handling.id), "leg": .int(handling.item.leg), "round": .int(first.number),
      "item": .int(item.number), "time": handling.now.stored, "code": .string(code.rawValue),
      "blocks": .bool(code.blocks), "registered": .int(item.counted.quantity),
      "giving": .int(giving.quantity), "receiving": .int(receiving.quantity),
      "kind": .string(handling.item.kind.rawValue),
    ]
    body["sender"] = handling.item.sender.map(JSONValue.string)
    body["receiver"] = handling.item.receiver.map(JSONValue.string)
    _ = try handling.tx.create(
      "discrepancy", id: "\(handling.id).r\(first.number).i\(item.number).\(code.rawValue)", body)
  }
}
