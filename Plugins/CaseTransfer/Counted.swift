import StationKit

/// What one side found of one item: how many, in what condition, with what digest.
package struct Counted: Sendable, Hashable {
  package var quantity: Int
  package var condition: Condition
  /// As it was written.
  package var sha256: String?

  package init(quantity: Int, condition: Condition, sha256: String? = nil) {
    self.quantity = quantity
    self.condition = condition
    self.sha256 = sha256
  }

  init?(_ object: JSONObject) {
    guard let quantity = object["quantity"]?.intValue, let condition = Condition(object["condition"]) else {
      return nil
    }
    self.init(quantity: quantity, condition: condition, sha256: object["sha256"]?.stringValue)
  }

  func write(into object: inout JSONObject) {
    object["quantity"] = .int(quantity)
    object["condition"] = .string(condition.rawValue)
    object["sha256"] = sha256.map(JSONValue.string)
  }

  /// - Throws: `refused_by_rule` unless a digital item has a digest and every other has none.
  func check(_ kind: ItemKind, pointer: String) throws(RPCError) {
    guard (kind == .digital) == (sha256 != nil) else {
      throw .refused(
        rule: RuleID.digest,
        Text(
          "A digital item has a SHA-256 digest, and no other item has one", zh: "电子数据须有 SHA-256 校验值，其他物品不填"),
        pointer: pointer)
    }
  }

  /// How the two counts differ from the register and from each other.
  package static func differences(
    registered: Counted, giving: Counted, receiving: Counted
  ) -> [Difference] {
    let sides = [giving, receiving]
    var found: [Difference] = []
    if sides.contains(where: { $0.quantity < registered.quantity }) { found.append(.shortage) }
    if sides.contains(where: { $0.quantity > registered.quantity }) { found.append(.surplus) }
    let digest = registered.sha256?.lowercased()
    if sides.contains(where: { $0.sha256?.lowercased() != digest }) { found.append(.digest) }
    if giving.condition != receiving.condition { found.append(.condition) }
    return found
  }
}

/// How a count differs. The raw values are stable codes.
package enum Difference: String, Sendable, CaseIterable {
  case shortage, surplus, digest
  /// The two sides do not agree on the condition: recorded, and open to dispute after the acceptance.
  case condition

  /// Whether the transfer is not accepted because of it.
  package var blocks: Bool { self != .condition }
}

/// What a signature brought. The raw values are stable codes.
package enum CountResult: String, Sendable, CaseIterable {
  /// The other side has not signed.
  case waiting
  case clean, discrepancy
}
