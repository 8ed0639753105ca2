import StationKit

/// The count at the hand-over: each side counts every item and signs in a call of its own, face to face.
///
/// The first signature waits for the other for some minutes; after that, or after a discrepancy, the next
/// signature begins another round. No signature is ever changed or taken back.
struct Counting: Sendable {
  let policy: Policy

  func run(_ params: Params, _ context: CallContext, _ tx: any Transaction) throws -> JSONValue {
    let side: TransferCase.Side = try params.word("side")
    var outcome: CountOutcome?
    return try Steps(policy: policy).run(
      { item, _ in
        // What the step is depends on what the other side has signed.
        guard item.state == .sent || item.state == .discrepancy else { return .sign }
        let found = try CountOutcome(side, item, policy, params, context, tx)
        outcome = found
        return found.action(in: item.state)
      },
      by: [side == .giving ? .owner : .receiver], params, context, tx,
      change: { handling in
        guard let outcome else { throw RPCError(.internalError) }
        try Self.sign(&handling, side, outcome)
      })
  }

  private static func sign(
    _ handling: inout Handling, _ side: TransferCase.Side, _ outcome: CountOutcome
  ) throws {
    guard let sender = handling.item.sender, let receiver = handling.item.receiver else {
      throw RPCError(.internalError)
    }
    if outcome.first == nil { handling.item.rounds += 1 }
    let round = handling.item.rounds
    let record = Handling.signatureID(handling.id, round, side)
    var body: JSONObject = [
      "case": .string(handling.id), "leg": .int(handling.item.leg), "round": .int(round),
      "side": .string(side.rawValue), "at": handling.now.text(handling.context.zone),
      "time": handling.now.stored, "by": handling.by,
      "unit": .string(side == .giving ? handling.item.unit : receiver), "items": .array(outcome.sheet.json),
      "result": .string(outcome.result.rawValue), "sender": .string(sender), "receiver": .string(receiver),
      "kind": .string(handling.item.kind.rawValue),
    ]
    body["note"] = handling.params["note"]
    _ = try handling.tx.create("signature", id: record, body)
    if let first = outcome.first {
      try CountClosing(outcome: outcome, first: first, second: (side, record)).write(handling)
      handling.item.round = nil
    } else {
      handling.item.round = .init(
        number: round, side: side, by: handling.context.principal.person, at: handling.now, record: record)
    }
    if outcome.result == .discrepancy {
      let places = outcome.differences.filter { $0.value.contains(where: \.blocks) }.keys.sorted()
      handling.follow.append(
        .discrepancy(
          handling.id, round: round, items: places,
          units: handling.concerned + [handling.policy.coordination]))
    }
    handling.details["round"] = .int(round)
    handling.details["record"] = .string(record)
    handling.details["code"] = .string(side.rawValue)
    handling.extra["round"] = .int(round)
    handling.extra["result"] = .string(outcome.result.rawValue)
    handling.extra["record"] = .string(record)
    handling.extra["differences"] = outcome.json
  }
}
