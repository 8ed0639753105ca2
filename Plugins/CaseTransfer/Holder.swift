import StationKit

/// Who has an item: the unit, the officer who handles it and the one who keeps it.
package struct Holder: Sendable, Hashable {
  package var unit: String
  package var handler: String
  package var custodian: String

  /// - Throws: `refused_by_rule` when one person is both.
  func check() throws(RPCError) {
    guard handler != custodian else {
      throw .refused(
        rule: RuleID.twoPeople,
        Text("Handler and custodian are different people", zh: "办案人员与保管人员不得为同一人"), pointer: "/custodian")
    }
  }

  var json: JSONValue {
    ["unit": .string(unit), "handler": .string(handler), "custodian": .string(custodian)]
  }
}
