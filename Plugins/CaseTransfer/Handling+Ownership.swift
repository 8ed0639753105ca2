import StationKit

extension Handling {
  /// Begins the ledger with the first receiver.
  mutating func beginOwnership() throws {
    try own(item.unit, outside: false, from: now, .receive)
  }

  /// Ends the present owner's interval and begins the next at the same instant, so that the intervals meet
  /// without gap or overlap.
  mutating func changeOwner(
    to owner: String, outside: Bool, at instant: Instant, _ action: Action
  ) throws {
    guard instant >= item.ownedSince, let record = try tx.get("ownership", interval) else {
      throw RPCError(.internalError)
    }
    let before = item.owner
    var body = record.body
    body["until"] = instant.stored
    _ = try tx.put("ownership", record.id, version: record.version, body)
    try own(owner, outside: outside, from: instant, action)
    follow.append(
      .ownerChanged(
        id, from: before, to: owner, outside: outside, at: instant.text(context.zone),
        units: concerned + [policy.coordination]))
  }

  private var interval: String { "\(id).o\(item.intervals)" }

  private mutating func own(
    _ owner: String, outside: Bool, from instant: Instant, _ action: Action
  ) throws {
    item.intervals += 1
    item.owner = owner
    item.ownedSince = instant
    if !outside { item.unit = owner }
    _ = try tx.create(
      "ownership", id: interval,
      [
        "case": .string(id), "number": .int(item.intervals), "owner": .string(owner),
        "outside": .bool(outside), "from": instant.stored, "action": .string(action.rawValue), "by": by,
      ])
  }
}
