import StationKit

/// The count at the hand-over: each side counts every item and signs in a call of its own, face to face.
///
/// The first signature waits for the other for some minutes; after that, or after a discrepancy, the next
/// signature begins another round. No signature is ever changed or taken back.
struct Counting: Sendable {
  let policy: Policy

  func run(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    let side: TransferCase.Side = try params.word("side")
    // The action depends on what the other side found, which only the step itself compares.
    return try Steps(policy: policy).run(
      { item, params in try Self.choose(item, params, context, tx, policy) },
      by: [side == .giving ? .owner : .receiver], params, context, tx,
      change: { handling in try Self.sign(&handling, side) })
  }

  /// The other side's signature that this one answers; nil if this one begins a round.
  private static func open(
    _ item: TransferCase, _ context: CallContext, _ policy: Policy
  ) throws -> TransferCase.Round? {
    guard item.state == .sent, let round = item.round else { return nil }
    let minutes = try policy.book.rule(RuleID.countTogether, on: item.rulesOn).int("minutes")
    return context.now < round.at.adding(minutes: minutes) ? round : nil
  }

  private static func choose(
    _ item: TransferCase, _ params: Params, _ context: CallContext, _ tx: any Transaction, _ policy: Policy
  ) throws -> Action {
    guard State.onTheWay.contains(item.state), item.state != .counted else { return .sign }
    let id = try params.string("id")
    let items = try Handling.evidence(id, tx).filter(\.isHeld)
    let counted = try CountSheet(params["items"]?.arrayValue ?? [], items)
    guard let round = try open(item, context, policy) else {
      return item.state == .discrepancy ? .recount : .sign
    }
    try requireOther(round, params, context)
    let differences = try CountSheet(record: round.record, tx).differences(from: counted, of: items, round)
    return differences.values.joined().contains(where: \.blocks) ? .findDiscrepancy : .count
  }

  /// - Throws: `refused_by_rule` where the side has signed, or the same person signs for both.
  private static func requireOther(
    _ round: TransferCase.Round, _ params: Params, _ context: CallContext
  ) throws {
    guard params["side"]?.stringValue != round.side.rawValue else {
      throw RPCError.refused(
        rule: RuleID.countOnce, Text("This side has signed this count", zh: "该方已在本次清点中签字"), pointer: "/side")
    }
    guard round.by != context.principal.person else {
      throw RPCError.refused(
        rule: RuleID.twoPersons,
        Text("Two people sign, one for each side", zh: "交接双方须由不同人员分别签字"), pointer: "/side")
    }
  }

  private static func sign(_ handling: inout Handling, _ side: TransferCase.Side) throws {
    guard let sender = handling.item.sender, let receiver = handling.item.receiver else {
      throw RPCError(.internalError)
    }
    let items = try handling.evidence().filter(\.isHeld)
    let sheet = try CountSheet(handling.params["items"]?.arrayValue ?? [], items)
    let first = try open(handling.before, handling.context, handling.policy)
    if first == nil { handling.item.rounds += 1 }
    let round = handling.item.rounds
    let record = "\(handling.id).r\(round).\(side.rawValue)"
    let found = try first.map {
      try CountSheet(record: $0.record, handling.tx).differences(from: sheet, of: items, $0)
    }
    let blocks = found?.values.joined().contains(where: \.blocks) ?? false
    let result: CountResult = found == nil ? .waiting : blocks ? .discrepancy : .clean
    var body: JSONObject = [
      "case": .string(handling.id), "leg": .int(handling.item.leg), "round": .int(round),
      "side": .string(side.rawValue), "at": handling.now.text(handling.context),
      "time": handling.now.column, "by": handling.by,
      "unit": .string(side == .giving ? handling.item.unit : receiver), "items": .array(sheet.json),
      "result": .string(result.rawValue), "sender": .string(sender), "receiver": .string(receiver),
      "kind": .string(handling.item.kind.rawValue),
    ]
    body["note"] = handling.params["note"]
    _ = try handling.tx.create("signature", id: record, body)
    if let first, let found {
      let closing = CountClosing(
        items: items, first: first, second: (side, record), sheet: sheet, found: found)
      try closing.write(handling)
      handling.item.round = nil
      if blocks {
        let places = found.filter { $0.value.contains(where: \.blocks) }.keys.sorted()
        handling.follow.append(
          .discrepancy(
            handling.id, round: round, items: places,
            units: handling.concerned + [handling.policy.coordination]))
      }
    } else {
      handling.item.round = .init(
        number: round, side: side, by: handling.context.principal.person, at: handling.now, record: record)
    }
    handling.details["round"] = .int(round)
    handling.details["record"] = .string(record)
    handling.details["code"] = .string(side.rawValue)
    handling.extra["round"] = .int(round)
    handling.extra["result"] = .string(result.rawValue)
    handling.extra["record"] = .string(record)
    handling.extra["differences"] = .array(
      (found ?? [:]).sorted { $0.key < $1.key }.filter { !$0.value.isEmpty }.map { item, codes in
        ["item": .int(item), "codes": .array(codes.map { .string($0.rawValue) })]
      })
  }
}

extension Handling {
  /// The case with the state before the step.
  fileprivate var before: TransferCase {
    var item = item
    item.state = from
    return item
  }
}
