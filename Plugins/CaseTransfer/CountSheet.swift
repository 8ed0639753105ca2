import StationKit

/// One side's count: what it found of each item.
struct CountSheet {
  let counts: [Int: Counted]
  let json: [JSONValue]

  /// A count from params.
  ///
  /// - Throws: `refused_by_rule` unless it has every item of the case once and nothing else, with digests where
  ///   they belong. What is not there is counted as 0, never left out.
  init(_ list: [JSONValue], _ items: [EvidenceItem]) throws(RPCError) {
    let kinds = items.reduce(into: [Int: ItemKind]()) { $0[$1.number] = $1.kind }
    var counts: [Int: Counted] = [:]
    for (place, line) in list.enumerated() {
      guard let object = line.objectValue, let number = object["item"]?.intValue,
        let counted = Counted(object)
      else { throw RPCError(.invalidParams, pointer: "/items/\(place)") }
      guard let kind = kinds[number] else {
        throw Self.incomplete(
          Text("The case has no item \(number)", zh: "本案没有第 \(number) 号物品"), "/items/\(place)/item")
      }
      guard counts[number] == nil else {
        throw Self.incomplete(
          Text("Item \(number) is counted twice", zh: "第 \(number) 号物品重复清点"), "/items/\(place)/item")
      }
      try counted.check(kind, pointer: "/items/\(place)/sha256")
      counts[number] = counted
    }
    for item in items where counts[item.number] == nil {
      throw Self.incomplete(
        Text("Item \(item.number) is not counted", zh: "第 \(item.number) 号物品未清点"), "/items")
    }
    self.counts = counts
    json = list
  }

  /// A count that was signed.
  init(record id: String, _ tx: any ReadTransaction) throws {
    guard let record = try tx.get("signature", id), let list = record["items"]?.arrayValue else {
      throw RPCError(.internalError)
    }
    json = list
    counts = list.reduce(into: [:]) { counts, line in
      guard let object = line.objectValue, let number = object["item"]?.intValue else { return }
      counts[number] = Counted(object)
    }
  }

  /// The differences of each item between the register, this count (the first that was signed) and the second.
  func differences(
    from second: CountSheet, of items: [EvidenceItem], _ round: TransferCase.Round
  ) throws(RPCError) -> [Int: [Difference]] {
    var found: [Int: [Difference]] = [:]
    for item in items {
      guard let first = counts[item.number], let second = second.counts[item.number] else {
        throw RPCError(.internalError)
      }
      let isGiving = round.side == .giving
      found[item.number] = Counted.differences(
        registered: item.counted, giving: isGiving ? first : second, receiving: isGiving ? second : first)
    }
    return found
  }

  private static func incomplete(_ message: Text, _ pointer: String) -> RPCError {
    .refused(rule: RuleID.countComplete, message, pointer: pointer)
  }
}
