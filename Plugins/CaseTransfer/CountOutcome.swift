import StationKit

/// What one side's signature comes to: the first of a round, or the second with its differences.
struct CountOutcome {
  /// Items that are still with the case.
  let items: [EvidenceItem]
  let sheet: CountSheet
  /// The other side's signature that this one answers; nil if this one begins a round.
  let first: TransferCase.Round?
  let firstSheet: CountSheet?
  /// Of each item; empty for a first signature.
  let differences: [Int: [Difference]]
  let result: CountResult

  /// - Throws: `refused_by_rule` for a count that is not complete, a side that has signed, or one person for
  ///   both sides.
  init(
    _ side: TransferCase.Side, _ item: TransferCase, _ policy: Policy, _ params: Params,
    _ context: CallContext, _ tx: any ReadTransaction
  ) throws {
    items = try Handling.evidence(try params.string("id"), tx).filter(\.isHeld)
    sheet = try CountSheet(params["items"]?.arrayValue ?? [], items)
    first = try Self.open(item, policy, context)
    guard let first else {
      firstSheet = nil
      differences = [:]
      result = .waiting
      return
    }
    try Self.requireOther(first, side, context)
    let earlier = try CountSheet(record: first.record, tx)
    firstSheet = earlier
    differences = try earlier.differences(from: sheet, of: items, first)
    result = differences.values.joined().contains(where: \.blocks) ? .discrepancy : .clean
  }

  func action(in state: State) -> Action {
    switch result {
    case .waiting: state == .discrepancy ? .recount : .sign
    case .clean: .count
    case .discrepancy: .findDiscrepancy
    }
  }

  /// The items that differ, with how.
  var json: JSONValue {
    .array(
      differences.sorted { $0.key < $1.key }.filter { !$0.value.isEmpty }.map { item, codes in
        ["item": .int(item), "codes": .array(codes.map { .string($0.rawValue) })]
      })
  }

  private static func open(
    _ item: TransferCase, _ policy: Policy, _ context: CallContext
  ) throws -> TransferCase.Round? {
    guard item.state == .sent, let round = item.round else { return nil }
    let minutes = try policy.book.rule(RuleID.countTogether, on: item.rulesOn).int("minutes")
    return context.now < round.at.adding(minutes: minutes) ? round : nil
  }

  private static func requireOther(
    _ round: TransferCase.Round, _ side: TransferCase.Side, _ context: CallContext
  ) throws {
    guard side != round.side else {
      throw RPCError.refused(
        rule: RuleID.countOnce, Text("This side has signed this count", zh: "该方已在本次清点中签字"), pointer: "/side")
    }
    guard !context.principal.isSame(as: round.by) else {
      throw RPCError.refused(
        rule: RuleID.twoPersons,
        Text("Two people sign, one for each side", zh: "交接双方须由不同人员分别签字"), pointer: "/side")
    }
  }
}
